"""Reads of things with versions, the same for every kind: one by its code, many by id, an organisation's own by tab."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from marketplace.authoring.kinds import Kind
from marketplace.authoring.lifecycle import OPEN_STATES, REVISION
from marketplace.core.access import Actor
from marketplace.core.extensions import db, one

T = TypeVar("T")
Rule = Callable[[Actor], ColumnElement[bool]]
#: A tab of the owner's list: states of the thing, and states of its version on the way.
Tabs = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]


class Reads(Generic[T]):
    """The reads of one kind. `visible_to` says who finds a thing, `readable_by` who may open its page."""

    def __init__(
        self, kind: Kind, model: type[T], visible_to: Rule, readable_by: Rule, more_tabs: Tabs | None = None
    ) -> None:
        """Take the kind and its rules; `more_tabs` are those beside the tabs that states name."""
        self._kind, self._model, self._visible_to, self._readable_by = kind, model, visible_to, readable_by
        self.tabs: Tabs = {
            **{tab: ((), states) for tab, states in REVISION.tabs.items()},
            **{tab: (states, ()) for tab, states in kind.lifecycle.tabs.items()},
            **(more_tabs or {}),
        }

    def loaded(self) -> tuple[ORMOption, ...]:
        """Return the loader options with which a thing's page needs no further statement for owner and text."""
        return joinedload(self._kind.thing.organisation), joinedload(self._kind.thing.published_revision)

    def readable(self, code: str, actor: Actor, *, lock: bool = False) -> T:
        """Return the thing of `code` if this reader may open it, else raise NotFound; `lock` holds its row for a move."""
        rows = select(self._model).where(self._kind.thing.code == code, self._readable_by(actor))
        return one(rows, *self.loaded(), lock=lock)

    def visible(self, ids: Iterable[int], actor: Actor) -> dict[int, T]:
        """Return the things among `ids` that this reader may see, by id, in one statement: search results, matches."""
        wanted = list(ids)
        if not wanted:
            return {}
        rows = select(self._model).where(self._kind.thing.id.in_(wanted), self._visible_to(actor)).options(*self.loaded())
        found: Any = db.session.scalars(rows)
        return {row.id: row for row in found}

    def mine(self, org_id: int, tab: str = "", offset: int = 0, limit: int = 20) -> Sequence[T]:
        """Return one page of an organisation's things with their versions, newest first; `tab` is one of `tabs`."""
        thing, (states, versions) = self._kind.thing, self.tabs.get(tab, ((), ()))
        rows = select(self._model).where(*self._own(org_id))
        if states:
            rows = rows.where(thing.state.in_(states))
        elif versions:
            rows = rows.where(thing.revisions.any(self._kind.revision.state.in_(versions)))
        rows = rows.options(selectinload(thing.revisions), joinedload(thing.organisation))
        return list(db.session.scalars(rows.order_by(thing.id.desc()).offset(offset).limit(limit)))

    def counts(self, org_id: int) -> dict[str, int]:
        """Return how many things of an organisation stand on each tab ("" is all of them), in two statements."""
        thing, revision = self._kind.thing, self._kind.revision
        of_things = select(thing.state, func.count()).where(*self._own(org_id)).group_by(thing.state)
        of_versions = (
            select(revision.state, func.count()).join(getattr(revision, self._kind.parent))
            .where(*self._own(org_id), revision.state.in_(OPEN_STATES)).group_by(revision.state)
        )
        states, versions = ({row[0]: int(row[1]) for row in db.session.execute(rows)} for rows in (of_things, of_versions))
        found = {
            tab: sum(states.get(state, 0) for state in own) + sum(versions.get(state, 0) for state in coming)
            for tab, (own, coming) in self.tabs.items()
        }
        return {"": sum(states.values()), **found}

    def _own(self, org_id: int) -> tuple[ColumnElement[bool], ...]:
        return self._kind.thing.org_id == org_id, self._kind.thing.state != "deleted"
