"""Opening a file by its content, not its name: JSONL, CSV or XLSX."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from marketplace.importing.delimited import DelimitedSource
from marketplace.importing.encodings import detect_encoding
from marketplace.importing.json_documents import JsonDocumentSource, is_document, is_spread
from marketplace.importing.rows import (
    Note,
    Source,
    SourceRow,
    UnusableFile,
    column_names,
    counted,
    json_row,
)
from marketplace.importing.sheets import SheetSource
from marketplace.values.text import N_

_MAX_LINE = 4_000_000  # characters of one JSONL record
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_OTHER = (
    (b"%PDF", N_("This is a PDF. Export the table as XLSX or CSV and import that.")),
    (_OLD_EXCEL, N_("This is an old Excel file (.xls) or a protected one. Save it as XLSX.")),
    (b"\x89PNG", N_("This is a picture. JSONL, CSV and XLSX can be imported.")),
    (b"\xff\xd8\xff", N_("This is a picture. JSONL, CSV and XLSX can be imported.")),
    (b"\x1f\x8b", N_("This is a compressed file. Unpack it first.")),
)


def open_source(path: Path, limit: int, sheet: str = "") -> Source:
    """Return the file's reader. `limit` is in bytes; of a workbook `sheet` is read, else the likeliest one.

    Raises UnusableFile when it is too large, empty, or not of a type that can be imported.
    """
    size = path.stat().st_size
    if size > limit:
        raise UnusableFile(
            N_("The file has %(size)s MB; at most %(max)s MB are read."), size=size // 1_000_000, max=limit // 1_000_000
        )
    with path.open("rb") as source:
        head = source.read(4096)
    if not head:
        raise UnusableFile(N_("The file is empty."))
    for magic, message in _OTHER:
        if head.startswith(magic):
            raise UnusableFile(message)
    if head.startswith(b"PK\x03\x04"):
        return SheetSource(path, sheet)
    encoding = detect_encoding(path)
    return _text_source(path, encoding, head.decode(encoding, errors="ignore").lstrip("\ufeff \t\r\n"))


def _text_source(path: Path, encoding: str, start: str) -> Source:
    if start.lower().startswith(("<!doctype", "<html", "<?xml", "<svg")):
        raise UnusableFile(N_("This is a web page or XML. JSONL, CSV and XLSX can be imported."))
    if start.startswith(("{", "[")) and is_document(start, path):
        return JsonDocumentSource(path, encoding)
    if start.startswith("{") and is_spread(start, path, encoding):
        return JsonDocumentSource(path, encoding, spread=True)
    if start.startswith("{"):
        return JsonLinesSource(path, encoding)
    return DelimitedSource(path, encoding)


class JsonLinesSource:
    """One JSON object per line."""

    format = "jsonl"

    def __init__(self, path: Path, encoding: str) -> None:
        """Collect the names used near the top. Raises UnusableFile when no line there is an object."""
        self._path = path
        self._encoding = encoding
        self.details: Mapping[str, str] = {"encoding": encoding}
        self._headers = column_names(self._rows(), N_("No line of the file is a JSON object."))

    def headers(self) -> list[str]:
        """Return the names used near the top of the file."""
        return self._headers

    def rows(self) -> Iterator[SourceRow]:
        """Yield one row per filled line."""
        return counted(self._rows())

    def _rows(self) -> Iterator[SourceRow]:
        with self._path.open(encoding=self._encoding, errors="replace", newline="\n") as lines:
            number = 0
            while text := lines.readline(_MAX_LINE):
                number += 1
                if len(text) == _MAX_LINE and not text.endswith("\n"):
                    _skip_line(lines)
                    yield SourceRow(number, {}, Note("line_too_long"))
                elif text.strip("\ufeff \t\r\n"):
                    yield _json_row(number, text)


def _skip_line(lines: io.TextIOBase) -> None:
    while (rest := lines.readline(_MAX_LINE)) and not rest.endswith("\n"):
        pass


def _json_row(number: int, text: str) -> SourceRow:
    try:
        record: Any = json.loads(text.strip("\ufeff \t\r\n"))
        return json_row(number, record)
    except (ValueError, RecursionError) as error:
        return SourceRow(number, {}, Note("not_json", {"why": str(error)[:120]}))
