"""The queue of the staff's work: every feature's own rows, merged by due date, and their counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert, select, text

from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core import work
from marketplace.core.events import Outbox
from marketplace.core.extensions import db
from marketplace.core.outbox import enqueue
from marketplace.files.models import StoredFile
from marketplace.listings.models import Listing, ListingRevision
from marketplace.moderation import queries as moderation
from marketplace.moderation.queries import Filters
from marketplace.negotiation.actions import begin
from marketplace.organisations.actors import people
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from tests import factories
from tests.buyer_requests.factories import Cast
from tests.conftest import BACKEND
from tests.listings import samples
from tests.statements import statements


def staff(*roles: str) -> work.Actor:
    person = factories.user(staff=roles)
    return people([person.id])[person.id].actor


@pytest.fixture
def cast(ctx: Flask) -> Cast:
    """Three versions to review, due in turn, and an organisation."""
    made = Cast()
    for number in (3, 1, 2):
        version = samples.submitted(made.buyer_user, made.org, title=f"Chờ duyệt {number}")
        version.review_due_at = clock.now() + timedelta(days=number)
    organisation = factories.organisation("Tổ chức chờ", state="submitted")
    organisation.submitted_at, organisation.review_due_at = clock.now(), clock.now() - timedelta(days=1)
    db.session.commit()
    return made


def test_what_is_due_first_comes_first_whichever_feature_it_is_of(cast: Cast) -> None:
    found = work.queue(staff("moderator"), "vi")
    assert [item.title for item in found] == ["Tổ chức chờ", "Chờ duyệt 1", "Chờ duyệt 2", "Chờ duyệt 3"]
    assert [item.overdue for item in found] == [True, False, False, False]
    assert found[0].path == f"/moderation/organisation/{found[0].id}" and found[0].holder_id is None


def test_pages_follow_each_other_without_gap_or_repetition(cast: Cast) -> None:
    moderator = staff("moderator")
    pages, after = [], ""
    while page := work.queue(moderator, "vi", after=after, size=1):
        pages += [item.title for item in page]
        after = page[-1].key
    assert pages == [item.title for item in work.queue(moderator, "vi")]
    assert work.queue(moderator, "vi", after="nonsense")[0].title == "Tổ chức chờ"


def test_everybody_gets_only_what_they_may_do(cast: Cast, ctx: Flask) -> None:
    assert work.queue(staff("auditor"), "vi") == [] == work.queue(work.Actor(), "vi")
    assert set(work.counts(staff("deal_officer"))) == {"complaint", "lead.unanswered", "lead.introduced"}
    listing = samples.published(cast.buyer_user, cast.org, cast.moderator_user)
    lead = begin.express_interest(listing, cast.stranger, "Chúng tôi muốn tìm hiểu công nghệ này.")
    db.session.commit()
    officer = staff("deal_officer")
    item = work.queue(officer, "vi")[0]
    assert (item.source.name, item.path) == ("lead.unanswered", f"/leads/{lead.code}") and item.due_at == lead.respond_by


def test_what_was_given_up_waits_for_an_administrator(ctx: Flask) -> None:
    enqueue("mail", {}, key="broken")
    db.session.flush()
    row = db.session.scalars(select(Outbox).where(Outbox.key == "broken")).one()
    row.parked_at = clock.now() - timedelta(hours=1)
    db.session.commit()
    found = work.queue(staff("admin"), "vi", sources=["background"])
    assert [item.path for item in found] == ["/staff/background"]
    assert "background" not in work.counts(staff("moderator"))


def test_counts_are_those_of_the_moderators_queue_in_one_statement(cast: Cast, ctx: Flask) -> None:
    moderator = staff("moderator")
    with statements(ctx) as asked:
        counted = work.count(moderator, "review")
    known = moderation.counts(moderator)
    assert len(asked) == 1
    assert (counted.total, counted.overdue, counted.mine, counted.unheld) == (
        known.total, known.overdue, known.mine, known.unclaimed)
    assert counted.total == 4 == work.count(moderator, "review.organisation").total + 3


def test_the_queue_asks_once_however_much_waits(cast: Cast, ctx: Flask) -> None:
    moderator = staff("moderator")
    with statements(ctx) as few:
        work.queue(moderator, "vi", size=2)
    for number in range(5):
        samples.submitted(cast.buyer_user, cast.org, title=f"Còn chờ duyệt {number}")
    with statements(ctx) as many:
        assert len(work.queue(moderator, "vi")) == 4 + 5
    assert len(many) <= len(few) + 1  # one more kind has titles to look up
    assert db.session.scalars(select(ListingRevision.id)).first() is not None


INDEXES = {
    "review.organisation": "ix_organisation_state_due", "review.listing": "ix_listing_revision_waiting",
    "review.need": "ix_need_revision_waiting", "complaint": "ix_complaint_open", "lead.unanswered": "ix_lead_respond",
    "lead.introduced": "ix_lead_respond", "background": "ix_outbox_parked", "files.held_back": "ix_stored_file_staff",
    "notifications.held": "ix_held_notification_due",
}


def many_wait(cast: Cast, count: int) -> None:
    """Put so many submissions of each kind straight into the tables."""
    now = clock.now()
    for thing, revision, parent in (
        (Listing, ListingRevision, "listing_id"), (BuyerRequest, NeedRevision, "buyer_request_id"),
    ):
        rows = [{"code": f"XX-{n}", "org_id": cast.org.id, "state": "draft", "lock": 1} for n in range(count)]
        db.session.execute(insert(thing), rows)
        ids = db.session.scalars(select(thing.id).where(thing.code.like("XX-%"))).all()
        db.session.execute(insert(revision), [
            {"number": 1, "state": "submitted", "title": f"Số {n}", parent: id_, "submitted_at": now, "lock": 1,
             "review_due_at": now + timedelta(minutes=n % 97 - 48)} for n, id_ in enumerate(ids)
        ])
    db.session.execute(insert(Organisation), [
        {"slug": f"to-chuc-{n}", "name": f"Tổ chức {n}", "kind": "enterprise", "state": "submitted", "lock": 1,
         "submitted_at": now, "review_due_at": now + timedelta(minutes=n % 89 - 44)} for n in range(count)
    ])
    db.session.execute(insert(StoredFile), [
        {"sha256": f"{n:064x}", "size": 1, "content_type": "text/plain", "name": f"{n}.txt", "state": "infected",
         "due_at": now + timedelta(minutes=n % 83 - 41)} for n in range(count)
    ])
    db.session.execute(insert(Outbox), [
        {"consumer": "mail", "due_at": now, "parked_at": now + timedelta(seconds=n)} for n in range(count)
    ])
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def plans_of(app: Flask, ask: Callable[[], object]) -> list[str]:
    """Return how the database answers each statement that `ask` makes and that merges sources."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "UNION ALL" in statement:
            asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    explain = "EXPLAIN " if BACKEND == "postgres" else "EXPLAIN QUERY PLAN "
    connection = db.session.connection()
    if BACKEND == "postgres":  # what is small in this test is otherwise read through, or gathered and sorted
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        connection.execute(text("SET LOCAL enable_bitmapscan = off"))
    return [
        "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + said, parameters))
        for said, parameters in asked
    ]


