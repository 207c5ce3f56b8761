"""The queue as one statement over everything that waits, oldest due first; paged by key, the same cost at any size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    union_all,
)

from marketplace.accounts.models import User
from marketplace.core.access import Actor
from marketplace.core.columns import UtcDateTime
from marketplace.core.extensions import db
from marketplace.moderation.kind import REVIEWED
from marketplace.moderation.models import ModerationCase
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.values.text import fold

PAGE = 50
#: How many rows a text filter reads at most: titles are folded here, for no database folds Vietnamese.
TEXT_LIMIT = 5_000
NOVELTIES = ("new", "again")
HOLDERS = ("mine", "unclaimed", "overdue")


@dataclass(frozen=True)
class Filters:
    """What of the queue is asked for; empty means all. `holder` is one of HOLDERS, `novelty` one of NOVELTIES."""

    kind: str = ""
    novelty: str = ""
    holder: str = ""
    text: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the queue."""

    kind: str
    id: int
    title: str
    code: str
    org_id: int
    org_name: str
    submitted_at: datetime
    due_at: datetime
    submitted_by_id: int | None
    again: bool  # a new version, or an organisation that was verified before
    claimed_by_id: int | None
    claimed_by: str

    @property
    def key(self) -> str:
        """Where the next page begins."""
        return f"{self.due_at.astimezone(UTC).isoformat()}~{self.kind}~{self.id}"

    def own(self, actor: Actor) -> bool:
        """True for what the reader or the reader's own organisation submitted: shown, but not theirs to decide."""
        return self.org_id in actor.org_ids or (self.submitted_by_id is not None and self.submitted_by_id == actor.user_id)


def submissions(kind: str) -> Select[Any]:
    """Select everything of one kind that waits: (kind, id, org_id, title, code, dates, submitted_by_id, again)."""
    reviewed = REVIEWED[kind]
    versions, thing, submitted = reviewed.versioned, reviewed.thing, reviewed.submitted
    title, code, again = (
        (submitted.title, thing.code, thing.published_revision_id) if versions
        else (submitted.name, submitted.tax_code, submitted.verified_at)
    )
    began = submitted.submitted_at if versions else func.coalesce(
        submitted.submitted_at, submitted.created_at, type_=UtcDateTime())
    rows = select(
        literal_column(f"'{kind}'").label("kind"),
        submitted.id.label("id"),
        (thing.org_id if versions else thing.id).label("org_id"),
        title.label("title"),
        code.label("code"),
        began.label("submitted_at"),
        func.coalesce(submitted.review_due_at, began, type_=UtcDateTime()).label("due_at"),
        submitted.submitted_by_id.label("submitted_by_id"),
        case((again.is_not(None), 1), else_=0).label("again"),
    ).where(submitted.state.in_(reviewed.waiting))
    return rows.join(thing, getattr(submitted, f"{versions.parent}_id") == thing.id) if versions else rows


def waiting() -> Subquery:
    """Return the union of everything that waits, as `submissions` of each kind."""
    return union_all(*(submissions(kind) for kind in REVIEWED)).subquery("waiting")


def open_case(queue: Subquery) -> ColumnElement[bool]:
    """Return the condition that joins what waits to the case somebody holds of it."""
    return and_(
        ModerationCase.kind == queue.c.kind,
        ModerationCase.subject_id == queue.c.id,
        ModerationCase.is_open(),
        ModerationCase.submitted_at == queue.c.submitted_at,
    )


def _rows(filters: Filters, actor: Actor, after: str) -> Select[Any]:
    queue = waiting()
    order = tuple_(queue.c.due_at, queue.c.kind, queue.c.id)
    rows = (
        select(queue, Organisation.name, ModerationCase.claimed_by_id, User.name)
        .join(Organisation, Organisation.id == queue.c.org_id)
        .outerjoin(ModerationCase, open_case(queue))
        .outerjoin(User, User.id == ModerationCase.claimed_by_id)
        .order_by(queue.c.due_at, queue.c.kind, queue.c.id)
    )
    if filters.kind:
        rows = rows.where(queue.c.kind == filters.kind)
    if filters.novelty:
        rows = rows.where(queue.c.again == (1 if filters.novelty == "again" else 0))
    if filters.holder == "mine":
        rows = rows.where(ModerationCase.claimed_by_id == actor.user_id)
    elif filters.holder == "unclaimed":
        rows = rows.where(ModerationCase.id.is_(None))
    elif filters.holder == "overdue":
        rows = rows.where(queue.c.due_at < clock.now())
    key = _parse_key(after)
    if key is not None:
        rows = rows.where(order > tuple_(literal(key[0], UtcDateTime()), literal(key[1]), literal(key[2])))
    return rows


def _parse_key(after: str) -> tuple[datetime, str, int] | None:
    """Return the parts of a page key; nonsense is the first page."""
    moment, _, rest = after.partition("~")
    kind, _, number = rest.partition("~")
    if kind not in REVIEWED or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, kind, int(number)) if at.tzinfo is not None else None


def _named(rows: Select[Any]) -> Iterator[Row]:
    for row in db.session.execute(rows):
        kind, subject_id, org_id, title, code, submitted_at, due_at, by, again, org_name, claimed_by_id, claimed_by = row
        yield Row(kind, subject_id, title or code, code, org_id, org_name, submitted_at, due_at, by, bool(again),
                  claimed_by_id, claimed_by or "")


def page(filters: Filters, actor: Actor, after: str = "", size: int = PAGE) -> tuple[list[Row], str]:
    """Return one page of the queue and the key of the next one (empty when this is the last). One statement."""
    rows = _rows(filters, actor, after)
    words = fold(filters.text).split()
    if not words:
        found = list(_named(rows.limit(size + 1)))
    else:
        found = []
        for row in _named(rows.limit(TEXT_LIMIT)):
            haystack = f" {fold(f'{row.title} {row.code} {row.org_name}')}"
            if all(f" {word}" in haystack for word in words):
                found.append(row)
            if len(found) > size:
                break
    return found[:size], found[size - 1].key if len(found) > size else ""


@dataclass(frozen=True)
class Counts:
    """How much waits. `kinds` is by kind."""

    total: int
    mine: int
    unclaimed: int
    overdue: int
    kinds: dict[str, int]


def counts(actor: Actor) -> Counts:
    """Return the figures of the whole queue for one reader. One statement."""
    queue = waiting()

    def many(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    row = db.session.execute(
        select(
            func.count(),
            many(ModerationCase.claimed_by_id == actor.user_id),
            many(ModerationCase.id.is_(None)),
            many(queue.c.due_at < clock.now()),
            *(many(queue.c.kind == kind) for kind in REVIEWED),
        )
        .select_from(queue)
        .outerjoin(ModerationCase, open_case(queue))
    ).one()
    return Counts(row[0], int(row[1]), int(row[2]), int(row[3]), dict(zip(REVIEWED, map(int, row[4:]), strict=True)))


def next_for(actor: Actor) -> Row | None:
    """Return what the moderator does next: an own open case, else the oldest one that is free and not their own."""
    mine, _more = page(Filters(holder="mine"), actor, size=1)
    if mine:
        return mine[0]
    free, _more = page(Filters(holder="unclaimed"), actor, size=PAGE)
    return next((row for row in free if not row.own(actor)), None)
