"""What a sheet says beside its cells: hidden columns and rows, merged cells. The streaming reader does not tell them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from marketplace.importing.rows import MAX_COLUMNS, UnusableFile
from marketplace.values.text import N_

_BLOCK = 1 << 16
#: The beginning of a column or row that is hidden, its numbers, and a range of merged cells that spans rows.
_HIDDEN = re.compile(rb"""(?:\w+:)?(col|row)(\s[^>]*\bhidden=["'](?:1|true)["'][^>]*)""")
_ATTRIBUTE = re.compile(rb"""\b(r|min|max)=["'](\d{1,7})["']""")
_MERGED = re.compile(rb"""(?:\w+:)?mergeCell\s[^>]*\bref=["']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?[A-Z]{1,3}\$?(\d{1,7})["']""")
MAX_MERGED = 100_000  # ranges that span rows
_TOO_MANY = N_("The sheet has more than %(max)s merged cells. Unmerge them and try again.")


@dataclass
class Layout:
    """The numbers of the columns and rows that a sheet hides, and its merged cells that span rows."""

    columns: set[int] = field(default_factory=set)
    rows: set[int] = field(default_factory=set)
    #: First row → column and last row of each range.
    merged: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))


def layout_of(source: IO[bytes]) -> Layout:
    """Return what the XML of a sheet says, read block by block. Raises UnusableFile for too many merged cells."""
    found, rest, ranges = Layout(), b"", 0
    while block := source.read(_BLOCK):
        *whole, rest = (rest + block).split(b"<")
        for tag in whole:
            if b"hidden=" in tag:
                _hide(tag, found)
            elif b"mergeCell " in tag:
                ranges += _merge(tag, found)
        if ranges > MAX_MERGED:
            raise UnusableFile(_TOO_MANY, max=MAX_MERGED)
    return found


def _hide(tag: bytes, found: Layout) -> None:
    if match := _HIDDEN.match(tag):
        said = dict(_ATTRIBUTE.findall(match[2]))
        if match[1] == b"row":
            found.rows.add(int(said.get(b"r", 0)))
        elif b"min" in said:
            found.columns.update(range(int(said[b"min"]), min(int(said.get(b"max", 0)), MAX_COLUMNS) + 1))


def _merge(tag: bytes, found: Layout) -> bool:
    match = _MERGED.match(tag)
    if match is None or int(match[3]) <= int(match[2]):
        return False
    column = 0
    for letter in match[1]:
        column = column * 26 + letter - ord("A") + 1
    if column <= MAX_COLUMNS:
        found.merged[int(match[2])].append((column, int(match[3])))
    return True


class Repeater:
    """Gives the cells below the first one of a merged range its value, while the rows of a sheet come in order."""

    def __init__(self, layout: Layout) -> None:
        """Begin above the first row."""
        self._starts = layout.merged
        self._open: dict[int, tuple[int, Any]] = {}  # column → last row, value

    def fill(self, line: int, cells: Sequence[Any]) -> tuple[list[Any], list[int]]:
        """Return the cells of a row that has cells of its own, and the places of those whose value stands further above."""
        filled, places = list(cells), []
        for column, (last, value) in list(self._open.items()):
            if line > last:
                del self._open[column]
            elif value is not None and (column > len(filled) or filled[column - 1] is None):
                filled += [None] * (column - len(filled))
                filled[column - 1] = value
                places.append(column - 1)
        for column, last in self._starts.get(line, ()):
            self._open[column] = (last, filled[column - 1] if column <= len(filled) else None)
        return filled, sorted(places)
