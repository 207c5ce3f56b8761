"""What an uploaded file would become: its columns, its first rows, and how many rows have which problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.core.access import Actor
from marketplace.importing import actions, import_runs
from marketplace.importing.import_kinds import TARGETS
from marketplace.importing.mapping import Record, Rejected
from marketplace.importing.models import ImportRun
from marketplace.importing.preparation import Prepared, prepare
from marketplace.importing.result import Outcome
from marketplace.importing.rows import shown

ROWS = 20
LOOKED_AT = 2_000  # rows tried for the counts, so that the page answers soon


@dataclass(frozen=True)
class PreviewRow:
    """One of the first rows as it would be."""

    line: int
    title: str
    values: Mapping[str, Any]
    missing: list[str]  # labels of fields
    rejected: Any = None  # Note
    notes: tuple[Any, ...] = ()


@dataclass(frozen=True)
class PreviewColumn:
    """One column of the file: an example of its content and the field it goes to."""

    name: str
    example: str
    field: str


@dataclass(frozen=True)
class Preview:
    """Everything the page shows."""

    prepared: Prepared
    columns: list[PreviewColumn]
    lines: list[PreviewRow]
    outcome: Outcome
    looked_at: int

    @property
    def accepted(self) -> int | None:
        """Return how many rows would be imported; None for a long file, of which only the beginning was tried."""
        if self.looked_at < self.prepared.total:
            return None
        return self.prepared.total - sum(self.outcome.rejected.values()) - self.outcome.duplicates


def preview(run: ImportRun, actor: Actor, size_limit: int) -> Preview:
    """Try the file without writing anything. Raises UnusableFile when it cannot be read any more."""
    prepared = prepare(run.kind, import_runs.upload_path(run), size_limit, run.mapping or None)
    target = TARGETS[run.kind]
    outcome = actions.try_out(target, prepared.records(LOOKED_AT), run.organisation, actor, publish=run.publish)
    return Preview(
        prepared,
        _columns(prepared),
        [_line(run.kind, record) for record in prepared.records(ROWS)],
        outcome,
        min(prepared.total, LOOKED_AT),
    )


def _columns(prepared: Prepared) -> list[PreviewColumn]:
    fields = {column: name for name, columns in prepared.plan.columns.items() for column in columns}
    examples: dict[str, str] = {}
    for _number, row in zip(range(ROWS), prepared.source.rows(), strict=False):
        for name, cell in row.values.items():
            if cell not in ("", []):
                examples.setdefault(name, shown(cell)[:120])
    return [PreviewColumn(name, examples.get(name, ""), fields.get(name, "")) for name in prepared.source.headers()]


def _line(kind: str, record: Record | Rejected) -> PreviewRow:
    if isinstance(record, Rejected):
        return PreviewRow(record.line, record.title, {}, [], record.note)
    target = TARGETS[kind]
    missing = [target.kind.spec(name).label for name in actions.lacking(target, record)]
    return PreviewRow(record.line, record.title, record.values, missing, None, record.notes)
