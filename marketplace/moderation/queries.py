"""The queue: the first rows of each kind by its index, merged, oldest due first; paged by key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, literal_column, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from marketplace.accounts.models import User
from marketplace.core import work
from marketplace.core.access import Actor
from marketplace.core.columns import in_states
from marketplace.core.extensions import db
from marketplace.core.reader_language import in_language
from marketplace.core.work import QueuePosition, place_of
from marketplace.moderation.kind import REVIEWED
from marketplace.moderation.models import ModerationCase
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.values.text import fold
from marketplace.web.i18n import language

PAGE = 50
#: Beginning of the names of the kinds' work sources.
SOURCE = "review"
#: How many rows a text filter reads for one page at most: titles are folded here, for no database folds Vietnamese.
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
class QueueRow:
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
    org_names: str  # in both languages, for the search

    @property
    def key(self) -> str:
        """Where the next page begins."""
        return QueuePosition(self.due_at, self.kind, self.id).key

    def own(self, actor: Actor) -> bool:
        """True for what the reader or the reader's own organisation submitted: shown, but not theirs to decide."""
        return self.org_id in actor.org_ids or (self.submitted_by_id is not None and self.submitted_by_id == actor.user_id)


def submissions(kind: str) -> Select[Any]:
    """Select everything of one kind that waits: (kind, id, org_id, title, code, dates, submitted_by_id, again)."""
    reviewed = REVIEWED[kind]
    versions, thing, submitted = reviewed.versioned, reviewed.thing, reviewed.submitted
    title, code = (submitted.title, thing.code) if versions else (submitted.name, submitted.tax_code)
    rows = select(
        literal_column(f"'{kind}'").label("kind"),
        submitted.id.label("id"),
        _owner(kind).label("org_id"),
        title.label("title"),
        code.label("code"),
        submitted.submitted_at.label("submitted_at"),
        submitted.review_due_at.label("due_at"),
        submitted.submitted_by_id.label("submitted_by_id"),
        case((_again(kind), 1), else_=0).label("again"),
    ).where(in_states(submitted, reviewed.waiting))
    return rows.join(thing, getattr(submitted, f"{versions.parent}_id") == thing.id) if versions else rows


def _owner(kind: str) -> InstrumentedAttribute[int]:
    """Return the column of whose a submission is; it needs the join of `submissions`."""
    reviewed = REVIEWED[kind]
    owner: InstrumentedAttribute[int] = reviewed.thing.org_id if reviewed.versioned else reviewed.thing.id
    return owner


def _again(kind: str) -> ColumnElement[bool]:
    """Return the condition that something of the thing was published, or the organisation verified, before."""
    reviewed = REVIEWED[kind]
    before = reviewed.thing.published_revision_id if reviewed.versioned else reviewed.thing.verified_at
    condition: ColumnElement[bool] = before.is_not(None)
    return condition


def open_case(kind: str, of: type[ModerationCase] = ModerationCase) -> ColumnElement[bool]:
    """Return the condition that joins a submission to the case somebody holds of it; `of` may be an alias."""
    submitted = REVIEWED[kind].submitted
    return and_(
        of.kind == kind, of.subject_id == submitted.id, of.is_open(), of.submitted_at == submitted.submitted_at,
    )


def _rows(filters: Filters, actor: Actor, after: str, size: int) -> Select[Any]:
    """Select the first rows of each kind by its index, and merge them; the cost does not grow with what waits."""
    kinds = [kind for kind in REVIEWED if filters.kind in ("", kind)]
    first = [_first(kind, filters, actor, after, size).subquery(f"first_{kind}") for kind in kinds]
    merged = union_all(*(select(one) for one in first)).subquery("waiting")
    return select(merged).order_by(merged.c.due_at, merged.c.kind, merged.c.id).limit(size)


def _first(kind: str, filters: Filters, actor: Actor, after: str, size: int) -> Select[Any]:
    submitted = REVIEWED[kind].submitted
    rows = submissions(kind).add_columns(
        Organisation.name.label("org_name"), Organisation.name_en.label("org_name_en"), ModerationCase.claimed_by_id,
        User.name.label("claimed_by"),
    )
    if REVIEWED[kind].thing is not Organisation:
        rows = rows.join(Organisation, Organisation.id == _owner(kind))
    rows = rows.outerjoin(ModerationCase, open_case(kind)).outerjoin(User, User.id == ModerationCase.claimed_by_id)
    if filters.novelty:
        rows = rows.where(_again(kind) if filters.novelty == "again" else ~_again(kind))
    if filters.holder == "mine":
        rows = rows.where(ModerationCase.claimed_by_id == actor.user_id)
    elif filters.holder == "unclaimed":  # asked by itself: PostgreSQL takes an empty side of the join above for rare
        rows = rows.where(~exists().where(open_case(kind, aliased(ModerationCase))))
    elif filters.holder == "overdue":
        rows = rows.where(submitted.review_due_at < clock.now())
    place = place_of(after, REVIEWED)
    if place is not None:
        rows = rows.where(place.before(kind, submitted.review_due_at, submitted.id))
    return rows.order_by(submitted.review_due_at, submitted.id).limit(size)


def _named(rows: Select[Any]) -> Iterator[QueueRow]:
    for row in db.session.execute(rows):
        kind, subject_id, org_id, title, code, submitted_at, due_at, by, again, name, name_en, *case = row
        claimed_by_id, claimed_by = case
        org_name = in_language(name, name_en, language())
        if not REVIEWED[kind].versioned:
            title = org_name
        yield QueueRow(kind, subject_id, title or code, code, org_id, org_name, submitted_at, due_at, by, bool(again),
                  claimed_by_id, claimed_by or "", f"{name} {name_en}")


def page(filters: Filters, actor: Actor, after: str = "", size: int = PAGE) -> tuple[list[QueueRow], str]:
    """Return one page of the queue and the key of the next one (empty when this is the last). One statement.

    A text filter looks at TEXT_LIMIT rows: its page may hold fewer than `size`, or none, and the next one goes on.
    """
    words = fold(filters.text).split()
    found: list[QueueRow] = []
    looked = 0
    for row in _named(_rows(filters, actor, after, TEXT_LIMIT if words else size + 1)):
        looked += 1
        haystack = f" {fold(f'{row.title} {row.code} {row.org_names}')}" if words else ""
        if all(f" {word}" in haystack for word in words):
            found.append(row)
        if len(found) > size:
            return found[:size], found[size - 1].key
    return found, row.key if words and looked == TEXT_LIMIT else ""


@dataclass(frozen=True)
class Counts:
    """How much waits. `kinds` is by kind."""

    total: int
    mine: int
    unclaimed: int
    overdue: int
    kinds: dict[str, int]


def counts(actor: Actor) -> Counts:
    """Return the figures of the whole queue for one reader, counted once a minute for everybody (`core.work`)."""
    found = work.counts_of(actor, (f"{SOURCE}.{kind}" for kind in REVIEWED))
    kinds = {kind: found[f"{SOURCE}.{kind}"].total for kind in REVIEWED}
    return Counts(
        sum(kinds.values()), sum(one.mine for one in found.values()), sum(one.unheld for one in found.values()),
        sum(one.overdue for one in found.values()), kinds,
    )


def next_for(actor: Actor) -> QueueRow | None:
    """Return what the moderator does next: an own open case, else the oldest one that is free and not their own."""
    mine, _more = page(Filters(holder="mine"), actor, size=1)
    if mine:
        return mine[0]
    free, _more = page(Filters(holder="unclaimed"), actor, size=PAGE)
    return next((row for row in free if not row.own(actor)), None)
