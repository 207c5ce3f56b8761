"""CSV and its relatives: separator found by trial, quotes repaired line by line, ragged rows told apart."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from marketplace.importing.columns import recognised_count
from marketplace.importing.rows import (
    MAX_CELL,
    Note,
    SourceRow,
    UnusableFile,
    counted,
    table_row,
    unique_headers,
)
from marketplace.values.text import N_

SEPARATORS = (",", ";", "\t", "|")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_SAMPLE_LINES = 60
_RUNAWAY = 400  # physical lines one record may span
_HOPELESS = 1_000  # open quotes after which the file is given up
_HEADER_DEPTH = 10  # rows above the heading (titles of a sheet) that are skipped


class _Runaway(Exception):
    """A quoted cell goes on for too long."""


class _Lines:
    """Physical lines with their numbers, some of which may be put back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._back: deque[str] = deque()
        self.number = 0

    def take(self) -> str | None:
        """Return the next line, or None at the end."""
        line = self._back.popleft() if self._back else next(self._lines, None)
        self.number += line is not None
        return line

    def put_back(self, lines: list[str]) -> None:
        """Let `lines` be read again."""
        self._back.extendleft(reversed(lines))
        self.number -= len(lines)


def records(lines: Iterable[str], separator: str) -> Iterator[tuple[int, list[str] | Note]]:
    """Yield (line number, cells) or (line number, what is wrong). Raises UnusableFile when most quotes are open."""
    source = _Lines(lines)
    failures = 0
    while True:
        first = source.number + 1
        taken, found = _one_record(source, separator)
        if not taken:
            return
        if isinstance(found, Note) and len(taken) > 1:
            source.put_back(taken[1:])
            failures += 1
            if failures > _HOPELESS:
                raise UnusableFile(N_("Quotation marks are opened and not closed all over the file; it cannot be read."))
        yield first, found


def _one_record(source: _Lines, separator: str) -> tuple[list[str], list[str] | Note]:
    taken: list[str] = []
    ended = False

    def feed() -> Iterator[str]:
        nonlocal ended
        while (line := source.take()) is not None:
            taken.append(line.replace("\x00", ""))
            if len(taken) > _RUNAWAY:
                raise _Runaway
            yield taken[-1]
        ended = True

    try:
        cells = next(csv.reader(feed(), delimiter=separator), [])
    except _Runaway:
        return taken, Note("open_quote")
    except csv.Error:
        return taken, Note("open_quote") if len(taken) > 1 else Note("line_too_long")
    return taken, Note("open_quote") if ended and taken and _is_open(taken) else cells


def _is_open(taken: list[str]) -> bool:
    """True when the last record ran to the end of the file inside a quoted cell."""
    return "".join(taken).count('"') % 2 == 1


class DelimitedSource:
    """A CSV file."""

    format = "csv"

    def __init__(self, path: Path, encoding: str) -> None:
        """Find the separator and the heading. Raises UnusableFile when there is none."""
        csv.field_size_limit(MAX_CELL * 10)
        self._path = path
        self._encoding = encoding
        with path.open(encoding=encoding, errors="replace", newline="") as lines:
            sample = [line for _number, line in zip(range(_SAMPLE_LINES), lines, strict=False)]
        if not any(line.strip() for line in sample):
            raise UnusableFile(N_("The file is empty."))
        self.separator = find_separator(sample)
        self._headers, self._header_index = find_header(cells for _line, cells in records(sample, self.separator))
        self.details: Mapping[str, str] = {"encoding": encoding, "separator": _NAMES[self.separator]}

    def headers(self) -> list[str]:
        """Return the column names."""
        return self._headers

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows below the heading."""
        return counted(self._rows())

    def _rows(self) -> Iterator[SourceRow]:
        # newline="" leaves line ends inside quoted cells alone; a byte that the codec lacks becomes U+FFFD and is told.
        with self._path.open(encoding=self._encoding, errors="replace", newline="") as lines:
            for index, (line, found) in enumerate(records(lines, self.separator)):
                if index <= self._header_index:
                    continue
                if isinstance(found, Note):
                    yield SourceRow(line, {}, found)
                    continue
                row = table_row(line, self._headers, found)
                if row is not None:
                    yield _with_width(row, len(found), len(self._headers))


def _with_width(row: SourceRow, found: int, expected: int) -> SourceRow:
    if row.broken is None and found < expected:
        notes = (*row.notes, Note("short_row", {"found": found, "expected": expected}))
        return SourceRow(row.line, row.values, None, notes)
    return row


def find_separator(sample: list[str]) -> str:
    """Return the separator that makes the most even table; names that are recognised weigh most."""
    if sample and (first := sample[0].strip().lstrip("\ufeff").lower()).startswith("sep=") and first[4:] in SEPARATORS:
        return first[4:]

    def score(separator: str) -> tuple[int, float, int]:
        tables = [cells for _line, cells in records(sample, separator) if isinstance(cells, list) and any(cells)]
        if not tables:
            return (0, 0.0, 0)
        width = max(len(cells) for cells in tables[:_HEADER_DEPTH])
        known = max(recognised_count(cells) for cells in tables[:_HEADER_DEPTH])
        even = sum(len(cells) == width for cells in tables) / len(tables) if width > 1 else 0.0
        return (known, even, width)

    return max(SEPARATORS, key=score)


def _of_two_lines(above: list[str], below: list[str]) -> list[str]:
    """Return the heading that two rows make together, the upper one having cells that span several below; [] for none."""
    width = max(len(above), len(below))
    upper, lower = ([_said(cell) for cell in [*row, *[""] * (width - len(row))]] for row in (above, below))
    if not any(high == "" and low for high, low in zip(upper, lower, strict=True)) or not any(upper):
        return []
    heading, over = [], ""
    for high, low in zip(upper, lower, strict=True):
        over = high or (over if low else "")
        both = f"{over} – {low}" if over and low else over or low
        alone = bool(low) and low not in heading and recognised_count([low]) and not recognised_count([both])
        heading.append(low if alone else both)
    return heading


def _said(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def find_header(tables: Iterable[list[str] | Note]) -> tuple[list[str], int]:
    """Return the heading and its index: the row near the top in which most names are known, else the first filled one.

    Raises UnusableFile when nothing can be a heading.
    """
    best: tuple[int, int, list[str]] | None = None
    above: list[str] = []
    for index, cells in zip(range(_HEADER_DEPTH), tables, strict=False):
        if isinstance(cells, Note) or not any(str(cell).strip() for cell in cells if cell is not None):
            above = []
            continue
        if len(cells) == 1 and str(cells[0]).lower().startswith("sep="):
            continue
        for heading in (cells, _of_two_lines(above, cells)):
            known = recognised_count(heading)
            if heading and (best is None or known > best[0]):
                best = (known, index, heading)
        above = cells
    if best is None:
        raise UnusableFile(N_("The file has no heading: the first row must name the columns."))
    return unique_headers(list(best[2])), best[1]
