"""How often a person hears of it: at once, daily, weekly, not at all; one digest, each thing once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.core.events import CONSUMERS
from marketplace.core.extensions import db
from marketplace.core.outbox import drain, work_once
from marketplace.listings import actions as listings
from marketplace.listings.models import Listing
from marketplace.saved_searches import actions, digest
from marketplace.saved_searches.models import SavedSearch
from marketplace.values import clock
from tests.saved_searches.conftest import World

Published = Callable[..., Listing]
WEDNESDAY = datetime(2026, 12, 2, 3, tzinfo=UTC)
THURSDAY = datetime(2026, 12, 3, 0, 0, tzinfo=UTC)  # 7:00 in Vietnam
MONDAY = datetime(2026, 12, 7, 0, 0, tzinfo=UTC)
NEXT_MONDAY = datetime(2026, 12, 14, 0, 0, tzinfo=UTC)


def morning(at: datetime) -> int:
    with clock.fixed(at):
        count = digest.begin_digests()
        db.session.commit()
        drain()
        return count


def test_each_as_often_as_it_says(world: World, published: Published) -> None:
    words = {"at_once": "bơm", "daily": "nghiền", "weekly": "ép", "off": "trộn"}
    with clock.fixed(WEDNESDAY):
        for frequency, word in words.items():
            world.keep(world.cast.stranger, f"máy {word}", frequency=frequency, name=frequency)
        for word in words.values():
            published(f"Thiết bị {word}, máy {word}")

    def told() -> list[tuple[str, int]]:
        return [(one.message, one.params["count"]) for one in world.told(world.cast.stranger)]

    assert told() == []
    with clock.fixed(WEDNESDAY):
        world.later()
    assert told() == [("saved_search.found", 1)]
    assert morning(THURSDAY) == 1
    assert told()[1:] == [("saved_search.digest", 1)]
    assert (morning(THURSDAY), morning(datetime(2026, 12, 6, tzinfo=UTC))) == (0, 0)
    assert morning(MONDAY) == 1
    assert told()[2:] == [("saved_search.digest", 1)]
    assert morning(NEXT_MONDAY) == 0
    assert len(world.mails(world.cast.stranger)) == 3


def test_what_several_searches_find_is_told_once(world: World, published: Published) -> None:
    with clock.fixed(WEDNESDAY):
        for name, frequency in (("a", "at_once"), ("b", "at_once"), ("c", "daily"), ("d", "weekly")):
            world.keep(world.cast.stranger, frequency=frequency, name=name)
        made = published()
        world.later()
    (told,), (mail,) = world.told(world.cast.stranger), world.mails(world.cast.stranger)
    assert (told.params["count"], mail.body.count(made.code + "-")) == (1, 1)
    for day in (THURSDAY, MONDAY, NEXT_MONDAY):
        morning(day)
    assert len(world.told(world.cast.stranger)) == len(world.mails(world.cast.stranger)) == 1


def test_an_import_is_one_letter(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rounds its evaluation takes, and also when the minute is over before they are done."""
    monkeypatch.setitem(CONSUMERS, "alerts", replace(CONSUMERS["alerts"], batch=5))
    for name in ("a", "b"):
        world.keep(world.cast.stranger, name=name)
    for number in range(12):
        world.publish(f"Máy bơm nước {number}")
    db.session.commit()
    work_once(["search"])
    start = clock.now()
    for minute in (0, 2, 4):
        with clock.fixed(start + timedelta(minutes=minute)):
            work_once(["alerts.digest"])
            assert not world.told(world.cast.stranger)
            work_once(["alerts"])
    for minute in (6, 8):
        with clock.fixed(start + timedelta(minutes=minute)):
            drain()
    (told,) = world.told(world.cast.stranger)
    assert told.params["count"] == 12
    assert len(world.mails(world.cast.stranger)) == 1


def test_nobody_waits_for_long_while_more_is_looked_at(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CONSUMERS, "alerts", replace(CONSUMERS["alerts"], batch=1))
    world.keep(world.cast.stranger)
    for number in range(2):
        world.publish(f"Máy bơm nước {number}")
    db.session.commit()
    work_once(["search"])
    work_once(["alerts"])
    start = clock.now()
    for minute in (2, 4, 14, 16, 18):
        with clock.fixed(start + timedelta(minutes=minute)):
            work_once(["alerts.digest"])
            assert len(world.told(world.cast.stranger)) == (minute > digest.LONGEST.total_seconds() / 60)


def test_what_was_forgotten_is_told_by_another_search(world: World, published: Published) -> None:
    first, _second = (world.keep(world.cast.stranger, frequency="daily", name=name) for name in "ab")
    published()
    actions.turn_off(first)
    db.session.commit()
    morning(THURSDAY)
    (told,) = world.told(world.cast.stranger)
    assert told.params["count"] == 1


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
    monkeypatch.setattr(digest, "NAMED", 2)
    for name in ("một", "hai"):
        world.keep(world.cast.stranger, "" if name == "hai" else "máy bơm nước", "daily", name=name)
    for number in range(3):
        published(f"Máy bơm nước {number}")
    morning(THURSDAY)
    (mail,) = world.mails(world.cast.stranger)
    assert mail.body.count("/technologies/") == 2
    assert world.told(world.cast.stranger)[0].params["count"] == 3
    assert db.session.query(SavedSearch).count() == 2
