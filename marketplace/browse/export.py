"""Search results as CSV and XLSX."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from marketplace.authoring.export import export_columns
from marketplace.browse.catalogues import Catalogue
from marketplace.browse.rows import ResultRow
from marketplace.core.subjects import subject
from marketplace.values.text import N_
from marketplace.web.spreadsheet import Column

MOST_ROWS = 5000


def columns(catalogue: Catalogue, base: str) -> tuple[Column[ResultRow], ...]:
    """Return the columns of a download; `base` is the site's address, for a file is opened far from it."""
    lifecycle = subject(catalogue.kind).lifecycle
    states: Mapping[str, str] = lifecycle.labels if lifecycle else {}
    kind = catalogue.fields
    fields: tuple[Column[ResultRow], ...] = export_columns(kind, lambda row, name: row.exported.get(name)) if kind else ()
    return (
        Column(N_("Code"), lambda row: row.code),
        Column(N_("Title"), lambda row: row.plain_title),
        Column(N_("Summary"), lambda row: row.plain_summary),
        Column(N_("Owner"), lambda row: row.owner),
        Column(N_("State"), lambda row: _(states[row.state]) if row.state in states else row.state),
        Column(N_("TRL"), lambda row: row.trl),
        Column(N_("From (VND)"), lambda row: row.money_min),
        Column(N_("To (VND)"), lambda row: row.money_max),
        Column(N_("Deadline"), lambda row: row.deadline),
        Column(N_("Published on"), lambda row: row.published_at),
        Column(N_("Address"), lambda row: base + row.href),
        *fields,
    )
