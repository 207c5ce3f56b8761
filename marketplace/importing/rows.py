"""What every reader yields: rows with their line numbers, cleaned, within limits; and what a file may be refused for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, Protocol

from marketplace.core.errors import Invalid
from marketplace.importing.legacy_encodings import converted, legacy_encoding, unicode_cells
from marketplace.values.text import N_, clean_line, nfc
from marketplace.web.spreadsheet import rearmed

MAX_ROWS = 200_000
MAX_CELL = 100_000  # characters of one cell
MAX_COLUMNS = 500
_HEADER_ROWS = 500  # records looked at for the names of columns

#: A cell after cleaning: text, a typed day (XLSX), or the members of a JSON list.
Cell = str | date | list[str]


class UnusableFile(Invalid):
    """The file as a whole cannot be read; the message says what it is and what to do."""

    def __init__(self, message: str, **params: Any) -> None:
        """Show the message at the field `file`."""
        super().__init__("file", message, **params)


def too_many_columns(found: int) -> UnusableFile:
    """Return the refusal of a file with more columns than are read."""
    return UnusableFile(N_("The file has %(found)s columns; at most %(max)s are read."), found=found, max=MAX_COLUMNS)


@dataclass(frozen=True)
class Note:
    """Something to tell about one row: a reason of REASONS and what fills its places."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceRow:
    """One record of a file. `line` is its first physical line (sheet row), counted from 1.

    `broken` says why its structure cannot be trusted; such a row is rejected, never guessed at.
    """

    line: int
    values: Mapping[str, Cell]
    broken: Note | None = None
    notes: tuple[Note, ...] = ()


class Source(Protocol):
    """A readable file: how it was understood, and its rows from the beginning as often as asked."""

    format: str  # jsonl | csv | xlsx
    details: Mapping[str, str]  # encoding, separator, sheet: for the summary

    def headers(self) -> list[str]:
        """Return the column names in the order of the file."""
        ...

    def rows(self) -> Iterator[SourceRow]:
        """Yield every row. Raises UnusableFile when there are too many."""
        ...


#: What spreadsheets write into a cell whose formula failed.
_ERROR = re.compile(
    r"#(REF!|VALUE!|N/A|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|GETTING_DATA|ERROR!)"
    r"|Err:5\d\d"
)

