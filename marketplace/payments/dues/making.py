"""Dues come from what a deal has agreed on: made when it is signed, kept in step with its schedule, and they fall due.

Lock order: deal, its dues, then the ledger, which is posted last for all dues of a transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.columns import in_states
from marketplace.core.events import record, transition
from marketplace.core.extensions import db
from marketplace.deals.lifecycle import AFTER_SIGNING, COMPLETED, IN_FORCE
from marketplace.deals.models import Deal, Milestone
from marketplace.payments.dues.lifecycle import DUE, PLANNED
from marketplace.payments.dues.models import Due
from marketplace.payments.dues.sources import SOURCES, DueSource, Wanted
from marketplace.payments.ledger import chart, credit, debit, post
from marketplace.values import clock
from marketplace.vocabulary import PAY_WHENS

ACCEPTED, ON_DATE = PAY_WHENS.codes
#: Days from the due day on which the payer is reminded; before it only of what falls due on a day that is known.
MARKS = (-3, 0, 7, 30)
#: Deals in which a payment may fall due: the contract binds, or was carried out.
FALLING = (*IN_FORCE, COMPLETED)
_BATCH = 200
_FOLLOWED = ("title", "amount", "due_on", "pay_when", "payer_side")


def facts(due: Due, actor: Actor, **more: object) -> dict[str, object]:
    """Return what every event of a due carries: ids and amounts, never personal data."""
    return {"deal_id": due.deal_id, "due_id": due.id, "side": due.deal.side_of(actor), **more}


def move(due: Due, action: str, actor: Actor, *, reason: str = "", **more: object) -> None:
    """Move a due by its table and record the event; whoever has the page of before is late."""
    transition(due, DUE, action, actor, due.roles_of(actor), reason=reason, data=facts(due, actor, **more))
    due.lock += 1
    db.session.flush()


def make_dues(deal: Deal, actor: Actor) -> None:
    """Make the dues of a deal those that its schedule asks for; a consequence of `conclude`. Doing it again is silence.

    What is still planned follows the schedule, and is dropped when it left it; what fell due stays.
    """
    present = {
        (one.of_kind, one.of_id): one
        for one in db.session.scalars(select(Due).where(Due.deal_id == deal.id).order_by(Due.id).with_for_update())
    }
    for source in list(SOURCES.values()):
        wanted = {one.of_id: one for one in source.wanted(deal)}
        for one in wanted.values():
            _keep_in_step(deal, source, one, present.get((source.kind, one.of_id)), actor)
        for (kind, of_id), due in present.items():
            if kind == source.kind and of_id not in wanted and due.state in PLANNED:
                cancel(due)


def _keep_in_step(deal: Deal, source: DueSource, one: Wanted, due: Due | None, actor: Actor) -> None:
    said = {name: getattr(one, name) for name in _FOLLOWED}
    if due is None:
        due = Due(key=f"{source.kind}:{one.of_id}", of_kind=source.kind, of_id=one.of_id, deal_id=deal.id, deal=deal,
                  currency=one.currency, next_reminder_on=_first_reminder(one.pay_when, one.due_on), **said)
        db.session.add(due)
        db.session.flush()
        record(due, "due.make", actor, data=facts(due, actor, amount=due.amount))
    elif due.state in PLANNED and said != {name: getattr(due, name) for name in _FOLLOWED}:
        for name, value in said.items():
            setattr(due, name, value)
        due.next_reminder_on = _first_reminder(one.pay_when, one.due_on)
        due.lock += 1
        record(due, "due.change", actor, data=facts(due, actor, amount=due.amount))


def _first_reminder(pay_when: str, due_on: date) -> date | None:
    return due_on + timedelta(days=MARKS[0]) if pay_when == ON_DATE else None


def cancel(due: Due) -> None:
    """Drop what is planned and will never fall due."""
    transition(due, DUE, "cancel", SYSTEM, {"system"}, data=facts(due, SYSTEM))
    due.next_reminder_on = None
    due.lock += 1
    db.session.flush()


def drop_planned(deal: Deal, actor: Actor) -> None:
    """Drop what is not due yet: the contract has ended; a consequence of `terminate`. What fell due is still owed."""
    planned = select(Due).where(Due.deal_id == deal.id, in_states(Due, PLANNED)).order_by(Due.id)
    for due in db.session.scalars(planned.with_for_update()):
        cancel(due)


def make_missing() -> int:
    """Make the dues of signed deals without any, such as those signed before there were dues; return how many."""
    live = tuple(state for state in AFTER_SIGNING if state != COMPLETED)
    has = exists().where(Due.deal_id == Deal.id)
    paid = exists().where(Milestone.deal_id == Deal.id, Milestone.retired_at.is_(None), Milestone.amount > 0)
    rows = select(Deal).where(Deal.state.in_(live), paid, ~has).order_by(Deal.id).limit(_BATCH)
    found = db.session.scalars(rows.with_for_update(of=Deal)).all()
    for deal in found:
        make_dues(deal, SYSTEM)
    return len(found)


def fall_due(of_kind: str = "", of_ids: Collection[int] = ()) -> int:
    """Let fall due what is to be paid by now; return how many. Idempotent; `of_ids` limits it to these things of a kind."""
    ready = select(Due.id, Due.deal_id).join(Due.deal).where(_is_ready(clock.today()))
    if of_ids:
        ready = ready.where(Due.of_kind == of_kind, Due.of_id.in_(of_ids))
    rows = db.session.execute(ready.order_by(Due.deal_id, Due.id).limit(_BATCH)).all()
    if not rows:
        return 0
    deals = select(Deal.id).where(Deal.id.in_({row.deal_id for row in rows})).order_by(Deal.id)
    db.session.execute(deals.with_for_update(of=Deal)).all()
    held = select(Due).join(Due.deal).where(Due.id.in_([row.id for row in rows]), _is_ready(clock.today()))
    held = held.order_by(Due.deal_id, Due.id).with_for_update(of=Due).execution_options(populate_existing=True)
    fallen = [_fall(due) for due in db.session.scalars(held).all()]
    for due in fallen:
        post_fallen(due)
    return len(fallen)


def _is_ready(today: date) -> ColumnElement[bool]:
    """The dues that are to be paid: their day has come, or what they are paid for was accepted; the deal is in force."""
    accepted = [
        and_(Due.of_kind == source.kind, Due.of_id.in_(source.accepted().with_only_columns(_id_of(source))))
        for source in SOURCES.values()
    ]
    return and_(
        in_states(Due, PLANNED), Deal.state.in_(FALLING),
        or_(and_(Due.pay_when == ON_DATE, Due.due_on <= today), and_(Due.pay_when == ACCEPTED, or_(*accepted))),
    )


def _id_of(source: DueSource) -> ColumnElement[int]:
    columns: list[ColumnElement[int]] = list(source.accepted().selected_columns)
    return columns[0]


def _accepted_on(due: Due) -> date:
    source = SOURCES[due.of_kind]
    row = db.session.execute(source.accepted().where(_id_of(source) == due.of_id)).one()
    return clock.local(row[1]).date() if row[1] else clock.today()


def _fall(due: Due) -> Due:
    transition(due, DUE, "fall_due", SYSTEM, {"system"}, data=facts(due, SYSTEM, amount=due.amount))
    if due.pay_when == ACCEPTED:
        due.due_on = _accepted_on(due)
        due.next_reminder_on = due.due_on + timedelta(days=MARKS[2])  # that it fell due is told today
    due.lock += 1
    db.session.flush()
    return due


def post_fallen(due: Due) -> None:
    """Write into the ledger that a payment is owed."""
    owed, agreed = (chart.of_deal(part, due.deal_id, due.currency) for part in ("owed", "agreed"))
    post(f"due:{due.id}:fall", [debit(owed, due.amount), credit(agreed, due.amount)], kind="due", actor=SYSTEM,
         text=f"Đến hạn: {due.title}", happened_on=due.due_on, subject=(Due.subject_kind, due.id))
