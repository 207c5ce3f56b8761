"""Reads of listings; what other features use stands here, the visibility rule and the search documents included."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from marketplace.authoring.lifecycle import OPEN_STATES, REVISION
from marketplace.core.access import Actor
from marketplace.core.errors import NotFound
from marketplace.core.extensions import db
from marketplace.listings.lifecycle import LISTING
from marketplace.listings.models import Listing, ListingRevision
from marketplace.listings.search_document import all_ids, document, documents, ids_of
from marketplace.listings.visibility import audience, readable_by, sees_members_tier, visible_to
from marketplace.values.text import slug

_REF = re.compile(r"(CN-[0-9]{4}-[0-9]{6})(?:-(.*))?", re.ASCII)
QUESTIONS = 20  # newest questions shown to the owner
RELATED_POOL = 60  # listings of the same field among which the nearest are looked for

#: The tabs of the owner's list: which states of the listing, and which of its version on the way.
TABS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    **{tab: ((), states) for tab, states in REVISION.tabs.items()},
    **{tab: (states, ()) for tab, states in LISTING.tabs.items()},
    "stale": (("stale",), ()),
}


def code_of(ref: str) -> tuple[str, str]:
    """Return (code, slug) of the last part of a page's address. Raises NotFound for anything else."""
    match = _REF.fullmatch(ref)
    if match is None:
        raise NotFound
    return match[1], match[2] or ""


def path_of(listing: Listing) -> str:
    """Return the stable address of a listing's page; the slug follows the published title."""
    title = slug(listing.published_revision.title) if listing.published_revision else ""
    return f"/technologies/{listing.code}" + (f"-{title}" if title else "")


def own_path_of(listing: Listing) -> str:
    """Return the address of the page on which the owner sees how far a listing is."""
    return f"/my/listings/{listing.code}/review"


def readable(code: str, actor: Actor, *, lock: bool = False) -> Listing:
    """Return the listing of `code` if this reader may open it, else raise NotFound; `lock` holds its row for a move."""
    rows = select(Listing).where(Listing.code == code, readable_by(actor))
    held = rows.with_for_update(of=Listing).execution_options(populate_existing=True)
    listing = db.session.scalar(held if lock else rows.options(*_loaded()))
    if listing is None:
        raise NotFound
    return listing


def visible(ids: Iterable[int], actor: Actor) -> dict[int, Listing]:
    """Return the listings among `ids` that this reader may see, by id, in one statement: search results, matches."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = select(Listing).where(Listing.id.in_(wanted), visible_to(actor)).options(*_loaded())
    return {listing.id: listing for listing in db.session.scalars(rows)}


def published(actor: Actor) -> Select[Listing]:
    """Return the select of listings that this reader may see, newest first."""
    rows = select(Listing).where(visible_to(actor)).options(*_loaded())
    return rows.order_by(Listing.published_at.desc(), Listing.id.desc())


def _loaded() -> tuple[ORMOption, ...]:
    return joinedload(Listing.organisation), joinedload(Listing.published_revision)


def related(listing: Listing, actor: Actor, limit: int = 4) -> list[Listing]:
    """Return visible listings near this one: of the same field, most shared keywords first, in two statements."""
    own = listing.published_revision
    if own is None:
        return []
    near = (
        select(Listing.id, ListingRevision.tags, ListingRevision.market_tags, ListingRevision.object_kinds)
        .join(ListingRevision, ListingRevision.id == Listing.published_revision_id)
        .where(visible_to(actor), Listing.id != listing.id, ListingRevision.field_code == own.field_code)
        .order_by(Listing.published_at.desc(), Listing.id.desc())
        .limit(RELATED_POOL)
    )
    words = {word.casefold() for word in (*own.tags, *own.market_tags)}
    kinds = set(own.object_kinds)
    scored = [
        (-3 * len(words & {word.casefold() for word in (*tags, *markets)}) - len(kinds & set(objects)), place, row_id)
        for place, (row_id, tags, markets, objects) in enumerate(db.session.execute(near))
    ]
    ids = [row_id for _score, _place, row_id in sorted(scored)[:limit]]
    found = visible(ids, actor)
    return [found[row_id] for row_id in ids if row_id in found]


def mine(org_id: int, tab: str = "", offset: int = 0, limit: int = 20) -> Sequence[Listing]:
    """Return one page of an organisation's listings with their versions, newest first."""
    rows = select(Listing).where(*_mine(org_id), *_tab(tab)).order_by(Listing.id.desc()).offset(offset).limit(limit)
    return list(db.session.scalars(rows.options(selectinload(Listing.revisions), joinedload(Listing.organisation))))


def counts(org_id: int) -> dict[str, int]:
    """Return how many listings of an organisation stand on each tab ("" is all of them), in two statements."""
    states = {row[0]: row[1] for row in db.session.execute(
        select(Listing.state, func.count()).where(*_mine(org_id)).group_by(Listing.state)
    )}
    versions = {row[0]: row[1] for row in db.session.execute(
        select(ListingRevision.state, func.count())
        .join(Listing, Listing.id == ListingRevision.listing_id)
        .where(*_mine(org_id), ListingRevision.state.in_(OPEN_STATES))
        .group_by(ListingRevision.state)
    )}
    found = {
        tab: sum(states.get(state, 0) for state in own) + sum(versions.get(state, 0) for state in open_)
        for tab, (own, open_) in TABS.items()
    }
    return {"": sum(states.values()), **found}


def _mine(org_id: int) -> tuple[ColumnElement[bool], ...]:
    return Listing.org_id == org_id, Listing.state != "deleted"


def _tab(tab: str) -> tuple[ColumnElement[bool], ...]:
    states, versions = TABS.get(tab, ((), ()))
    if states:
        return (Listing.state.in_(states),)
    return (Listing.revisions.any(ListingRevision.state.in_(versions)),) if versions else ()


__all__ = [
    "TABS", "all_ids", "audience", "code_of", "counts", "document", "documents", "ids_of", "mine", "path_of",
    "published", "readable", "readable_by", "related", "sees_members_tier", "visible", "visible_to",
]
