"""Reading a bank's statement: CSV, XLSX or MT940. Whatever cannot be read for certain refuses the whole file."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from marketplace.payments.banks.layouts import HeadingsUnknown, StatementColumns
from marketplace.payments.banks.mt940_files import read_mt940
from marketplace.payments.banks.read_line import (
    MOST_LINES,
    NO_LINES,
    NO_SUCH_DAY,
    TOO_MANY_LINES,
    ReadLine,
    is_day_of_books,
    refuse,
)
from marketplace.payments.banks.workbook_rows import (
    HEADING_WITHIN,
    MOST_COLUMNS,
    NOT_A_STATEMENT,
    Unusable,
    sheet_rows,
)
from marketplace.values import clock
from marketplace.values.text import N_, fold, nfc

MOST_BYTES = 10_000_000
MOST_ROWS = 5 * MOST_LINES  # with empty ones
_NUMBER = re.compile(r"([+-]?)(\d+|\d{1,3}(?:([., ])\d{3})+)(?:([.,])0{1,2})?")
_LONGEST_NUMBER = 40  # characters; Python refuses to read more than 4,300 digits
_FOOTER = ("tong", "cong phat sinh", "so du", "total", "balance", "opening", "closing")
_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d", "%d.%m.%Y")


@dataclass(frozen=True)
class ReadStatement:
    """The lines of a file, and after which of them the running balance does not go on."""

    lines: Sequence[ReadLine]
    gaps: Sequence[int] = field(default=())  # line numbers of the file


def read_statement(content: bytes, account_no: str, layouts: Sequence[StatementColumns]) -> ReadStatement:
    """Read a file of an account. Raises Invalid on `file`, HeadingsUnknown when no layout fits."""
    if not content.strip():
        refuse(N_("The file is empty."))
    if len(content) > MOST_BYTES:
        refuse(N_("The file is too large; a statement has at most %(max)s MB."), max=MOST_BYTES // 1_000_000)
    if content.startswith(b"PK"):
        lines = _of_table(sheet_rows(content), layouts)
    elif content.startswith((b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b")):
        refuse(NOT_A_STATEMENT)
    else:
        text = _decoded(content)
        lines = read_mt940(text, account_no) if re.search(r"(?m)^:20:", text) else _of_csv(text, layouts)
    if not lines:
        refuse(NO_LINES)
    if len(lines) > MOST_LINES:
        refuse(TOO_MANY_LINES, found=len(lines), max=MOST_LINES)
    return ReadStatement(lines, _gaps(lines))


def _decoded(content: bytes) -> str:
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return nfc(content.decode("utf-16"))
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = content[: error.start].count(b"\n") + 1
        refuse(N_("Line %(line)s is not UTF-8 text. Save the file as “CSV UTF-8” and choose it again."), line=place)
    if "\x00" in text:
        refuse(NOT_A_STATEMENT)
    return nfc(text)


def _of_csv(text: str, layouts: Sequence[StatementColumns]) -> list[ReadLine]:
    unknown: HeadingsUnknown | None = None
    for separator in (";", "\t", ","):
        try:
            rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)  # one at a time
            return _of_table(enumerate(rows, 1), layouts)
        except HeadingsUnknown as error:
            unknown = error if unknown is None or len(error.headings) > len(unknown.headings) else unknown
        except csv.Error:
            continue
    if unknown is None:
        refuse(N_("Quotation marks of this file are opened and not closed; it cannot be read."))
    raise unknown


def _of_table(rows: Iterable[tuple[int, list[Any]]], layouts: Sequence[StatementColumns]) -> list[ReadLine]:
    found: tuple[StatementColumns, dict[str, int]] | None = None
    best: list[str] = []
    lines: list[ReadLine] = []
    for index, (number, cells) in enumerate(rows):
        if found is None:
            texts = [_shown(cell) for cell in cells if not isinstance(cell, Unusable)]
            found = next(((one, places) for one in layouts if (places := one.places(texts))), None)
            named = [text for text in texts if text]
            best = [text for text in texts if text] if len(named) > len(best) else best
            if index >= HEADING_WITHIN and found is None:
                break
            continue
        if index > MOST_ROWS:
            refuse(N_("The statement has more than %(max)s rows, lines or not."), max=MOST_ROWS)
        line = _line(number, cells, *found)
        if line is not None:
            lines.append(line)
    if found is None:
        raise HeadingsUnknown(best[:MOST_COLUMNS])
    return lines


def _shown(cell: Any) -> str:
    return "" if cell is None or isinstance(cell, Unusable) else str(cell).strip()


def _line(number: int, cells: list[Any], layout: StatementColumns, places: dict[str, int]) -> ReadLine | None:
    """Return what one row says; None for an empty row, a sum below the lines, and a row by which no money moves."""
    texts = [_shown(cell) for cell in cells]
    if not any(texts) and not any(isinstance(cell, Unusable) for cell in cells):
        return None
    footer = any(fold(text).startswith(_FOOTER) for text in texts[:3] if text)

    def cell(name: str) -> Any:
        place = places.get(name)
        return cells[place] if place is not None and place < len(cells) else None

    merged = any(isinstance(one, Unusable) and one.merged for one in cells)
    day = None if merged else _day(cell("date"), layout.date_format)
    if day is None and footer:
        return None
    for one in cells:
        if isinstance(one, Unusable):
            refuse(N_("Row %(row)s has merged cells; undo that and choose the file again.") if one.merged else
                   N_("The cell %(row)s holds a formula; a bank's statement has none."), row=one.where)
    if day is None:
        refuse(N_("Row %(row)s: the day “%(text)s” cannot be read."), row=number, text=_shown(cell("date"))[:40])
    if not is_day_of_books(day):
        refuse(NO_SUCH_DAY, row=number, text=clock.format_date(day))
    if (currency := _shown(cell("currency")).upper()) not in {"", "VND", "VNĐ"}:
        refuse(N_("Row %(row)s is in %(currency)s. A statement in several currencies is not taken; only VND is."),
               row=number, currency=currency[:10])
    if "amount" in places:
        amount = _number(number, cell("amount"))
    else:
        out, into = abs(_number(number, cell("debit"))), abs(_number(number, cell("credit")))
        if out and into:
            refuse(N_("Row %(row)s has money in and out at once."), row=number)
        amount = into - out
    if not amount:
        return None
    balance = _number(number, cell("balance")) if _shown(cell("balance")) else None
    return ReadLine(number, day, amount, " ".join(_shown(cell("description")).split()), _shown(cell("reference"))[:100],
                    _shown(cell("counterparty"))[:200], balance)


def _day(value: Any, date_format: str) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = _shown(value).split(" ")[0].split("T")[0]
    for one in (date_format,) if date_format else _FORMATS:
        try:
            return datetime.strptime(text, one).date()
        except ValueError:
            continue
    return None


def _number(row: int, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return _bounded(row, value)
    if isinstance(value, float):
        if not math.isfinite(value) or value != int(value):
            refuse(N_("Row %(row)s: “%(text)s” is no whole number of đồng."), row=row, text=str(value)[:40])
        return _bounded(row, int(value))
    text = re.sub(r"(?i)\s*(vnd|vnđ|đ|₫)$", "", _shown(value).replace("\xa0", " ")).strip()
    if text in {"", "-"}:
        return 0
    match = _NUMBER.fullmatch(text.replace(" ", "")) if len(text) <= _LONGEST_NUMBER else None
    if match is None or (match[3] and match[3] == match[4]) or (match[3] and len(set(re.findall(r"[.,]", match[2]))) > 1):
        refuse(N_("Row %(row)s: “%(text)s” is no whole number of đồng."), row=row, text=text[:40])
    return _bounded(row, int(match[1] + re.sub(r"\D", "", match[2])))


def _bounded(row: int, value: int) -> int:
    if abs(value) > 10**15:
        refuse(N_("Row %(row)s: “%(text)s” is no whole number of đồng."), row=row, text=str(value)[:40])
    return value


def _gaps(lines: Sequence[ReadLine]) -> list[int]:
    """Return the lines at which the balance does not go on; statements are written upwards or downwards."""
    pairs = [(one, two) for one, two in pairwise(lines) if one.balance is not None and two.balance is not None]
    down = [two.place for one, two in pairs if (one.balance or 0) + two.amount != two.balance]
    up = [two.place for one, two in pairs if (two.balance or 0) + one.amount != one.balance]
    return min(down, up, key=len)
