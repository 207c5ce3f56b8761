"""One JSON document that holds a list of records: `[{…}]`, `{"data": [{…}]}`, on one line or over many."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from marketplace.importing.columns import TITLES
from marketplace.importing.rows import (
    Note,
    SourceRow,
    UnusableFile,
    column_names,
    counted,
    json_row,
    told_first,
)
from marketplace.values.text import N_, fold

_DEEPEST = 4  # objects around the list
_SPACE = re.compile(r"[\s\ufeff]*")
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")  # where the next record of a list begins behind a damaged one
_DECODER = json.JSONDecoder()
_NONE = N_("The JSON holds no list of records. Write a list of objects, or one object per line (JSONL).")


class JsonDocumentSource:
    """The first list of objects in a JSON document. What else the document holds is told with the first record.

    With `spread` the document is no list: it is one object over several lines, or several behind each other.
    """

    format = "json"

    def __init__(self, path: Path, encoding: str, *, spread: bool = False) -> None:
        """Find the list. Raises UnusableFile when there is none."""
        self._path, self._encoding = path, encoding
        self.details: Mapping[str, str] = {"encoding": encoding}
        text = self._text()
        self._left: list[str] = []
        self._spread = spread
        self._start = -1 if spread else _list_at(text, _after(text, 0), _DEEPEST, self._left)
        if self._start < 0 and not spread:
            raise UnusableFile(_NONE)
        self._headers = column_names(self._rows(text), _NONE)

    def headers(self) -> list[str]:
        """Return the names used near the top of the list."""
        return self._headers

    def rows(self) -> Iterator[SourceRow]:
        """Yield one row per member of the list."""
        return counted(told_first(self._rows(self._text()), "members_left", self._left))

    def _text(self) -> str:
        return self._path.read_text(encoding=self._encoding, errors="replace")

    def _rows(self, text: str) -> Iterator[SourceRow]:
        for line, record in _members(text, self._start + 1, spread=self._spread):
            yield SourceRow(line, {}, record) if isinstance(record, Note) else json_row(line, record)


def is_document(text: str, whole: Path) -> bool:
    """Tell whether a text that begins so is one document, not one object per line nor a table."""
    if text.startswith("["):
        return whole.suffix.lower() in {".json", ".jsonl", ".ndjson"} or re.match(r"\[\s*[\[{\]]", text) is not None
    passed: list[str] = []
    if _list_at(text, 0, _DEEPEST, passed) < 0:
        return False
    try:
        found = json.loads(text.split("\n", 1)[0])
        passed = list(found) if isinstance(found, dict) else passed
    except (ValueError, RecursionError):
        pass  # an object over several lines, or one longer than what was read of it
    return not any(fold(name) in TITLES for name in passed)  # a record may hold a list of objects itself


def _after(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _list_at(text: str, at: int, deepest: int, left: list[str]) -> int:
    """Return where the first list of objects begins, or -1; `left` gets the names of the members passed over."""
    if text.startswith("[", at):
        return at if text.startswith("{", _after(text, at + 1)) else -1
    if not text.startswith("{", at) or not deepest:
        return -1
    at = _after(text, at + 1)
    while text.startswith('"', at):
        try:
            name, at = _DECODER.raw_decode(text, at)
            at = _after(text, _after(text, at) + 1)  # the colon
            found = _list_at(text, at, deepest - 1, left)
            if found >= 0:
                return found
            _value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return -1
        left.append(str(name))
        at = _after(text, at)
        at = _after(text, at + 1) if text.startswith(",", at) else at
    return -1


def is_spread(start: str, path: Path, encoding: str) -> bool:
    """Tell whether a file that begins with such an object is an object over several lines."""
    try:
        json.loads(start.split("\n", 1)[0])
        return False
    except (ValueError, RecursionError):
        text = path.read_text(encoding=encoding, errors="replace")
    begin = _after(text, 0)
    try:
        return "\n" in text[begin : _DECODER.raw_decode(text, begin)[1]]
    except (ValueError, RecursionError):
        return False


def _members(text: str, at: int, *, spread: bool = False) -> Iterator[tuple[int, Any]]:
    """Yield (line, member or what is wrong) of the list whose first member is behind `at`, or of a file of objects."""
    line, counted_to = 1, 0
    while True:
        at = _after(text, at)
        line += text.count("\n", counted_to, at)
        counted_to = at
        if text.startswith("]", at) or (spread and at >= len(text)):
            return
        try:
            member, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield line, Note("not_json", {"why": str(error)[:120]})
            following = _NEXT.search(text, max(at, min(getattr(error, "pos", at), len(text))))
            if following is None:
                return
            at = following.end()
            continue
        yield line, member
        at = _after(text, at)
        at += text.startswith(",", at)
