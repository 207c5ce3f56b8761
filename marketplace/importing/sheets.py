"""XLSX: one sheet, streamed; typed days, numbers as shown, cached values of formulas; guarded against zip bombs."""

from __future__ import annotations

import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from marketplace.importing.columns import TITLES
from marketplace.importing.delimited import find_header
from marketplace.importing.rows import (
    MAX_COLUMNS,
    Note,
    SourceRow,
    UnusableFile,
    counted,
    table_row,
    told_first,
)
from marketplace.importing.sheet_layout import Layout, Repeater, layout_of
from marketplace.values.text import N_, fold
from marketplace.vocabulary import EXPONENTS

MAX_UNPACKED = 300_000_000  # bytes of all parts together
MAX_RATIO = 250  # unpacked to packed, of parts that matter
MAX_PARTS = 5_000
_SMALL = 5_000_000  # parts below this size may be packed as tightly as they like
#: What zipfile and openpyxl raise over damaged workbooks.
_DAMAGE = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, ParseError, LookupError, ValueError, TypeError, AttributeError,
    OverflowError, EOFError, OSError, struct.error,
)
_HEADER_DEPTH = 10
_ZEROS = re.compile(r"0{2,}")  # 00000: an identifier or a telephone number
_CURRENCY = re.compile(r'(?:\[\$|")?(?<![\w])([$€£¥₫đ]|(?<=\[\$)[^\]-]+)')
_LITERAL = re.compile(r'"([^"]*)"')
_DONG = frozenset({"₫", "đ", "d", "vnd", "vnđ", "đồng"})
_SCALES = frozenset({"nghin", "ngan", "trieu", "tr", "ty", "ti"})
_CURRENCIES = frozenset(EXPONENTS) - {"VND"}
_BROKEN = N_("The workbook is damaged and cannot be opened. Save it again as XLSX.")

_ENCRYPTED = N_("The workbook is encrypted or packed in an unknown way. Save it without a password.")


