"""The record of decisions: filters, pages by key, and the same rows as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased

from marketplace.accounts.models import StaffGrant, User
from marketplace.core.extensions import db
from marketplace.moderation.kind import VERSIONED
from marketplace.moderation.models import ModerationCase
from marketplace.organisations.models import Organisation
from marketplace.values import clock

PAGE = 50
EXPORT_LIMIT = 50_000  # rows of one CSV; narrower dates give the rest


@dataclass(frozen=True)
class DecisionFilters:
    """What of the record is asked for; empty means all. `first` and `last` are days in Vietnam, both included."""

    kind: str = ""
    decision: str = ""
    moderator: int | None = None
    reason_code: str = ""
    first: date | None = None
    last: date | None = None
    late: bool = False


@dataclass(frozen=True)
class DecisionRow:
    """One decision."""

    case: ModerationCase
    title: str
    code: str
    org_name: str
    moderator: str

    @property
    def late(self) -> bool:
        """True when it came after the due time."""
        return self.case.decided_at is not None and self.case.decided_at > self.case.due_at


def _rows(filters: DecisionFilters) -> Any:
    org = aliased(Organisation)
    rows: Any = (
        select(ModerationCase, org.name, org.tax_code, User.name)
        .join(org, org.id == ModerationCase.org_id)
        .join(User, User.id == ModerationCase.claimed_by_id)
        .where(*_rules(filters))
        .order_by(ModerationCase.decided_at.desc(), ModerationCase.id.desc())
    )
    for name, kind in VERSIONED.items():
        of_kind = and_(ModerationCase.kind == name, ModerationCase.subject_id == kind.revision.id)
        rows = rows.outerjoin(kind.revision, of_kind)
        rows = rows.outerjoin(kind.thing, getattr(kind.revision, f"{kind.parent}_id") == kind.thing.id)
        rows = rows.add_columns(kind.revision.title, kind.thing.code)
    return rows


def _rules(filters: DecisionFilters) -> list[ColumnElement[bool]]:
    """Return the conditions on a case alone: counting asks for no more."""
    rules: list[ColumnElement[bool]] = [ModerationCase.decided_at.is_not(None)]
    exact = ((ModerationCase.kind, filters.kind), (ModerationCase.decision, filters.decision),
             (ModerationCase.claimed_by_id, filters.moderator), (ModerationCase.reason_code, filters.reason_code))
    rules += [column == value for column, value in exact if value]
    if filters.first:
        rules.append(ModerationCase.decided_at >= clock.start_of_day(filters.first))
    if filters.last:
        rules.append(ModerationCase.decided_at <= clock.end_of_day(filters.last))
    if filters.late:
        rules.append(ModerationCase.decided_at > ModerationCase.due_at)
    return rules


def _lines(rows: Any) -> Iterator[DecisionRow]:
    for case, org_name, tax_code, moderator, *versions in db.session.execute(rows):
        titles = dict(zip(VERSIONED, zip(versions[::2], versions[1::2], strict=True), strict=True))
        title, code = titles.get(case.kind, (org_name, tax_code))
        yield DecisionRow(case, title or code or "", code or "", org_name, moderator)


def page(filters: DecisionFilters, before: int | None = None, size: int = PAGE) -> tuple[list[DecisionRow], int | None]:
    """Return one page, newest first, and the case id after which the next one begins. At most two statements."""
    rows = _rows(filters)
    if before is not None:
        last = db.session.get(ModerationCase, before)
        if last is not None and last.decided_at is not None:
            earlier = ModerationCase.decided_at < last.decided_at
            same = and_(ModerationCase.decided_at == last.decided_at, ModerationCase.id < last.id)
            rows = rows.where(earlier | same)
    found = list(_lines(rows.limit(size + 1)))
    return found[:size], found[size - 1].case.id if len(found) > size else None


def count(filters: DecisionFilters) -> int:
    """Return how many decisions the filters let through. One statement."""
    return db.session.scalar(select(func.count(ModerationCase.id)).where(*_rules(filters))) or 0


def moderators() -> list[tuple[int, str]]:
    """Return everybody who ever decided, by name: of those who ever had a role of the staff, who has a decided case."""
    decided = select(ModerationCase.id).where(
        ModerationCase.claimed_by_id == User.id, ModerationCase.decided_at.is_not(None)
    )
    staff = select(StaffGrant.user_id)
    rows = select(User.id, User.name).where(User.id.in_(staff), decided.exists())
    return sorted(((row[0], row[1]) for row in db.session.execute(rows)), key=lambda pair: pair[1])


def for_subject(kind: str, subject_ids: list[int]) -> list[ModerationCase]:
    """Return the decisions on these submissions, newest first."""
    if not subject_ids:
        return []
    rows = select(ModerationCase).where(
        ModerationCase.kind == kind, ModerationCase.subject_id.in_(subject_ids), ModerationCase.decided_at.is_not(None)
    )
    return list(db.session.scalars(rows.order_by(ModerationCase.decided_at.desc())))


def exported(filters: DecisionFilters) -> Iterator[DecisionRow]:
    """Yield the decisions of a download."""
    return _lines(_rows(filters).limit(EXPORT_LIMIT))


