"""Recurring work on dues: they fall due on their day, and the payer is reminded."""

from __future__ import annotations

from datetime import time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from marketplace.core.access import SYSTEM
from marketplace.core.columns import in_states
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.outbox import Job, in_batches
from marketplace.deals.models import Deal
from marketplace.payments.dues.lifecycle import OWED, PLANNED
from marketplace.payments.dues.making import FALLING, MARKS, facts, fall_due, make_missing
from marketplace.payments.dues.models import Due
from marketplace.values import clock

_BATCH = 200


def fall() -> int:
    """Make what is missing, and let fall due what is to be paid by now; return how many. Idempotent."""
    return make_missing() + fall_due()


def remind() -> int:
    """Record `due.remind` three days before and on the day, `due.overdue` after seven and thirty days; return how many."""
    today = clock.today()
    rows = (
        select(Due).join(Due.deal).options(joinedload(Due.deal))
        .where(Due.next_reminder_on <= today,
               or_(in_states(Due, OWED), in_states(Due, PLANNED) & Deal.state.in_(FALLING)))
        .order_by(Due.next_reminder_on, Due.id).limit(_BATCH).with_for_update(of=Due)
    )
    found = db.session.scalars(rows).all()
    for due in found:
        days = (today - due.due_on).days
        later = [mark for mark in MARKS if mark > days]
        due.next_reminder_on = due.due_on + timedelta(days=later[0]) if later else None
        data = facts(due, SYSTEM, days=days, due_on=due.due_on.isoformat(), amount=due.rest)
        if days > 0:
            record(due, "due.overdue", SYSTEM, data=data)
        else:
            record(due, "due.remind", SYSTEM, data=data)
    return len(found)


JOBS = (
    Job("dues.fall", in_batches(fall), clock.daily(time(0, 20))),
    Job("dues.remind", in_batches(remind), clock.daily(time(7, 20))),
)
