"""Search results as CSV and XLSX."""

from __future__ import annotations

<<<<<<< HEAD
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
=======
from collections.abc import Mapping

>>>>>>> main
from flask_babel import gettext as _

from marketplace.authoring.formatting import export_columns
from marketplace.browse.catalogues import Catalogue
from marketplace.browse.rows import Row
from marketplace.buyer_requests.lifecycle import NEED
from marketplace.listings.lifecycle import LISTING
from marketplace.values.text import N_
from marketplace.web.spreadsheet import Column

MOST_ROWS = 5000
#: The words of states by kind, as message ids.
STATES: Mapping[str, Mapping[str, str]] = {"listing": LISTING.labels, "need": NEED.labels}


<<<<<<< HEAD
def table(catalogue: Catalogue, rows: Iterable[Row], base: str) -> Iterable[tuple[Any, ...]]:
    """Yield the cells of each row; `base` is the site's address, for a file is opened far from it."""
    states = STATES.get(catalogue.kind, {})
    for row in rows:
        state = _(states[row.state]) if row.state in states else row.state
        yield (
            row.code, row.plain_title, row.plain_summary, row.owner, state, row.trl, row.money_min, row.money_max,
            clock.format_date(row.deadline) if row.deadline else None,
            clock.format_date(clock.local(row.published_at).date()) if row.published_at else None, base + row.href,
        )


def as_csv(catalogue: Catalogue, rows: Sequence[Row], base: str) -> bytes:
    """Return CSV with a BOM, so that spreadsheets read Vietnamese right."""
    return csv_bytes([_(head) for head in HEADS], table(catalogue, rows, base))


def as_xlsx(catalogue: Catalogue, rows: Sequence[Row], base: str) -> bytes:
    """Return an XLSX workbook with one sheet."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_(catalogue.title)[:31])
    bold = book.add_format({"bold": True})
    amount = book.add_format({"num_format": "#,##0"})
    sheet.write_row(0, 0, [_(head) for head in HEADS], bold)
    for number, cells in enumerate(table(catalogue, rows, base), 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(number, column, cell, amount)
            elif cell is not None:
                sheet.write_string(number, column, inert(cell))
    sheet.freeze_panes(1, 0)
    sheet.set_column(1, 2, 48)
    book.close()
    return buffer.getvalue()
=======
def columns(catalogue: Catalogue, base: str) -> tuple[Column[Row], ...]:
    """Return the columns of a download; `base` is the site's address, for a file is opened far from it."""
    states = STATES.get(catalogue.kind, {})
    kind = catalogue.fields
    fields: tuple[Column[Row], ...] = export_columns(kind, lambda row, name: row.exported.get(name)) if kind else ()
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
>>>>>>> main
