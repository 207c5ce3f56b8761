"""The link in a mail that turns one saved search off without signing in: a signed address."""

from __future__ import annotations

from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from marketplace.core.errors import NotFound
from marketplace.core.extensions import db
from marketplace.saved_searches.models import SavedSearch


def path(search_id: int, user_id: int) -> str:
    """Return the path of the link for one search of one person. It works as long as the search exists."""
    return f"/my/searches/off/{_signer().dumps([search_id, user_id])}"


def search_of(token: str) -> SavedSearch:
    """Return the search a link is about. Raises NotFound for a forged one and for a deleted search."""
    try:
        search_id, user_id = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise NotFound from None
    found = db.session.scalar(select(SavedSearch).where(SavedSearch.id == search_id, SavedSearch.user_id == user_id))
    if found is None:
        raise NotFound
    return found


def _signer() -> Any:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="saved-search-off")
