"""What search knows of listings: the public tier only, so neither counts nor hints can leak the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

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
    return search_fields.document(
        KIND, listing, _value(listing, revision), party=listing.organisation.name, audience=readers
    )


def ids_of(org_id: int) -> list[int]:
    """Return the ids of an organisation's listings: what its own state touches."""
    return list(db.session.scalars(select(Listing.id).where(Listing.org_id == org_id)))


def _value(listing: Listing, revision: ListingRevision) -> Callable[[str], Any]:
    """Return what gives the value of a field of the version, or of the listing itself."""
    return lambda name: getattr(listing if name in _OWN else revision, name)


SEARCHED = search_fields.searched(KIND, VISIBLE_STATES, document, ids_of)
documents, all_ids = SEARCHED.documents, SEARCHED.all_ids
