"""From a file to records: open it, find out which column is which, weigh its dates, count its rows."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from marketplace.importing.columns import Plan, identifier_columns, is_own_download, plan_of, recognise
from marketplace.importing.dates import weigh
from marketplace.importing.mapping import Mapper, Record, Rejected, date_columns
from marketplace.importing.readers import open_source
from marketplace.importing.rows import Cell, Source, UnusableFile, shown
from marketplace.importing.sheets import SheetSource
from marketplace.values.text import N_

_MANY = 10  # identifiers from which on it is seen whether they are ones


@dataclass(frozen=True)
class Prepared:
    """A file ready to be imported."""

    source: Source
    plan: Plan
    mapper: Mapper
    total: int  # rows, broken ones included
    left: Mapping[str, int]  # columns that no field takes → rows with a value in them

    @property
    def sheets(self) -> tuple[str, ...]:
        """Return the sheets of a workbook that can be chosen; nothing for other files."""
        return self.source.names if isinstance(self.source, SheetSource) else ()

    def records(self, limit: int | None = None) -> Iterator[Record | Rejected]:
        """Yield what each row would be; at most `limit` of them."""
        return map(self.mapper.record, islice(self.source.rows(), limit))


def prepare(kind: str, path: Path, size_limit: int, box: Any = None) -> Prepared:
    """Read the file once and return what is needed to import it; `box` is a mapping file's content.

    Raises UnusableFile when it cannot be read.
    """
    box = dict(box) if isinstance(box, dict) else box
    source = open_source(path, size_limit, sheet=str(box.pop("sheet", "")) if isinstance(box, dict) else "")
    headers = source.headers()
    plan = plan_of(kind, headers, box) if box else recognise(kind, headers)
    total = 0
    identifiers = Counter[str](), {name: set[int]() for name in ([] if box else identifier_columns(headers))}
    used = {column for columns in plan.columns.values() for column in columns}
    left: Counter[str] = Counter()

    def values() -> Iterator[Any]:
        nonlocal total
        for row in source.rows():
            total += 1
            left.update(name for name, cell in row.values.items() if name not in used and cell not in ("", []))
            _note_identifiers(row.values, *identifiers)
            yield row.values

    evidence = weigh(date_columns(plan), values(), day_first=is_own_download(headers))
    if not total:
        raise UnusableFile(N_("The file has a heading and no rows."))
    plan = _with_identifier(plan, total, *identifiers)
    return Prepared(source, plan, Mapper(kind, plan, evidence), total, left)


def _note_identifiers(values: Mapping[str, Cell], filled: Counter[str], different: Mapping[str, set[int]]) -> None:
    for name, seen in different.items():
        if cell := shown(values.get(name, "")):
            filled[name] += 1
            seen.add(hash(cell))


def _with_identifier(plan: Plan, total: int, filled: Counter[str], different: Mapping[str, set[int]]) -> Plan:
    """Return the plan with the identifier that the content shows: filled in every row, and another one in each.

    Where no column is so, the one of the likeliest name stays, unless most of its values are repeated: then there is none.
    """
    named = plan.column("external_id")
    if named not in different:
        return plan
    whole = [name for name in different if filled[name] == len(different[name]) == total]
    repeated = filled[named] >= _MANY and len(different[named]) * 2 < filled[named]
    chosen = named if named in whole or not (whole or repeated) else next(iter(whole), "")
    columns = {key: found for key, found in plan.columns.items() if key not in {"external_id", "facts"}}
    facts = [name for name in plan.columns.get("facts", ()) if name != chosen]
    facts += [named] if named != chosen else []
    return replace(
        plan, columns=columns | ({"external_id": (chosen,)} if chosen else {}) | ({"facts": tuple(facts)} if facts else {})
    )


def need_title(prepared: Prepared) -> None:
    """Refuse a file in which no column is the title. Raises UnusableFile naming the columns there are."""
    if not prepared.plan.columns.get("title") and not prepared.plan.constants.get("title"):
        headers = ", ".join(prepared.source.headers()[:30])
        raise UnusableFile(
            N_("No column is recognised as the title. Columns of the file: %(columns)s. Say which it is with a mapping."),
            columns=headers,
        )


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
