"""Pages of lists: by offset for search results (bounded), by key for long tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select

from marketplace.core.extensions import db

T = TypeVar("T")

MAX_OFFSET = 10_000  # nobody reads further; programs use the export


class PageLink(NamedTuple):
    """The number of a page, its address, and whether it is the one shown."""

    number: int
    href: str
    current: bool


@dataclass(frozen=True)
class Paging:
    """Which slice of how many; links keep every other query parameter."""

    page: int
    size: int
    total: int

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.page - 1) * self.size

    @property
    def first(self) -> int:
        """Number of the first row shown, 0 when there is none."""
        return self.offset + 1 if self.total else 0

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return min(self.offset + self.size, self.total)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-min(self.total, MAX_OFFSET) // self.size))

    @property
    def previous_href(self) -> str:
        """Link to the page before, or empty."""
        return page_href(self.page - 1) if self.page > 1 else ""

    @property
    def next_href(self) -> str:
        """Link to the next page, or empty."""
        return page_href(self.page + 1) if self.page < self.pages else ""

    def window(self) -> list[PageLink]:
        """Return links to the pages around this one, and to itself."""
        numbers = range(max(1, self.page - 2), min(self.pages, self.page + 2) + 1)
        return [PageLink(number, page_href(number), number == self.page) for number in numbers]


def requested_page(size: int = 20) -> tuple[int, int]:
    """Return (page, offset) from the query string; nonsense means the first page."""
    text = request.args.get("page", "1")
    page = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
    page = max(1, min(page, MAX_OFFSET // size))
    return page, (page - 1) * size


def page_href(number: int) -> str:
    """Return this page's address with another page number."""
    pairs = [(key, value) for key, value in request.args.items(multi=True) if key != "page"]
    if number > 1:
        pairs.append(("page", str(number)))
    return request.path + ("?" + urlencode(pairs) if pairs else "")


@dataclass(frozen=True)
class Keyed(Generic[T]):
    """Part of a long table, newest first, and the links to the parts before and after it (empty when there is none)."""

    rows: Sequence[T]
    newer_href: str
    older_href: str


def by_key(rows: Select[T], column: Any, size: int) -> Keyed[T]:
    """Return the part of `rows` that the query string asks for by `before` or `after` an id; nonsense: the newest."""
    before, after = _key("before"), _key("after")
    if after is not None:
        found = list(db.session.scalars(rows.where(column > after).order_by(column.asc()).limit(size + 1)))
        if found:
            shown = found[size - 1::-1] if len(found) > size else found[::-1]
            return Keyed(shown, _key_href("after", shown[0]) if len(found) > size else "", _key_href("before", shown[-1]))
    older = rows.where(column < before) if before is not None and after is None else rows
    found = list(db.session.scalars(older.order_by(column.desc()).limit(size + 1)))
    shown = found[:size]
    newer = _key_href("after", shown[0]) if before is not None and after is None and shown else ""
    return Keyed(shown, newer, _key_href("before", shown[-1]) if len(found) > size else "")


def _key(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _key_href(name: str, row: Any) -> str:
    pairs = [(key, value) for key, value in request.args.items(multi=True) if key not in {"before", "after"}]
    return f"{request.path}?{urlencode([*pairs, (name, str(row.id))])}"
