"""Facts: figures of a past week can be computed again although the things have changed since."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import delete, func, select

from marketplace.core.bulk_events import BulkEvent, record_many
from marketplace.core.events import Event, record
from marketplace.core.extensions import db
from marketplace.core.facts import CONSUMER, Fact, Total, totals
from marketplace.core.outbox import drain, enqueue
from marketplace.values import clock
from tests import factories
from tests.buyer_requests.factories import Cast
from tests.statements import statements
from tests.web_role import as_owner

DAY = timedelta(days=1)


def this_week(kind: str, action: str, by: str = "") -> dict[str, Total]:
    return totals(kind, action, clock.now() - DAY, clock.now() + DAY, by)


def test_a_fact_says_what_was_so_then(ctx: Flask) -> None:
    cast = Cast()
    need = cast.published(title="Cần xử lý nước thải")
    before = this_week("need", "need.publish", "org_kind")
    assert before == {"enterprise": Total(1, need.published_revision.budget_max or 0)}

    need.organisation.kind, need.published_revision.budget_max = "institute", 1
    db.session.commit()
    assert this_week("need", "need.publish", "org_kind") == before
    fact = db.session.scalars(select(Fact).where(Fact.kind == "need", Fact.action == "need.publish")).one()
    assert (fact.org_id, fact.subject_id, fact.reconstructed) == (need.org_id, need.id, False)
    assert fact.field == need.published_revision.field_codes[0]
    assert totals("need", "need.publish", clock.now() + DAY, clock.now() + 2 * DAY) == {"": Total(0, 0)}


def test_a_fact_stands_and_falls_with_its_event(ctx: Flask) -> None:
    org = factories.organisation()
    record(org, "organisation.update", factories.actor_of(factories.user(), org))
    assert db.session.scalar(select(func.count()).select_from(Fact)) == 1
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Fact)) == 0


def test_what_no_figure_counts_leaves_no_fact(ctx: Flask) -> None:
    person = factories.user()
    record(person, "user.sign_in", factories.actor_of(person))
    assert db.session.scalar(select(func.count()).select_from(Fact)) == 0


def test_a_thousand_events_cost_few_statements_more(ctx: Flask) -> None:
    org = factories.organisation()
    actor = factories.actor_of(factories.user(), org)
    with statements(ctx) as asked:
        record_many([BulkEvent(org, "organisation.update", actor) for _number in range(1_000)])
    facts = [one for one in asked if one.startswith("INSERT INTO fact")]
    assert len(facts) == 1, "the facts of a bulk are one statement"
    assert db.session.scalar(select(func.count()).select_from(Fact)) == 1_000


def test_older_events_get_facts_once_marked_as_reconstructed(ctx: Flask) -> None:
    cast = Cast()
    need = cast.published(title="Cần xử lý nước thải")
    drain()
    kept = db.session.scalars(select(Fact.event_id).where(Fact.kind == "organisation")).all()
    as_owner()
    db.session.execute(delete(Fact).where(Fact.kind != "organisation"))
    last = db.session.scalar(select(func.max(Event.id))) or 0
    enqueue(CONSUMER, {"after": 0, "until": last}, key="facts:0")  # what the migration does
    db.session.commit()
    drain()
    fact = db.session.scalars(select(Fact).where(Fact.action == "need.publish")).one()
    assert fact.reconstructed and fact.subject_id == need.id
    assert fact.at == db.session.get_one(Event, fact.event_id).at
    assert not db.session.scalars(select(Fact).where(Fact.event_id.in_(kept), Fact.reconstructed)).all()
