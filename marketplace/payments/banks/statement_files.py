"""Reading a bank's statement: CSV, XLSX or MT940. Whatever cannot be read for certain refuses the whole file."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from marketplace.core.errors import Invalid
from marketplace.payments.banks.layouts import HeadingsUnknown, StatementColumns
from marketplace.payments.banks.mt940_files import read_mt940
from marketplace.payments.banks.read_line import NO_LINES, ReadLine, refuse
from marketplace.values.text import N_, fold, nfc

MOST_BYTES = 10_000_000
MOST_LINES = 20_000
MOST_UNPACKED, MOST_PARTS, MOST_COLUMNS = 60_000_000, 500, 60
_HEADING_WITHIN = 40  # rows above it: name of the bank, of the account, the span
_NUMBER = re.compile(r"([+-]?)(\d+|\d{1,3}(?:([., ])\d{3})+)(?:([.,])0{1,2})?")
_FOOTER = ("tong", "cong phat sinh", "so du", "total", "balance", "opening", "closing")
_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d", "%d.%m.%Y")
_DAMAGE = (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError, EOFError,
           IndexError, RuntimeError, NotImplementedError, SyntaxError, zipfile.LargeZipFile)
_BROKEN = N_("The workbook is damaged and cannot be opened. Save it again as XLSX.")


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
        lines = _of_table(_sheet_rows(content), layouts)
    elif content.startswith((b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b")):
        refuse(N_("This is no statement that can be read. Save it as CSV, XLSX or MT940."))
    else:
        text = _decoded(content)
        lines = read_mt940(text, account_no) if re.search(r"(?m)^:20:", text) else _of_csv(text, layouts)
    if not lines:
        refuse(NO_LINES)
    if len(lines) > MOST_LINES:
        refuse(N_("The statement has %(found)s lines; at most %(max)s are taken at once."), found=len(lines),
               max=MOST_LINES)
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
        refuse(N_("This is no statement that can be read. Save it as CSV, XLSX or MT940."))
    return nfc(text)


def _of_csv(text: str, layouts: Sequence[StatementColumns]) -> list[ReadLine]:
    unknown: HeadingsUnknown | None = None
    for separator in (";", "\t", ","):
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
            return _of_table(enumerate(rows, 1), layouts)
        except HeadingsUnknown as error:
            unknown = error if unknown is None or len(error.headings) > len(unknown.headings) else unknown
        except csv.Error:
            continue
    if unknown is None:
        refuse(N_("Quotation marks of this file are opened and not closed; it cannot be read."))
    raise unknown


def _sheet_rows(content: bytes) -> list[tuple[int, list[Any]]]:
    """Return the rows of the first sheet. Refuses what unpacks to absurd sizes, formulas, and merged cells among lines."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            parts = container.infolist()
            if "[Content_Types].xml" not in {part.filename for part in parts}:
                refuse(N_("This is no statement that can be read. Save it as CSV, XLSX or MT940."))
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                refuse(N_("The workbook unpacks to an unreasonable size; it was not opened."))
            for part in parts:
                with container.open(part) as source:
                    if b"<!DOCTYPE" in source.read(4096):
                        refuse(_BROKEN)
        book = load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        if sheet.max_row > MOST_LINES + _HEADING_WITHIN:
            refuse(N_("The statement has %(found)s lines; at most %(max)s are taken at once."), found=sheet.max_row,
                   max=MOST_LINES)
        merged = {row for span in sheet.merged_cells.ranges for row in range(span.min_row, span.max_row + 1)}
        rows: list[tuple[int, list[Any]]] = []
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
            values: list[Any] = [_Unusable(cell.coordinate) if cell.data_type == "f" else cell.value for cell in cells]
            rows.append((number, [_Unusable(f"{number}", merged=True), *values] if number in merged else values))
        return rows
    except Invalid:
        raise
    except _DAMAGE as error:
        raise Invalid("file", _BROKEN) from error


@dataclass(frozen=True)
class _Unusable:
    """A cell of which nobody can say what it holds; it matters only below the heading."""

    where: str
    merged: bool = False


def _of_table(rows: Iterable[tuple[int, list[Any]]], layouts: Sequence[StatementColumns]) -> list[ReadLine]:
    found: tuple[StatementColumns, dict[str, int]] | None = None
    best: list[str] = []
    lines: list[ReadLine] = []
    for index, (number, cells) in enumerate(rows):
        if found is None:
            texts = [_shown(cell) for cell in cells if not isinstance(cell, _Unusable)]
            found = next(((one, places) for one in layouts if (places := one.places(texts))), None)
            named = [text for text in texts if text]
            best = [text for text in texts if text] if len(named) > len(best) else best
            if index >= _HEADING_WITHIN and found is None:
                break
            continue
        line = _line(number, cells, *found)
        if line is not None:
            lines.append(line)
    if found is None:
        raise HeadingsUnknown(best[:MOST_COLUMNS])
    return lines


def _shown(cell: Any) -> str:
    return "" if cell is None or isinstance(cell, _Unusable) else str(cell).strip()


def _line(number: int, cells: list[Any], layout: StatementColumns, places: dict[str, int]) -> ReadLine | None:
    """Return what one row says; None for an empty row, a sum below the lines, and a row by which no money moves."""
    texts = [_shown(cell) for cell in cells]
    if not any(texts) and not any(isinstance(cell, _Unusable) for cell in cells):
        return None
    footer = any(fold(text).startswith(_FOOTER) for text in texts[:3] if text)

    def cell(name: str) -> Any:
        place = places.get(name)
        return cells[place] if place is not None and place < len(cells) else None

    merged = any(isinstance(one, _Unusable) and one.merged for one in cells)
    day = None if merged else _day(cell("date"), layout.date_format)
    if day is None and footer:
        return None
    for one in cells:
        if isinstance(one, _Unusable):
            refuse(N_("Row %(row)s has merged cells; undo that and choose the file again.") if one.merged else
                   N_("The cell %(row)s holds a formula; a bank's statement has none."), row=one.where)
    if day is None:
        refuse(N_("Row %(row)s: the day “%(text)s” cannot be read."), row=number, text=_shown(cell("date"))[:40])
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
        if value != int(value):
            refuse(N_("Row %(row)s: “%(text)s” is no whole number of đồng."), row=row, text=str(value)[:40])
        return _bounded(row, int(value))
    text = re.sub(r"(?i)\s*(vnd|vnđ|đ|₫)$", "", _shown(value).replace("\xa0", " ")).strip()
    if text in {"", "-"}:
        return 0
    match = _NUMBER.fullmatch(text.replace(" ", ""))
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