#: Why a row was rejected or warned about; message ids with places.
REASONS: dict[str, str] = {
    # rejected: broken structure
    "not_json": N_("This line is not valid JSON: %(why)s."),
    "not_object": N_("This line is JSON, but not an object with named values."),
    "too_many_cells": N_(
        "The row has %(found)s cells, the heading has %(expected)s: a separator or quotation mark is wrong."
    ),
    "open_quote": N_("A quotation mark is opened on this line and never closed."),
    "cell_too_long": N_("The cell “%(column)s” is longer than %(max)s characters."),
    "line_too_long": N_("The line is too long to be one record."),
    # rejected: content
    "no_title": N_("There is no title (columns read: %(columns)s)."),
    "id_too_long": N_("The identifier is longer than 200 characters."),
    "repeated_id": N_("The identifier %(id)s stands on line %(line)s already, with other content; the first one counts."),
    "being_edited": N_("Version %(number)s of %(code)s is being edited or reviewed by people; it was left alone."),
    "edited_since": N_("Version %(number)s of %(code)s was written by people after the import; it was left alone."),
    "wrong_state": N_("%(code)s is in the state “%(state)s”, in which it cannot be changed."),
    # repeated
    "repeated_row": N_("The same record stands on line %(line)s already."),
    "known_otherwise": N_(
        "%(code)s is here already, with other values. A downloaded list holds only part of its fields: "
        "change it in its form."
    ),
    # columns
    "column_left": N_("The column “%(column)s” was left out: no field takes it. Rows with a value in it: %(rows)s."),
    # warnings
    "short_row": N_("The row has %(found)s cells, the heading has %(expected)s; the missing ones are taken as empty."),
    "cell_error": N_("“%(column)s” holds the error “%(value)s” of a spreadsheet; it is taken as empty."),
    "extra_cells": N_("Cells to the right of the last heading were left out: %(value)s."),
    "sheets_left": N_("The workbook has other sheets, which were left out: %(names)s."),
    "columns_hidden": N_("The sheet hides columns; they were read like the others: %(names)s."),
    "row_hidden": N_("The sheet hides this row; it was read like the others."),
    "cells_merged": N_("The cells are merged with those above, whose values were taken: %(names)s."),
    "members_left": N_("The document holds more than the list of records; left out: %(names)s."),
    "date_unreadable": N_("“%(column)s”: “%(value)s” is not a date that can be read; kept as text."),
    "date_ambiguous": N_("“%(column)s”: “%(value)s” may be day/month or month/day; kept as text."),
    "date_swapped": N_(
        "“%(column)s”: “%(value)s” is kept as text. In this column every date in words has a day up to 12 and every "
        "date in figures a day above 12, so a spreadsheet has probably exchanged day and month."
    ),
    "date_far": N_("“%(column)s”: “%(value)s” is implausibly far away; kept as text."),
    "date_before": N_("“%(column)s”: “%(value)s” lies before “%(other)s”; kept as text."),
    "number_malformed": N_("“%(column)s”: “%(value)s” is not a complete number; kept as given."),
    "status_unknown": N_("“%(column)s”: the status “%(value)s” is not known; kept as text."),
    "trl_unreadable": N_("“%(column)s”: “%(value)s” is not one level from 1 to 9; kept as text."),
    "number_unreadable": N_("“%(column)s”: “%(value)s” is not a whole number that fits; kept as text."),
    "flag_unreadable": N_("“%(column)s”: “%(value)s” is neither yes nor no; kept as text."),
    "money_unreadable": N_("“%(column)s”: “%(value)s” is not an amount in đồng; kept as text."),
    "money_order": N_("“%(column)s”: “%(value)s” is below “%(other)s”; kept as text."),
    "url_unusable": N_("“%(column)s”: “%(value)s” is not a web address; kept as text."),
    "term_unknown": N_("“%(column)s”: “%(value)s” is not in the list of codes; kept as text."),
    "place_merged": N_("“%(column)s”: “%(value)s” belongs to %(now)s since 1 July 2025; the name is kept as text."),
    "contact_unusable": N_("“%(column)s” is too long or no address; it was left out, because contact data is not public."),
    "text_cut": N_("“%(column)s” is longer than %(max)s characters; it was shortened and is kept whole in the text."),
    "tags_cut": N_("There are %(found)s keywords; %(max)s are used as keywords, the others are kept in the text."),
    "title_cut": N_("The title has %(found)s characters; it was shortened, and the whole title is kept in the text."),
    "summary_cut": N_(
        "The description has %(found)s characters; the summary is its beginning, the whole is kept below it."
    ),
    "markup_removed": N_("HTML markup was removed from “%(column)s”."),
    "text_converted": N_("“%(column)s” was typed for fonts of %(encoding)s and converted; look whether it reads well."),
    "text_damaged": N_("“%(column)s” contains damaged letters, probably from a wrong encoding; kept as given."),
}


def clean(value: Any) -> Cell:
    """Return a cell as text (NFC, no control characters), as a day, or as a list of texts."""
    if value is None:
        return ""
    if isinstance(value, str):
        legacy = legacy_encoding(value)  # before `nfc`, which drops the soft hyphen: in TCVN3 it is the letter ư
        return nfc(converted(value, legacy) if legacy else value).strip()
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, list | tuple):
        return [text for text in (_text(clean(item)) for item in value) if text]
    if isinstance(value, dict):
        return nfc(json.dumps(value, ensure_ascii=False))
    return str(value)


def _text(cell: Cell) -> str:
    if isinstance(cell, list):
        return ", ".join(cell)
    return cell.isoformat() if isinstance(cell, date) else cell


def shown(cell: Cell) -> str:
    """Return a cell as the text a reader of the file would see."""
    return _text(cell)


def size(cell: Cell) -> int:
    """Return the number of characters of a cell."""
    return sum(len(item) + 2 for item in cell) if isinstance(cell, list) else len(_text(cell))


def too_long(values: Mapping[str, Cell]) -> Note | None:
    """Return why a row is refused for the length of one cell, or None."""
    for column, cell in values.items():
        if size(cell) > MAX_CELL:
            return Note("cell_too_long", {"column": column, "max": MAX_CELL})
    return None