def whole_sorts(plan: str) -> list[str]:
    """Return what a plan sorts as a whole: anything but the first rows that each source has given already."""
    lines = [line.strip() for line in plan.splitlines()]
    if BACKEND == "postgres":
        nodes = [line.removeprefix("->").strip() for line in lines if line.startswith("->") or "(cost" in line]
        below = {"Append", "Subquery", "Limit", "Merge"}
        return [two for one, two in pairwise(nodes) if one.startswith("Sort ") and two.split()[0] not in below]
    sort = "USE TEMP B-TREE FOR ORDER BY"
    return [one for one, two in pairwise(lines) if two == sort and not one.startswith("SCAN first_")]


def test_no_source_is_sorted_as_a_whole_whatever_waits(cast: Cast, ctx: Flask) -> None:
    many_wait(cast, 1_500)
    everything = staff("moderator", "deal_officer", "admin")
    after = work.queue(everything, "vi", size=200)[-1].key
    pages = [partial(work.queue, everything, "vi", size=50), partial(work.queue, everything, "vi", after=after, size=50)]
    pages += [partial(moderation.page, filters, everything, key) for key in ("", moderation.page(Filters(), everything)[1])
              for filters in (Filters(), Filters(holder="unclaimed"), Filters(holder="overdue"), Filters(novelty="new"))]
    for number, page in enumerate(pages):
        [plan] = plans_of(ctx, page)
        wanted = [name for source, name in INDEXES.items() if number < 2 or source.startswith("review.")]
        assert [name for name in wanted if name not in plan] == [], plan
        assert whole_sorts(plan) == [], plan


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-12-01T00:00:00", "x"])
def test_a_key_at_the_end_of_the_calendar_is_the_first_page(moment: str) -> None:
    assert work.place_of(f"{moment}~listing~1", ("listing",)) is None
