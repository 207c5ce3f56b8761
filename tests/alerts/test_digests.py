"""How often a person hears of it: at once, daily, weekly, not at all; one digest, each thing once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from marketplace import clock
from marketplace.alerts import actions, telling
from marketplace.alerts.models import SavedSearch
from marketplace.extensions import db
from marketplace.listings import actions as listings
from marketplace.listings.models import Listing
from marketplace.outbox import drain
from tests.alerts.conftest import World

Published = Callable[..., Listing]
WEDNESDAY = datetime(2026, 12, 2, 3, tzinfo=UTC)
THURSDAY = datetime(2026, 12, 3, 0, 0, tzinfo=UTC)  # 7:00 in Vietnam
MONDAY = datetime(2026, 12, 7, 0, 0, tzinfo=UTC)
NEXT_MONDAY = datetime(2026, 12, 14, 0, 0, tzinfo=UTC)


def morning(at: datetime) -> int:
    with clock.fixed(at):
        count = telling.begin_digests()
        db.session.commit()
        drain()
        return count


def test_each_as_often_as_it_says(world: World, published: Published) -> None:
    with clock.fixed(WEDNESDAY):
        for frequency in ("at_once", "daily", "weekly", "off"):
            world.keep(world.cast.stranger, frequency=frequency, name=frequency)
        published()

    def told() -> list[tuple[str, int]]:
        return [(one.message, one.params["count"]) for one in world.told(world.cast.stranger)]

    assert told() == [("saved_search.found", 1)]
    assert morning(THURSDAY) == 1
    assert told()[1:] == [("saved_search.digest", 1)]
    assert (morning(THURSDAY), morning(datetime(2026, 12, 6, tzinfo=UTC))) == (0, 0)
    assert morning(MONDAY) == 1
    assert told()[2:] == [("saved_search.digest", 1)]
    assert morning(NEXT_MONDAY) == 0
    assert len(world.mails(world.cast.stranger)) == 3


def test_one_digest_names_each_thing_once(world: World, published: Published) -> None:
    first = world.keep(world.cast.stranger, frequency="daily", name="Bơm")
    world.keep(world.cast.stranger, "công nghiệp", "daily", name="Công nghiệp")
    world.keep(world.cast.buyer, frequency="daily")
    one, other = published(), published("Máy nghiền công nghiệp")
    assert morning(THURSDAY) == 2
    (mail,) = world.mails(world.cast.stranger)
    assert (mail.body.count(one.code + "-"), mail.body.count(other.code + "-")) == (1, 1)
    places = [mail.body.index(text) for text in ("“Bơm”", one.code, "“Công nghiệp”", other.code)]
    assert places == sorted(places)
    assert mail.body.count("/my/searches/off/") == 2
    assert world.told(world.cast.stranger)[0].params["count"] == 2
    assert first.last_run_at is not None
    assert len(world.mails(world.cast.buyer)) == 1


def test_what_was_withdrawn_since_is_left_out_and_is_news_again_when_it_returns(world: World, published: Published) -> None:
    search = world.keep(world.cast.stranger, frequency="daily")
    made, stays = published(), published("Máy bơm nước khác")
    listings.move(made, "unpublish", world.owner, reason="Tạm ngừng")
    db.session.commit()
    drain()
    morning(THURSDAY)
    (mail,) = world.mails(world.cast.stranger)
    assert made.code not in mail.body
    assert world.found(search) == {stays.id}
    listings.move(made, "republish", world.owner)
    db.session.commit()
    drain()
    morning(MONDAY)
    assert made.code in world.mails(world.cast.stranger)[1].body


def test_who_may_not_see_it_by_then_is_not_told(world: World, published: Published) -> None:
    world.keep(world.cast.stranger, frequency="daily")
    published("Máy bơm nước thành viên", visibility="members")
    world.cast.stranger_org.state = "suspended"
    db.session.commit()
    morning(THURSDAY)
    assert not world.told(world.cast.stranger)
    assert not world.mails(world.cast.stranger)


def test_turning_it_off_forgets_what_waits(world: World, published: Published) -> None:
    search = world.keep(world.cast.stranger, frequency="weekly")
    published()
    actions.turn_off(search)
    published("Máy bơm nước khác")
    actions.change(search, search.name, "daily")
    third = published("Máy bơm nước nữa")
    assert morning(THURSDAY) == 1
    (mail,) = world.mails(world.cast.stranger)
    assert mail.body.count("/technologies/") == 1
    assert third.code in mail.body


def test_a_change_from_daily_to_at_once_loses_nothing(world: World, published: Published) -> None:
    search = world.keep(world.cast.stranger, frequency="daily")
    published()
    actions.change(search, search.name, "at_once")
    db.session.commit()
    assert morning(THURSDAY) == 1
    assert world.told(world.cast.stranger)[0].params["count"] == 1


def test_a_long_digest_names_some_and_counts_all(
    world: World, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "NAMED", 2)
    for name in ("một", "hai"):
        world.keep(world.cast.stranger, "" if name == "hai" else "máy bơm nước", "daily", name=name)
    for number in range(3):
        published(f"Máy bơm nước {number}")
    morning(THURSDAY)
    (mail,) = world.mails(world.cast.stranger)
    assert mail.body.count("/technologies/") == 2
    assert world.told(world.cast.stranger)[0].params["count"] == 3
    assert db.session.query(SavedSearch).count() == 2