def unique_headers(cells: list[Any]) -> list[str]:
    """Return usable column names: cleaned, named by position when empty, numbered when repeated.

    Raises UnusableFile when there are too many columns.
    """
    names = [clean_line(shown(clean(cell)))[:200] for cell in unicode_cells(cells)[0]]
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise too_many_columns(len(names))
    found: list[str] = []
    for position, name in enumerate(names, 1):
        name = name or f"#{position}"
        count = 2
        unique = name
        while unique in found:
            unique = f"{name} ({count})"
            count += 1
        found.append(unique)
    return found


def json_row(line: int, record: Any) -> SourceRow:
    """Return the row of a JSON value."""
    if not isinstance(record, dict):
        return SourceRow(line, {}, Note("not_object"))
    names = [shown(clean(name)) for name in record]
    cells, legacy = unicode_cells(list(record.values()))
    told = _told_legacy(names, legacy)
    values, notes = _without_errors({clean_line(name)[:200]: clean(cell) for name, cell in zip(names, cells, strict=True)})
    return SourceRow(line, values, too_long(values), (*told, *notes))


def _told_legacy(names: Sequence[str], legacy: Mapping[int, str]) -> tuple[Note, ...]:
    """Return what is told of cells that were converted; `legacy` says from what, by the place of the cell."""
    return tuple(
        Note("text_converted", {"column": names[place], "encoding": name}) for place, name in legacy.items()
        if place < len(names)
    )


def _without_errors(values: dict[str, Cell]) -> tuple[dict[str, Cell], tuple[Note, ...]]:
    """Return the cells without those that hold an error of a spreadsheet; tell of these and of letters that were lost."""
    wrong = {name: cell for name, cell in values.items() if isinstance(cell, str) and _ERROR.fullmatch(cell)}
    notes = tuple(Note("cell_error", {"column": name, "value": cell}) for name, cell in wrong.items())
    notes += tuple(Note("text_damaged", {"column": name}) for name, cell in values.items() if "\ufffd" in shown(cell))
    return {name: "" if name in wrong else cell for name, cell in values.items()}, notes


def table_row(line: int, headers: list[str], cells: list[Any], *, placed: bool = False) -> SourceRow | None:
    """Return the row of a table, or None for an empty one.

    `placed` says that every cell stands under its own heading for certain: then cells without one are told, not a reason
    to mistrust the row.
    """
    cells, legacy = unicode_cells([rearmed(cell) for cell in cells])
    cleaned = [clean(cell) for cell in cells]
    while cleaned and cleaned[-1] == "":
        cleaned.pop()
    if not any(cleaned):
        return None
    values = dict(zip(headers, cleaned + [""] * (len(headers) - len(cleaned)), strict=False))
    if len(cleaned) > len(headers) and not placed:
        return SourceRow(line, values, Note("too_many_cells", {"found": len(cleaned), "expected": len(headers)}))
    values, notes = _without_errors(values)
    notes = (*_told_legacy(headers, legacy), *notes)
    extra = [shown(cell) for cell in cleaned[len(headers):] if cell not in ("", [])]
    if extra:
        notes = (*notes, Note("extra_cells", {"value": "; ".join(extra)[:300]}))
    return SourceRow(line, values, too_long(values), notes)


def column_names(rows: Iterable[SourceRow], nothing: str) -> list[str]:
    """Return the columns of records that name their own: those of the first ones. Raises UnusableFile(nothing) for none."""
    names: dict[str, None] = {}
    for row in islice(rows, _HEADER_ROWS):
        names.update(dict.fromkeys(row.values))
    if not names:
        raise UnusableFile(nothing)
    if len(names) > MAX_COLUMNS:
        raise too_many_columns(len(names))
    return list(names)


def told_first(rows: Iterable[SourceRow], reason: str, names: Sequence[str]) -> Iterator[SourceRow]:
    """Yield the rows; the first one also tells what of the file was left out, if anything was."""
    told = (Note(reason, {"names": ", ".join(names)[:300]}),) if names else ()
    for row in rows:
        yield SourceRow(row.line, row.values, row.broken, (*told, *row.notes)) if told else row
        told = ()


def counted(rows: Iterator[SourceRow]) -> Iterator[SourceRow]:
    """Pass rows on up to the limit. Raises UnusableFile beyond it."""
    for number, row in enumerate(rows, 1):
        if number > MAX_ROWS:
            raise UnusableFile(N_("The file has more than %(max)s rows. Split it and import the parts."), max=MAX_ROWS)
        yield row
