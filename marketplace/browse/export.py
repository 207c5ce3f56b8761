"""Search results as CSV and XLSX; cells that a spreadsheet would run as a formula are made inert."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from marketplace import clock
from marketplace.browse.catalogues import Catalogue
from marketplace.browse.rows import Row
from marketplace.msgid import N_
from marketplace.web.sheets import csv_bytes, inert

MOST_ROWS = 5000
HEADS = (
    N_("Code"), N_("Title"), N_("Summary"), N_("Owner"), N_("State"), N_("TRL"), N_("From (VND)"), N_("To (VND)"),
    N_("Deadline"), N_("Published on"), N_("Address"),
)


def table(rows: Iterable[Row]) -> Iterable[tuple[Any, ...]]:
    """Yield the cells of each row."""
    for row in rows:
        yield (
            row.code, row.plain_title, row.plain_summary, row.owner, row.state, row.trl, row.money_min, row.money_max,
            clock.format_date(row.deadline) if row.deadline else None,
            clock.format_date(clock.local(row.published_at).date()) if row.published_at else None, row.href,
        )


def as_csv(_catalogue: Catalogue, rows: Sequence[Row], _locale: str, translate: Callable[[str], str]) -> bytes:
    """Return CSV with a BOM, so that spreadsheets read Vietnamese right."""
    return csv_bytes([translate(head) for head in HEADS], table(rows))


def as_xlsx(catalogue: Catalogue, rows: Sequence[Row], _locale: str, translate: Callable[[str], str]) -> bytes:
    """Return an XLSX workbook with one sheet."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(translate(catalogue.title)[:31])
    bold = book.add_format({"bold": True})
    amount = book.add_format({"num_format": "#,##0"})
    sheet.write_row(0, 0, [translate(head) for head in HEADS], bold)
    for number, cells in enumerate(table(rows), 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(number, column, cell, amount)
            elif cell is not None:
                sheet.write_string(number, column, inert(cell))
    sheet.freeze_panes(1, 0)
    sheet.set_column(1, 2, 48)
    book.close()
    return buffer.getvalue()
