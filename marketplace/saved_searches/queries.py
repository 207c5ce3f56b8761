"""Reads: a person's saved searches, what they found, and how much of it is new. Through the rules of visibility."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Select, func, select

from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.extensions import one as one_row
from marketplace.core.subjects import subject
from marketplace.saved_searches.models import SavedSearch, SavedSearchHit


def one(search_id: int, actor: Actor, *, lock: bool = False) -> SavedSearch:
    """Return one of the person's own searches. Raises NotFound for anybody else's."""
    return one_row(
        select(SavedSearch).where(SavedSearch.id == search_id, SavedSearch.user_id == actor.user_id), lock=lock
    )


def mine(actor: Actor) -> Select[SavedSearch]:
    """Return the select of a person's saved searches, to be paged by key."""
    return select(SavedSearch).where(SavedSearch.user_id == actor.user_id)


def same(actor: Actor, kind: str, text: str, filters: Mapping[str, Sequence[str]]) -> SavedSearch | None:
    """Return the person's saved search that asks just this, or None; the order of filters does not matter."""
    if not actor.signed_in:
        return None
    rows = db.session.scalars(mine(actor).where(SavedSearch.kind == kind, SavedSearch.text == text))
    wanted = {name: sorted(values) for name, values in filters.items()}
    return next((one for one in rows if {name: sorted(values) for name, values in one.filters.items()} == wanted), None)


def new_counts(searches: Sequence[SavedSearch], actor: Actor) -> dict[int, int]:
    """Return how many things each search found that the person has not looked at and may see; a statement a kind."""
    counts: dict[int, int] = {}
    for kind in sorted({search.kind for search in searches}):
        ids = [search.id for search in searches if search.kind == kind]
        rows = (
            select(SavedSearchHit.saved_search_id, func.count())
            .where(SavedSearchHit.saved_search_id.in_(ids), SavedSearchHit.seen_at.is_(None), _may_see(kind, actor))
            .group_by(SavedSearchHit.saved_search_id)
        )
        counts.update((row[0], row[1]) for row in db.session.execute(rows))
    return counts


def hits(search: SavedSearch, actor: Actor) -> Select[SavedSearchHit]:
    """Return the select of what a search found and the person may see, to be paged by key."""
    return select(SavedSearchHit).where(SavedSearchHit.saved_search_id == search.id, _may_see(search.kind, actor))


def _may_see(kind: str, actor: Actor) -> ColumnElement[bool]:
    declared = subject(kind)
    return SavedSearchHit.thing_id.in_(select(declared.model.id).where(declared.visible_to(actor)))
