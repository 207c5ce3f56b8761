"""What is read of fees: the tariff in force on a day, what is free for whom, and charges."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from sqlalchemy import Select, select

from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.permissions import READ_MONEY
from marketplace.organisations.models import Organisation
from marketplace.payments.fees.models import Charge, FeeRule, WaiverRule
from marketplace.vocabulary import FEE_KINDS

R = TypeVar("R", FeeRule, WaiverRule)


def _in_force(rows: Iterable[R], on: date) -> list[R]:
    """Return the last row of each code that has begun, where it has not ended; `rows` are by day."""
    last = {row.code: row for row in rows if row.from_on <= on}
    return [row for row in last.values() if row.to_on is None or on <= row.to_on]


def tariff(on: date) -> list[FeeRule]:
    """Return the fees in force on a day, in the order of their kinds. One statement."""
    rows = _in_force(db.session.scalars(select(FeeRule).order_by(FeeRule.from_on, FeeRule.id)), on)
    return sorted(rows, key=lambda row: (FEE_KINDS.codes.index(row.kind), row.code))


def waivers(on: date) -> list[WaiverRule]:
    """Return what is free for whom on a day. One statement."""
    rows = _in_force(db.session.scalars(select(WaiverRule).order_by(WaiverRule.from_on, WaiverRule.id)), on)
    return [row for row in rows if row.fee_kinds and row.org_kinds]


def rule_of(kind: str, on: date) -> FeeRule | None:
    """Return the fee of a kind that is in force on a day; of several the one that began last."""
    rows = [row for row in tariff(on) if row.kind == kind]
    return max(rows, key=lambda row: (row.from_on, row.id), default=None)


def waiver_for(kind: str, org: Organisation, on: date) -> WaiverRule | None:
    """Return why a kind of fee is free for an organisation on a day, or None."""
    return next((row for row in waivers(on) if kind in row.fee_kinds and org.kind in row.org_kinds), None)


def every_rule() -> list[FeeRule]:
    """Return all rules there ever were, by code, the newest first."""
    return list(db.session.scalars(select(FeeRule).order_by(FeeRule.code, FeeRule.from_on.desc())))


def every_waiver() -> list[WaiverRule]:
    """Return all waivers there ever were, by code, the newest first."""
    return list(db.session.scalars(select(WaiverRule).order_by(WaiverRule.code, WaiverRule.from_on.desc())))


def charges_of(org_id: int) -> Select[Charge]:
    """Return the select of what an organisation was charged."""
    return select(Charge).where(Charge.org_id == org_id)


def may_read(charge: Charge, actor: Actor) -> bool:
    """Tell whether somebody may read a charge: members of the organisation acted for, and who reads money."""
    return actor.org_id == charge.org_id or actor.may(READ_MONEY)
