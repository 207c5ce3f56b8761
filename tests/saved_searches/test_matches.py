"""What a saved search newly finds: as the search page would, for the person as they are now, each thing once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from marketplace.browse import indexing
from marketplace.browse.catalogues import TECHNOLOGIES
from marketplace.core.access import Actor
from marketplace.core.errors import Unreachable
from marketplace.core.events import Outbox
from marketplace.core.extensions import db
from marketplace.core.outbox import drain, work_once
from marketplace.listings import actions as listings
from marketplace.listings.models import Listing
from marketplace.organisations.models import Membership
from marketplace.saved_searches.matcher import Change, find_new, store
from marketplace.saved_searches.models import SavedSearchHit
from marketplace.values import clock
from tests import factories
from tests.saved_searches.conftest import World
from tests.statements import statements
from tests.thorough import sqlite_first

Published = Callable[..., Listing]


def evaluate(changes: Iterable[Change]) -> int:
    """Look and write in one go, as the consumer does in parts."""
    return store(find_new(changes))


@pytest.mark.parametrize(
    ("text", "filters", "hit"),
    [
        ("máy bơm nước", {}, True), ("may bom", {}, True), ("đèn giao thông", {}, False), ("", {"trl": ["7"]}, True),
        ("", {"trl": ["2", "3"]}, False), ("máy bơm", {"trl": ["2"]}, False), ("trl>=6 bơm", {}, True),
        ("giá<=1tr", {}, False), ("org:\"Viện Bơm\"", {}, True), ("tag:\"nước thải quý\"", {}, True),
        ("-tag:\"nước thải quý\" bơm", {}, False), ("bơm -công", {}, False), ("đèn OR bơm", {}, True), ("", {}, True),
    ],
)  # fmt: skip
@sqlite_first
def test_a_new_thing_is_found_as_the_page_finds_it(
    world: World, published: Published, text: str, filters: dict[str, list[str]], hit: bool
) -> None:
    search = world.keep(world.cast.stranger, text, filters=filters)
    made = published(tags=["nước thải quý"], trl=7, price_min=900_000_000)
    assert world.found(search) == ({made.id} if hit else set())
    client = factories.client(indexing.current_app, world.cast.stranger_user, world.cast.stranger_org)
    page = client.get(TECHNOLOGIES.path, query_string={"q": text, **filters}).get_data(as_text=True)
    assert (f"/{made.code}-" in page) == hit


def test_one_batch_tells_one_search_once(world: World) -> None:
    search = world.keep(world.cast.stranger)
    for number in range(3):
        world.publish(f"Máy bơm nước kiểu {number}")
    db.session.commit()
    drain()
    world.later()
    (told,) = world.told(world.cast.stranger)
    assert (told.params["count"], told.href) == (3, f"/my/searches/{search.id}")
    (mail,) = world.mails(world.cast.stranger)
    assert mail.body.count("/technologies/") == 3
    assert "/my/searches/off/" in mail.body


def test_nothing_is_told_twice_whatever_the_worker_repeats(world: World, published: Published) -> None:
    search = world.keep(world.cast.stranger)
    made = published()
    evaluate([("listing", made.id)])
    db.session.execute(update(Outbox).where(Outbox.consumer == "alerts").values(done_at=None, leased_until=None))
    db.session.commit()
    drain()
    listings.move(made, "unpublish", world.owner, reason="Tạm ngừng")
    listings.move(made, "republish", world.owner)
    db.session.commit()
    drain()
    world.later()
    assert world.found(search) == {made.id}
    assert len(world.told(world.cast.stranger)) == len(world.mails(world.cast.stranger)) == 1


@sqlite_first
def test_what_was_there_when_the_search_was_saved_is_no_news(world: World, published: Published) -> None:
    old, other = published(), published("Đèn giao thông")
    search = world.keep(world.cast.stranger)
    listings.move(old, "confirm", world.owner)
    db.session.commit()
    drain()
    assert world.found(search) == set()
    other.published_revision.title = "Máy bơm nước đổi tên"  # type: ignore[union-attr]  # as a new version would
    db.session.commit()
    indexing.current_app.extensions["indexer"].apply([("listing", other.id)])
    evaluate([("listing", other.id)])
    assert world.found(search) == {other.id}


@sqlite_first
def test_who_saved_too_much_to_remember_hears_of_later_ones_only(
    world: World, published: Published, monkeypatch: Any
) -> None:
    monkeypatch.setattr("marketplace.saved_searches.actions.MOST_KNOWN", 1)
    first, _second = published(), published("Máy bơm nước thứ hai")
    search = world.keep(world.cast.stranger)
    assert search.known is None
    listings.move(first, "confirm", world.owner)
    db.session.commit()
    third = published("Máy bơm nước thứ ba")
    assert world.found(search) == {third.id}


def test_an_outsider_never_hears_of_what_is_hidden(world: World, published: Published) -> None:
    account = Actor(user_id=factories.user("Chỉ có tài khoản").id)
    searches = {
        name: [world.keep(who, "", kind=kind) for kind in ("listing", "need")]
        for name, who in {"account": account, "stranger": world.cast.stranger, "invited": world.cast.invited}.items()
    }
    members = published("Máy bơm thành viên", visibility="members")
    need = world.cast.published(title="Cần máy bơm", visibility="invited_only", invited_org_ids=[world.cast.invited_org.id])
    drain()
    world.later()
    assert {name: [world.found(one) for one in kinds] for name, kinds in searches.items()} == {
        "account": [set(), set()], "stranger": [{members.id}, set()], "invited": [{members.id}, {need.id}],
    }
    assert not world.told(account)


def test_a_person_is_judged_as_they_are_now(world: World, published: Published) -> None:
    searches = [world.keep(world.cast.stranger, ""), world.keep(world.cast.buyer, "")]
    membership = db.session.query(Membership).filter_by(user_id=world.cast.stranger_user.id).one()
    membership.left_at = clock.now()
    world.cast.buyer_user.active = False
    db.session.commit()
    published("Máy bơm thành viên", visibility="members")
    assert [world.found(one) for one in searches] == [set(), set()]
    public = published()
    assert [world.found(one) for one in searches] == [{public.id}, set()]


def test_what_is_hidden_in_the_same_moment_is_told_to_nobody(world: World, monkeypatch: Any) -> None:
    """The index and the documents may be a moment old; the SQL rule has the last word before anybody is told."""
    search = world.keep(world.cast.stranger)
    made = world.publish()
    db.session.commit()
    work_once(["search"])
    indexer = indexing.current_app.extensions["indexer"]
    read = indexer.read([("listing", made.id)])
    listings.move(made, "unpublish", world.owner, reason="Tạm ngừng")
    db.session.commit()
    monkeypatch.setattr(indexer, "read", lambda _changes: read)
    evaluate([("listing", made.id)])
    db.session.commit()
    world.later()
    assert (world.found(search), world.told(world.cast.stranger)) == (set(), [])


def test_it_waits_for_the_index(world: World) -> None:
    search = world.keep(world.cast.stranger)
    made = world.publish()
    db.session.commit()
    work_once(["alerts"])
    assert world.found(search) == set()
    rows = db.session.query(Outbox).filter_by(consumer="alerts", done_at=None).all()
    assert rows
    assert all(row.last_error.startswith(Unreachable.__name__) and row.attempts == 0 for row in rows)
    work_once(["search"])
    with clock.fixed(clock.now() + timedelta(minutes=1)):
        work_once(["alerts"])
    assert world.found(search) == {made.id}


def test_a_large_change_is_done_in_slices(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr("marketplace.saved_searches.matcher.SLICE", 2)
    monkeypatch.setattr("marketplace.saved_searches.matcher.WRITTEN", 1)
    search = world.keep(world.cast.stranger)
    made = [world.publish(f"Máy bơm nước {number}") for number in range(5)]
    db.session.commit()
    drain()
    assert world.found(search) == {one.id for one in made}
    assert db.session.query(SavedSearchHit).count() == 5


def test_statements_do_not_grow_with_searches(world: World, published: Published) -> None:
    def asked() -> int:
        made = world.publish()
        db.session.commit()
        work_once(["search"])
        with statements(indexing.current_app) as seen:
            evaluate([("listing", made.id)])
        db.session.commit()
        drain()
        return len(seen)

    world.keep(world.cast.stranger, frequency="daily")
    one = asked()
    for number in range(20):
        world.keep(world.cast.stranger, f"máy bơm nước {number}", frequency="daily")
        world.keep(world.cast.buyer, "đèn", frequency="daily", name=f"đèn {number}")
    assert asked() <= one + 2
