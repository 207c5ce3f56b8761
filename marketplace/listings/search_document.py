"""What search knows of listings: the public tier only, so neither counts nor hints can leak the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.authoring import search_fields
from marketplace.core.extensions import db
from marketplace.listings.kind import KIND
from marketplace.listings.lifecycle import VISIBLE_STATES
from marketplace.listings.models import Listing, ListingRevision
from marketplace.listings.visibility import audience
from marketplace.search import Document

#: Fields of the listing itself.
_OWN = frozenset(spec.name for spec in KIND.thing_fields)


def document(listing: Listing) -> Document | None:
    """Return the search document of a listing, or None when nobody may find it."""
    readers, revision = audience(listing), listing.published_revision
    if not readers or revision is None:
        return None
    value = _value(listing, revision)
    facets = search_fields.facets(KIND, value)
    return Document(
        kind="listing",
        id=listing.id,
        title=revision.title,
        title_other=revision.title_en,
        body="\n".join(search_fields.texts(KIND, value)),
        code=listing.code,
        keywords=" ".join(search_fields.keywords(KIND, value, facets)),
        party=listing.organisation.name,
        audience=readers,
        facets=facets,
        numbers=search_fields.numbers(KIND, value),
    )


def documents(ids: Iterable[int]) -> dict[int, Document]:
    """Return, by id, the documents of those listings that somebody may find; the others belong out of the index."""
    rows = (
        select(Listing)
        .where(Listing.id.in_(list(ids)), Listing.state.in_(VISIBLE_STATES))
        .options(joinedload(Listing.organisation), joinedload(Listing.published_revision))
        .execution_options(populate_existing=True)
    )
    made = (document(listing) for listing in db.session.scalars(rows))
    return {one.id: one for one in made if one is not None}


def all_ids() -> list[int]:
    """Return the ids of all listings that may be in the index."""
    rows = select(Listing.id).where(Listing.state.in_(VISIBLE_STATES)).order_by(Listing.id)
    return list(db.session.scalars(rows))


def ids_of(org_id: int) -> list[int]:
    """Return the ids of an organisation's listings: what its own state touches."""
    return list(db.session.scalars(select(Listing.id).where(Listing.org_id == org_id)))


def _value(listing: Listing, revision: ListingRevision) -> Callable[[str], Any]:
    """Return what gives the value of a field of the version, or of the listing itself."""
    return lambda name: getattr(listing if name in _OWN else revision, name)
