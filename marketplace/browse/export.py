"""Search results as CSV and XLSX; cells that a spreadsheet would run as a formula are made inert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from marketplace.browse.catalogues import Catalogue
from marketplace.browse.rows import Row
from marketplace.buyer_requests.lifecycle import NEED
from marketplace.listings.lifecycle import LISTING
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.web.spreadsheet import csv_bytes, inert

MOST_ROWS = 5000
#: The words of states by kind, as message ids.
STATES: Mapping[str, Mapping[str, str]] = {"listing": LISTING.labels, "need": NEED.labels}
HEADS = (
    N_("Code"), N_("Title"), N_("Summary"), N_("Owner"), N_("State"), N_("TRL"), N_("From (VND)"), N_("To (VND)"),
    N_("Deadline"), N_("Published on"), N_("Address"),
)


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
