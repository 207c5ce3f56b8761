"""How long it is kept what a saved search found."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.core.config import Settings
from marketplace.core.retention import deletion, register_retention
from marketplace.saved_searches.models import SavedSearchHit
from marketplace.values.text import N_


def register(settings: Settings) -> None:
    """Register the rule."""
    register_retention(
        "saved_searches",
        lambda before: select(SavedSearchHit.id)
        .where(SavedSearchHit.found_at < before, SavedSearchHit.told_at.is_not(None)).order_by(SavedSearchHit.found_at),
        settings.keep_search_hit_days, deletion(SavedSearchHit),
        N_("Kept so that nobody is told twice of the same thing; after this long a thing that changes may be told again."),
        label=N_("What saved searches found"),
    )
