"""Lists as downloads for spreadsheets: columns as data, written as CSV or XLSX, with formulas disarmed.

A feature declares `Column`s once (heading and cell) and gets the file; a new column is one line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO
from typing import Any, Generic, TypeVar

import xlsxwriter
from flask import Response
from flask_babel import gettext

from marketplace.values import clock

T = TypeVar("T")
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run as a formula
_SIGNS = re.escape("".join(_RISKY)) + "＝＋－＠"
#: At the beginning of a cell, and after the semicolon at which spreadsheets of this region split a line, quotes or not.
#: A cell that has a quotation mark there already gets another one, so that the mark can be taken off again.
_FORMULA = re.compile(rf"""(^|;"?)('*[{_SIGNS}])""")
_DISARMED = re.compile(rf"""(^|;"?)'('*[{_SIGNS}])""")
_WIDE = 48  # characters of the columns with titles and summaries


@dataclass(frozen=True)
class Column(Generic[T]):
    """One column: its heading, and the cell of a row. A day or a moment is written as a day, None as nothing."""

    heading: str  # message id
    cell: Callable[[T], Any]
    literal: bool = False  # the heading is written as it stands: somebody's own words


def inert(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    return _FORMULA.sub(r"\1'\2", value) if isinstance(value, str) else value


def rearmed(value: Any) -> Any:
    """Return a cell as it was before `inert`: what the exchange has written into a file it reads as it stood here."""
    return _DISARMED.sub(r"\1\2", value) if isinstance(value, str) else value


def headings(columns: Sequence[Column[T]]) -> list[str]:
    """Return the headings in the reader's language."""
    return [inert(column.heading) if column.literal else gettext(column.heading) for column in columns]


def cells(columns: Sequence[Column[T]], row: T) -> list[Any]:
    """Return the cells of one row, ready to be written."""
    return [_written(column.cell(row)) for column in columns]


def _written(value: Any) -> Any:
    return clock.format_date(value) if isinstance(value, date) else inert(value)


def csv_bytes(columns: Sequence[Column[T]], rows: Iterable[T]) -> bytes:
    """Return a list as CSV: UTF-8 with a mark, so that spreadsheets read Vietnamese right."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(headings(columns))
    for row in rows:
        writer.writerow(["" if cell is None else cell for cell in cells(columns, row)])
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(columns: Sequence[Column[T]], rows: Iterable[T], title: str) -> bytes:
    """Return a list as an XLSX workbook with one sheet."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(title[:31])
    amount, part = book.add_format({"num_format": "#,##0"}), book.add_format({"num_format": "0.00"})
    sheet.write_row(0, 0, headings(columns), book.add_format({"bold": True}))
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(cells(columns, row)):
            if isinstance(cell, int | float):
                sheet.write_number(number, place, cell, amount if isinstance(cell, int) else part)
            elif cell is not None:
                sheet.write_string(number, place, cell)
    sheet.freeze_panes(1, 0)
    sheet.set_column(1, 2, _WIDE)
    book.close()
    return buffer.getvalue()


def csv_answer(name: str, columns: Sequence[Column[T]], rows: Iterable[T]) -> Response:
    """Return a download `name`-2026-11-22.csv that no cache keeps."""
    answer = Response(csv_bytes(columns, rows), content_type=CSV_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{clock.today().isoformat()}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
