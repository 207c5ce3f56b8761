"""From a file to records: open it, find out which column is which, weigh its dates, count its rows."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from marketplace.importing.columns import Plan, is_own_download, plan_of, recognise
from marketplace.importing.dates import weigh
from marketplace.importing.mapping import Mapper, Record, Rejected, date_columns
from marketplace.importing.readers import open_source
from marketplace.importing.rows import Source, UnusableFile
from marketplace.values.text import N_


@dataclass(frozen=True)
class Prepared:
    """A file ready to be imported."""

    source: Source
    plan: Plan
    mapper: Mapper
    total: int  # rows, broken ones included
    left: Mapping[str, int]  # columns that no field takes → rows with a value in them

    def records(self, limit: int | None = None) -> Iterator[Record | Rejected]:
        """Yield what each row would be; at most `limit` of them."""
        return map(self.mapper.record, islice(self.source.rows(), limit))


def prepare(kind: str, path: Path, size_limit: int, box: Any = None) -> Prepared:
    """Read the file once and return what is needed to import it; `box` is a mapping file's content.

    Raises UnusableFile when it cannot be read.
    """
    source = open_source(path, size_limit)
    headers = source.headers()
    plan = plan_of(kind, headers, box) if box else recognise(kind, headers)
    total = 0
    used = {column for columns in plan.columns.values() for column in columns}
    left: Counter[str] = Counter()

    def values() -> Iterator[Any]:
        nonlocal total
        for row in source.rows():
            total += 1
            left.update(name for name, cell in row.values.items() if name not in used and cell not in ("", []))
            yield row.values

    evidence = weigh(date_columns(plan), values(), day_first=is_own_download(headers))
    if not total:
        raise UnusableFile(N_("The file has a heading and no rows."))
    return Prepared(source, plan, Mapper(kind, plan, evidence), total, left)


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
