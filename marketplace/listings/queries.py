"""Reads of listings; what other features use stands here, the visibility rule and the search documents included."""

from __future__ import annotations

import re

from sqlalchemy import select

from marketplace.authoring.queries import Reads
from marketplace.core.access import Actor
from marketplace.core.errors import NotFound
from marketplace.core.extensions import db
from marketplace.listings.kind import KIND
from marketplace.listings.models import Listing, ListingRevision
from marketplace.listings.search_document import all_ids, document, documents, ids_of
from marketplace.listings.visibility import audience, readable_by, sees_members_tier, visible_to
from marketplace.values.text import slug

_REF = re.compile(r"(CN-[0-9]{4}-[0-9]{6})(?:-(.*))?", re.ASCII)
RELATED_POOL = 60  # listings of the same field among which the nearest are looked for

READS = Reads(KIND, Listing, visible_to, readable_by, {"stale": (("stale",), ())})
TABS, readable, visible, mine, counts = READS.tabs, READS.readable, READS.visible, READS.mine, READS.counts


def code_of(ref: str) -> tuple[str, str]:
    """Return (code, slug) of the last part of a page's address. Raises NotFound for anything else."""
    match = _REF.fullmatch(ref)
    if match is None:
        raise NotFound
    return match[1], match[2] or ""


def path_of(listing: Listing) -> str:
    """Return the stable address of a listing's page; the slug follows the published title."""
    return address_of(listing.code, listing.published_revision.title if listing.published_revision else "")


def address_of(code: str, title: str) -> str:
    """Return the address of the listing with that code and published title."""
    name = slug(title) if title else ""
    return f"/technologies/{code}" + (f"-{name}" if name else "")


def own_path_of(listing: Listing) -> str:
    """Return the address of the page on which the owner sees how far a listing is."""
    return f"/my/listings/{listing.code}/review"


def related(listing: Listing, actor: Actor, limit: int = 4) -> list[Listing]:
    """Return visible listings near this one: of the same field, most shared keywords first, in two statements.

    The first walks `ix_listing_field_published` from its new end and stops when it has enough, however many there are.
    """
    own = listing.published_revision
    if own is None:
        return []
    near = (
        select(Listing.id, ListingRevision.tags, ListingRevision.market_tags, ListingRevision.object_kinds)
        .join(ListingRevision, ListingRevision.id == Listing.published_revision_id)
        .where(visible_to(actor), Listing.id != listing.id, Listing.published_field == own.field_code)
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


__all__ = [
    "TABS", "all_ids", "audience", "code_of", "counts", "document", "documents", "ids_of", "mine", "path_of",
    "readable", "readable_by", "related", "sees_members_tier", "visible", "visible_to",
]
