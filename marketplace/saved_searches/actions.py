"""Verbs: save a search, rename it, choose how often one hears of it, delete it. Nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import delete, func, select, update

from marketplace.accounts.queries import hold_person
from marketplace.browse.catalogues import CATALOGUES
from marketplace.core.access import Actor
from marketplace.core.errors import Invalid, NotAllowed, Unreachable
from marketplace.core.extensions import db
from marketplace.saved_searches import engine_query
from marketplace.saved_searches.models import FORGOTTEN, FREQUENCIES, MOST_NAME, SavedSearch, SavedSearchHit
from marketplace.saved_searches.queries import same
from marketplace.search import SearchEngine
from marketplace.values import clock
from marketplace.values.text import N_, clean_line

#: Saved searches of one person.
MOST = 100
#: Things remembered as known when a search is saved.
MOST_KNOWN = 1000


def save(
    actor: Actor, kind: str, text: str, filters: Mapping[str, Sequence[str]], name: str, frequency: str,
    engine: SearchEngine,
) -> SavedSearch:
    """Keep a search. What it finds today is known already and no news. The same search of the same name is kept once.

    Raises NotAllowed for who is not signed in, Invalid for a name that is empty, too long or used, an unknown
    frequency, and beyond MOST.
    """
    if actor.user_id is None or kind not in CATALOGUES:
        raise NotAllowed
    # the person's row is held: two forms sent at once must not both find room
    hold_person(actor.user_id)
    twin = same(actor, kind, text, filters)
    if twin is not None and twin.name == clean_line(name):
        return twin  # a double click
    mine = select(func.count()).select_from(SavedSearch).where(SavedSearch.user_id == actor.user_id)
    if (db.session.scalar(mine) or 0) >= MOST:
        raise Invalid("name", N_("You have %(most)s saved searches. Delete one that you no longer need."), most=MOST)
    made = SavedSearch(
        user_id=actor.user_id, org_id=actor.org_id, name=_free_name(actor.user_id, name), kind=kind, text=text,
        filters={key: list(values) for key, values in filters.items()}, frequency=_known_frequency(frequency),
        created_at=clock.now(),
    )
    made.known = _known(made, actor, engine)
    db.session.add(made)
    db.session.flush()
    return made


def change(search: SavedSearch, name: str, frequency: str) -> None:
    """Rename a search and choose how often its person hears of it. Raises Invalid as `save` does."""
    search.name = _free_name(search.user_id, name, search.id)
    search.frequency = _known_frequency(frequency)
    if frequency == "off":
        _forget_untold(search)
    db.session.flush()


def turn_off(search: SavedSearch) -> None:
    """Stop telling of a search; it stays in the list."""
    search.frequency = "off"
    _forget_untold(search)
    db.session.flush()


def see(search: SavedSearch) -> None:
    """Note that its person has looked at what it found."""
    rows = update(SavedSearchHit).where(SavedSearchHit.saved_search_id == search.id, SavedSearchHit.seen_at.is_(None))
    db.session.execute(rows.values(seen_at=clock.now()).execution_options(synchronize_session=False))


def remove(search: SavedSearch) -> None:
    """Delete a search with all it found."""
    db.session.execute(delete(SavedSearchHit).where(SavedSearchHit.saved_search_id == search.id))
    db.session.delete(search)
    db.session.flush()


def _forget_untold(search: SavedSearch) -> None:
    rows = update(SavedSearchHit).where(SavedSearchHit.saved_search_id == search.id, SavedSearchHit.told_at.is_(None))
    db.session.execute(rows.values(told_at=FORGOTTEN).execution_options(synchronize_session=False))


def _free_name(user_id: int, name: str, own: int | None = None) -> str:
    name = clean_line(name)
    if not name:
        raise Invalid("name", N_("Give the search a name."))
    if len(name) > MOST_NAME:
        raise Invalid("name", N_("At most %(most)s characters."), most=MOST_NAME)
    same = select(SavedSearch.id).where(SavedSearch.user_id == user_id, SavedSearch.name == name)
    if db.session.scalar(same.where(SavedSearch.id != own) if own else same) is not None:
        raise Invalid("name", N_("You have another saved search of this name."))
    return name


def _known_frequency(frequency: str) -> str:
    if frequency not in FREQUENCIES:
        raise Invalid("frequency", N_("Please choose from the list."))
    return frequency


def _known(search: SavedSearch, actor: Actor, engine: SearchEngine) -> list[int] | None:
    query = engine_query.exact(search, actor, engine)
    try:
        page = engine.query(replace(query, limit=MOST_KNOWN))
    except Unreachable:
        return None
    return [hit.id for hit in page.hits] if page.total <= MOST_KNOWN else None


def erase_of(user_id: int, _address: str) -> None:
    """Delete the saved searches of a person whose account is erased, with what they found."""
    db.session.execute(
        delete(SavedSearch).where(SavedSearch.user_id == user_id).execution_options(synchronize_session=False)
    )
