"""The owner's listings as CSV for spreadsheets."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, current_app
from flask_babel import gettext as _

from marketplace.authoring.formatting import export_columns
from marketplace.authoring.lifecycle import REVISION
from marketplace.core import view_counts
from marketplace.listings import queries
from marketplace.listings.editor import EDITOR
from marketplace.listings.kind import KIND
from marketplace.listings.lifecycle import LISTING
from marketplace.listings.models import Listing, ListingRevision
from marketplace.values.text import N_
from marketplace.web.spreadsheet import Column, csv_answer

MOST_ROWS = 5_000


@dataclass(frozen=True)
class Line:
    """One listing with the version its owner works on."""

    listing: Listing
    revision: ListingRevision
    views: int
    address: str


COLUMNS: tuple[Column[Line], ...] = (
    Column(N_("Code"), lambda line: line.listing.code),
    Column(N_("Title"), lambda line: line.revision.title),
    Column(N_("State"), lambda line: _(LISTING.label(line.listing.state))),
    Column(N_("Version"), lambda line: line.revision.number),
    Column(N_("State of the version"), lambda line: _(REVISION.label(line.revision.state))),
    Column(N_("Published on"), lambda line: line.listing.published_at),
    Column(N_("Confirmed on"), lambda line: line.listing.confirmed_at),
    Column(N_("Views in 90 days"), lambda line: line.views),
    Column(N_("Address"), lambda line: line.address),
    *export_columns(KIND, lambda line, name: getattr(line.revision, name)),
)


def answer(org_id: int) -> Response:
    """Return the download."""
    listings = queries.mine(org_id, limit=MOST_ROWS)
    views = view_counts.views("listing", [listing.id for listing in listings])
    base = current_app.extensions["settings"].base_url

    def line(listing: Listing) -> Line:
        address = base + queries.path_of(listing) if listing.published_revision_id else ""
        return Line(listing, EDITOR.current(listing), views.get(listing.id, 0), address)

    return csv_answer("listings", COLUMNS, map(line, listings))
