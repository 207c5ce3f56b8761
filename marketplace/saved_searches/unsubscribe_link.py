"""The link in a mail that turns one saved search off without signing in."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.core.errors import NotFound
from marketplace.core.extensions import one
from marketplace.saved_searches.models import SavedSearch
from marketplace.web.signed_links import SignedLink

LINK = SignedLink("saved-search-off")


def path(search_id: int, user_id: int) -> str:
    """Return the path of the link for one search of one person. It works as long as the search exists."""
    return f"/my/searches/off/{LINK.token([search_id, user_id])}"


def search_of(token: str) -> SavedSearch:
    """Return the search a link is about. Raises NotFound for a forged one and for a deleted search."""
    values = LINK.values(token)
    if not isinstance(values, list) or len(values) != 2:
        raise NotFound
    return one(select(SavedSearch).where(SavedSearch.id == values[0], SavedSearch.user_id == values[1]))
