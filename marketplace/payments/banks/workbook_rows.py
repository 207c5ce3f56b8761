"""The rows of a workbook's first sheet, streamed. What it holds is counted first: a small file unpacks to much."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from marketplace.core.errors import Invalid
from marketplace.payments.banks.read_line import MOST_LINES, TOO_MANY_LINES, refuse
from marketplace.values.text import N_

MOST_UNPACKED, MOST_PARTS, MOST_COLUMNS = 60_000_000, 500, 60
MOST_TAGS = 1_500_000  # of all parts; 20,000 lines of ten columns have a million
HEADING_WITHIN = 40  # rows above the lines: name of the bank, of the account, the span
_BLOCK = 1 << 20
_MERGED = re.compile(rb"""mergeCell\s[^>]{0,99}\bref=["']\$?[A-Z]{1,3}\$?(\d{1,7}):\$?[A-Z]{1,3}\$?(\d{1,7})["']""")
#: Of types of documents, in UTF-8 and UTF-16: a workbook has none, and entities grow without bound.
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY", b"<\0!\0D\0", b"\0<\0!\0D")
_ENCODED = re.compile(rb"""\s*<\?xml[^>]{0,99}encoding=["'](?!utf-8["'])""", re.IGNORECASE)  # hides it
_DAMAGE = (InvalidFileException, zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, LookupError,
           ValueError, TypeError, AttributeError, OverflowError, OSError, EOFError, RuntimeError, SyntaxError)
_BROKEN = N_("The workbook is damaged and cannot be opened. Save it again as XLSX.")
_ABSURD = N_("The workbook unpacks to an unreasonable size; it was not opened.")
NOT_A_STATEMENT = N_("This is no statement that can be read. Save it as CSV, XLSX or MT940.")


@dataclass(frozen=True)
class Unusable:
    """A cell of which nobody can say what it holds; it matters only below the heading."""

    where: str
    merged: bool = False


def sheet_rows(content: bytes) -> list[tuple[int, list[Any]]]:
    """Return the numbered rows of the first sheet; formulas, and rows with merged cells, are `Unusable`.

    Raises Invalid on `file` for what is damaged, or unpacks to absurd sizes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            _check(container)
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            sheet = book.worksheets[0]
            merged = _merged(container.read(sheet._worksheet_path))  # type: ignore[attr-defined]  # a streamed sheet
            sheet.reset_dimensions()  # what a file says of its own size is not believed
            rows: list[tuple[int, list[Any]]] = []
            for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
                if number > MOST_LINES + HEADING_WITHIN:
                    refuse(TOO_MANY_LINES, found=f"> {MOST_LINES}", max=MOST_LINES)
                values: list[Any] = [Unusable(cell.coordinate) if cell.data_type == "f" else cell.value for cell in cells]
                rows.append((number, [Unusable(f"{number}", merged=True), *values] if number in merged else values))
            return rows
    except Invalid:
        raise
    except _DAMAGE as error:
        raise Invalid("file", _BROKEN) from error


def _check(container: zipfile.ZipFile) -> None:
    """Refuse what is no workbook, and what holds more than a statement may before anything is made of it."""
    parts, tags = container.infolist(), 0
    if "[Content_Types].xml" not in {part.filename for part in parts}:
        refuse(NOT_A_STATEMENT)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        refuse(_ABSURD)
    for part in parts:
        with container.open(part) as source:
            before = b""
            while block := source.read(_BLOCK):
                seen = before + block
                if any(one in seen for one in _DECLARATIONS) or (not before and _ENCODED.match(block)):
                    refuse(_BROKEN)
                tags += block.count(b"<")
                before = block[-9:]
            if tags > MOST_TAGS:
                refuse(_ABSURD)


def _merged(sheet: bytes) -> set[int]:
    """Return the rows that have merged cells, as far as lines are looked for."""
    last = MOST_LINES + HEADING_WITHIN
    found: set[int] = set()
    for match in _MERGED.finditer(sheet):
        found.update(range(int(match[1]), min(int(match[2]), last) + 1))
    return found
