"""The columns of the owner's listings as CSV for spreadsheets."""

from __future__ import annotations

from flask import current_app

from marketplace.authoring.export import ExportRow
from marketplace.listings import queries
from marketplace.values.text import N_
from marketplace.web.spreadsheet import Column


def _address(line: ExportRow) -> str:
    base: str = current_app.extensions["settings"].base_url
    return base + queries.path_of(line.thing) if line.thing.published_revision_id else ""


COLUMNS: tuple[Column[ExportRow], ...] = (
    Column(N_("Code"), lambda line: line.thing.code),
    Column(N_("Title"), lambda line: line.revision.title),
    Column(N_("State"), ExportRow.state),
    Column(N_("Version"), lambda line: line.revision.number),
    Column(N_("State of the version"), ExportRow.version_state),
    Column(N_("Published on"), lambda line: line.thing.published_at),
    Column(N_("Confirmed on"), lambda line: line.thing.confirmed_at),
    Column(N_("Views in 90 days"), lambda line: line.views),
    Column(N_("Address"), _address),
)