class SheetSource:
    """The first visible sheet of a workbook that has a title; the others are told."""

    format = "xlsx"

    def __init__(self, path: Path, sheet: str = "") -> None:
        """Check the container and find the heading of the chosen sheet, else of the likeliest. Raises UnusableFile."""
        check_container(path)
        self._path = path
        self._title, self._wanted = "", sheet
        self.names: tuple[str, ...] = ()
        self._left: tuple[str, ...] = ()
        self._layout = Layout()
        self._headers, self._header_index = find_header(list(cells) for _line, cells, _repeated in self._cells())
        self.details: Mapping[str, str] = {"sheet": self._title}

    def headers(self) -> list[str]:
        """Return the column names."""
        return self._headers

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows below the heading."""
        rows = told_first(self._rows(), "sheets_left", self._left)
        hidden = [name for number, name in enumerate(self._headers, 1) if number in self._layout.columns]
        return counted(told_first(rows, "columns_hidden", hidden))

    def _rows(self) -> Iterator[SourceRow]:
        for index, (line, cells, repeated) in enumerate(self._cells()):
            if index <= self._header_index:
                continue
            row = table_row(line, self._headers, cells, placed=True)
            if row is not None:
                told = [Note("row_hidden")] if line in self._layout.rows else []
                if names := [self._headers[place] for place in repeated if place < len(self._headers)]:
                    told.append(Note("cells_merged", {"names": ", ".join(names)[:300]}))
                yield replace(row, notes=(*told, *row.notes))

    def _cells(self) -> Iterator[tuple[int, list[Any], list[int]]]:
        """Yield the number of each row that is not empty, its cells, and the places of those merged with one above."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that do not concern us
                book = load_workbook(self._path, read_only=True, data_only=True, keep_links=False)
        except _DAMAGE as error:
            raise UnusableFile(_BROKEN) from error
        try:
            if not book.worksheets:
                raise UnusableFile(N_("The workbook has no sheet with cells."))
            sheet = self._chosen(book)
            sheet.reset_dimensions()  # the size a file claims is not to be believed
            repeater = Repeater(self._layout)
            for line, cells in self._lines(sheet):
                yield line, *repeater.fill(line, cells)
        finally:
            book.close()

    def _chosen(self, book: Any) -> Any:
        """Return the first visible sheet whose heading has a title, else the first visible one; remember the others."""
        if not self._title:
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
            self.names = tuple(sheet.title for sheet in book.worksheets)
            if self._wanted and self._wanted not in self.names:
                raise UnusableFile(N_("The workbook has no sheet “%(sheet)s”."), sheet=self._wanted)
            likely = next((sheet for sheet in shown if len(shown) > 1 and _has_title(self._lines(sheet))), shown[0])
            best = book[self._wanted] if self._wanted else likely
            self._title = best.title
            self._layout = _layout_of(best)
            self._left = tuple(sheet.title for sheet in book.worksheets if sheet is not best)
        return book[self._title]

    @staticmethod
    def _lines(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
        try:
            for line, cells in enumerate(sheet.iter_rows(), 1):
                if any(cell.value is not None for cell in cells):
                    yield line, [_as_shown(cell) for cell in cells[: MAX_COLUMNS + 1]]
        except _DAMAGE as error:
            raise UnusableFile(_BROKEN) from error


def _layout_of(sheet: Any) -> Layout:
    try:
        with sheet._get_source() as source:
            return layout_of(source)
    except _DAMAGE as error:
        raise UnusableFile(_BROKEN) from error


def _has_title(lines: Iterator[tuple[int, list[Any]]]) -> bool:
    """Tell whether one of the first rows names a title."""
    cells = (cell for _line, row in islice(lines, _HEADER_DEPTH) for cell in row)
    return any(isinstance(cell, str) and len(cell) <= 80 and fold(cell) in TITLES for cell in cells)


def _as_shown(cell: Any) -> Any:
    """Return a cell's value; a number whose format says more than its figures, as the sheet shows it."""
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    shown = _meaning(str(cell.number_format or ""))
    if shown.width and value >= 0 and value == int(value):
        return str(int(value)).zfill(shown.width)
    figures = f"{value:,.2f}".removesuffix(".00") if isinstance(value, float) else f"{value:,}"
    if shown.sign:
        return f"{shown.sign}{figures}"
    if shown.scale:
        return f"{str(value).replace('.', ',')} {shown.scale}"
    return f"{shown.currency} {figures}" if shown.currency else value


class _Shown(NamedTuple):
    """What the format of a number says besides its figures, if anything."""

    width: int  # of an identifier with leading zeros
    sign: str  # of a currency other than đồng
    scale: str  # thousand, million … in words
    currency: str  # its code


@lru_cache(maxsize=256)
def _meaning(number_format: str) -> _Shown:
    """Read a format once: a sheet has a few of them and many cells."""
    pattern = number_format.split(";")[0]
    words = "".join(_LITERAL.findall(pattern)).strip()
    sign = found[1].strip() if (found := _CURRENCY.search(pattern)) else ""
    return _Shown(
        len(pattern) if _ZEROS.fullmatch(pattern) else 0, "" if sign.casefold() in _DONG else sign,
        words if fold(words).split()[:1] and fold(words).split()[0] in _SCALES else "",
        words.upper() if words.upper() in _CURRENCIES else "",
    )


def check_container(path: Path) -> None:
    """Refuse what is no workbook, and containers that unpack to absurd sizes. Raises UnusableFile."""
    try:
        with zipfile.ZipFile(path) as container:
            parts = container.infolist()
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
                raise UnusableFile(N_("This is a ZIP file, but not an XLSX workbook."))
            _check_sizes(parts)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with container.open(part) as source:
                        _check_declarations(source.read(4096))
    except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed in a way we do not know
        raise UnusableFile(_ENCRYPTED) from error
    except _DAMAGE as error:
        raise UnusableFile(_BROKEN) from error


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    total = sum(part.file_size for part in parts)
    tight = any(part.file_size > _SMALL and part.file_size > MAX_RATIO * max(1, part.compress_size) for part in parts)
    if len(parts) > MAX_PARTS or total > MAX_UNPACKED or tight:
        raise UnusableFile(N_("The workbook unpacks to an unreasonable size; it was not opened."))


def _check_declarations(head: bytes) -> None:
    """Refuse document types: a workbook has none, and entities in them can grow without bound."""
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise UnusableFile(_BROKEN)
