"""What waits for the staff, from every feature: one queue by due date, and its counts.

A feature registers a `WorkSource` in its wiring: what waits, since when and until when, who holds it, and which permission
it waits for. Nothing is copied: a source is a select over the feature's own table. The queue takes the first rows of each
source and merges them, so that its cost does not grow with what waits; counts are kept for a minute.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select, tuple_, union_all

from marketplace.core.access import Actor
from marketplace.core.columns import UtcDateTime
from marketplace.core.extensions import after_commit, db
from marketplace.core.permissions import Permission
from marketplace.core.short_cache import forget, kept
from marketplace.core.subjects import subject
from marketplace.values import clock

#: Name of the kept counts.
KEPT = "work"
#: Gives titles and paths of a source's rows by id, in the reader's language.
Describe = Callable[[Sequence[int], Actor, str], Mapping[int, tuple[str, str]]]


@dataclass(frozen=True)
class WorkSource:
    """One kind of work. `label` is an English message id; `permission` says for whom it waits.

    `waiting` selects everything that waits, with the columns `id`, `since`, `due_at` and `holder_id` (None: nobody's);
    `due_at` and `since` are stored, and an index gives the rows in the order of (due_at, id).
    """

    name: str
    label: str
    permission: Permission
    waiting: Callable[[], Select[Any]]
    describe: Describe


@dataclass(frozen=True, order=True)
class QueuePosition:
    """A place in a queue of several sources: by due date, then by the source's name, then by id."""

    due_at: datetime
    source: str
    id: int

    @property
    def key(self) -> str:
        """Return it as it stands in an address."""
        return f"{self.due_at.astimezone(UTC).isoformat()}~{self.source}~{self.id}"

    def before(self, source: str, due_at: ColumnElement[Any], id_: ColumnElement[Any]) -> ColumnElement[bool]:
        """Return the condition that rows of one source come after this place; an index of (due_at, id) serves it."""
        here = literal(self.due_at, UtcDateTime())
        if source == self.source:
            return tuple_(due_at, id_) > tuple_(here, literal(self.id))
        return due_at >= here if source > self.source else due_at > here


def place_of(key: str, sources: Collection[str]) -> QueuePosition | None:
    """Return the place of a key among these sources; nonsense is the first page."""
    moment, _, rest = key.partition("~")
    name, _, number = rest.partition("~")
    if name not in sources or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    try:
        at = datetime.fromisoformat(moment)
        return QueuePosition(at.astimezone(UTC), name, int(number)) if at.tzinfo is not None else None
    except (ValueError, OverflowError):  # a day at the end of the calendar has no time in UTC
        return None


@dataclass(frozen=True)
class WorkItem:
    """One piece of work in the queue."""

    source: WorkSource
    id: int
    since: datetime
    due_at: datetime
    holder_id: int | None
    title: str
    path: str

    @property
    def overdue(self) -> bool:
        """True when it should have been done by now."""
        return self.due_at < clock.now()

    @property
    def key(self) -> str:
        """Where the next page begins."""
        return QueuePosition(self.due_at, self.source.name, self.id).key


@dataclass(frozen=True)
class Count:
    """How much of one source waits: in all, past its due date, held by the reader, held by nobody."""

    total: int = 0
    overdue: int = 0
    mine: int = 0
    unheld: int = 0


#: Every source by its name.
SOURCES: dict[str, WorkSource] = {}


def register_work(source: WorkSource) -> None:
    """Add a source; a feature does this in its wiring."""
    SOURCES[source.name] = source


def by_subject(kind: str) -> Describe:
    """Return how rows that are things of a registered Subject are described; one statement."""

    def describe(ids: Sequence[int], reader: Actor, language: str) -> Mapping[int, tuple[str, str]]:
        declared = subject(kind)
        rows = db.session.scalars(select(declared.model).where(declared.model.id.in_(ids)).options(*declared.brief()))
        return {row.id: (declared.title(row, language), declared.path(row, reader)) for row in rows}

    return describe


def open_to(actor: Actor) -> list[WorkSource]:
    """Return the sources whose work this person may do."""
    return [source for source in SOURCES.values() if actor.may(source.permission)]


def queue(actor: Actor, language: str, *, sources: Sequence[str] = (), after: str = "", size: int = 50) -> list[WorkItem]:
    """Return the next pieces of work for this person, those due first; a statement, and one for each source's titles.

    `sources` narrows it, `after` is the `key` of the last item of the page before.
    """
    wanted = [one for one in open_to(actor) if not sources or one.name in sources]
    if not wanted:
        return []
    merged = union_all(*(_first(one, after, size) for one in wanted)).subquery("work")
    rows = select(merged).order_by(merged.c.due_at, merged.c.source, merged.c.id).limit(size)
    found = db.session.execute(rows).all()
    words: dict[tuple[str, int], tuple[str, str]] = {}
    for one in wanted:
        ids = [row.id for row in found if row.source == one.name]
        if ids:
            words |= {(one.name, id_): said for id_, said in one.describe(ids, actor, language).items()}
    return [
        WorkItem(SOURCES[row.source], row.id, row.since, row.due_at, row.holder_id,
                 *words.get((row.source, row.id), ("", "")))
        for row in found
    ]


def _first(source: WorkSource, after: str, size: int) -> Select[Any]:
    """Select the first rows of one source, in the order of its index and limited before anything is merged."""
    rows = source.waiting().subquery(source.name.replace(".", "_"))
    first = select(
        literal(source.name).label("source"), rows.c.id, rows.c.since, rows.c.due_at, rows.c.holder_id
    ).order_by(rows.c.due_at, rows.c.id).limit(size)
    place = place_of(after, SOURCES)
    if place is not None:
        first = first.where(place.before(source.name, rows.c.due_at, rows.c.id))
    return select(first.subquery(f"first_{source.name.replace('.', '_')}"))


def counts(actor: Actor) -> dict[str, Count]:
    """Return how much waits in each source that this person may work on; counted once a minute for everybody."""
    return counts_of(actor, [one.name for one in open_to(actor)])


def counts_of(actor: Actor, names: Iterable[str]) -> dict[str, Count]:
    """Return the same of these sources, whoever may do the work; the caller asks for the permission."""
    held = kept(KEPT, _held)
    return {name: _count(held.get(name, {}), actor.user_id) for name in names}


def changed() -> None:
    """Have the work counted anew after the present transaction, for people who have just taken or done some of it."""
    after_commit(partial(forget, KEPT))


def count(actor: Actor, name: str) -> Count:
    """Return how much waits in a source, or in those whose names begin with `name` and a dot.

    For figures that more people see than may do the work; the caller asks for their permission.
    """
    parts = counts_of(actor, (one for one in SOURCES if one == name or one.startswith(f"{name}."))).values()
    return Count(
        sum(part.total for part in parts), sum(part.overdue for part in parts), sum(part.mine for part in parts),
        sum(part.unheld for part in parts),
    )


def _count(held: Mapping[int | None, tuple[int, int]], user_id: int | None) -> Count:
    return Count(
        total=sum(total for total, _late in held.values()), overdue=sum(late for _total, late in held.values()),
        mine=held.get(user_id, (0, 0))[0] if user_id is not None else 0, unheld=held.get(None, (0, 0))[0],
    )


def _held() -> dict[str, dict[int | None, tuple[int, int]]]:
    """Return how many wait and how many of them are late, by source and holder; one statement."""
    parts = []
    for source in SOURCES.values():
        rows = source.waiting().subquery(source.name.replace(".", "_"))
        late = func.coalesce(func.sum(case((rows.c.due_at < clock.now(), 1), else_=0)), 0)
        parts.append(
            select(literal(source.name).label("source"), rows.c.holder_id, func.count().label("total"), late.label("late"))
            .group_by(rows.c.holder_id)
        )
    found: dict[str, dict[int | None, tuple[int, int]]] = {}
    for name, holder_id, total, late_ones in db.session.execute(union_all(*parts)):
        found.setdefault(name, {})[holder_id] = (int(total), int(late_ones))
    return found
