"""Tables for spreadsheets: UTF-8 with a mark so that Vietnamese reads right, formulas disarmed."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from flask import Response

from marketplace.values import clock

_RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run as a formula


def inert(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    return "'" + value if isinstance(value, str) and value.startswith(_RISKY) else value


def csv_bytes(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a table as CSV; None is an empty cell."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    for cells in rows:
        writer.writerow(["" if cell is None else inert(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def csv_answer(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Return a download `name`-2026-11-22.csv that no cache keeps."""
    answer = Response(csv_bytes(heads, rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{clock.today().isoformat()}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
