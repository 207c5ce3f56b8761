"""The owner's listings as CSV for spreadsheets."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app
from flask_babel import gettext as _

from marketplace.authoring.lifecycle import REVISION
from marketplace.core import view_counts
from marketplace.listings import queries
from marketplace.listings.editor import EDITOR
from marketplace.listings.lifecycle import LISTING
from marketplace.values import clock
from marketplace.web.spreadsheet import csv_answer

MOST_ROWS = 5_000


def answer(org_id: int) -> Response:
    """Return the download."""
    listings = queries.mine(org_id, limit=MOST_ROWS)
    views = view_counts.views("listing", [listing.id for listing in listings])
    base = current_app.extensions["settings"].base_url
    heads = [_("Code"), _("Title"), _("State"), _("Version"), _("State of the version"), _("Published on"),
             _("Confirmed on"), _("Views in 90 days"), _("Address")]
    rows = []
    for listing in listings:
        revision = EDITOR.current(listing)
        rows.append([
            listing.code, revision.title, _(LISTING.label(listing.state)), revision.number,
            _(REVISION.label(revision.state)), _day(listing.published_at), _day(listing.confirmed_at),
            views.get(listing.id, 0), base + queries.path_of(listing) if listing.published_revision_id else "",
        ])
    return csv_answer("listings", heads, rows)


def _day(moment: Any) -> str:
    return clock.format_date(moment) if moment else ""
