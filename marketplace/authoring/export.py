"""An organisation's own things as a download: one line each, with the version its owner works on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from flask import Response
from flask_babel import gettext as _

from marketplace.authoring.formatting import row_text, shown
from marketplace.authoring.kinds import FieldSpec, Kind, is_empty
from marketplace.authoring.lifecycle import REVISION
from marketplace.authoring.queries import Reads
from marketplace.authoring.steps import Editor
from marketplace.core import view_counts
from marketplace.web.spreadsheet import Column, csv_answer

T = TypeVar("T")
MOST_ROWS = 5_000
BATCH = 200


@dataclass(frozen=True)
class ExportRow:
    """One thing with the version its owner works on, and how often it was looked at."""

    thing: Any
    revision: Any
    views: int

    def state(self) -> str:
        """Return the state of the thing in the reader's language."""
        return _(self.thing.lifecycle.label(self.thing.state))

    def version_state(self) -> str:
        """Return the state of the version in the reader's language."""
        return _(REVISION.label(self.revision.state))


def download(name: str, columns: tuple[Column[ExportRow], ...], editor: Editor, reads: Reads[Any], org_id: int) -> Response:
    """Return the download; `columns` come before those of the fields that are exported."""
    fields: tuple[Column[ExportRow], ...] = export_columns(editor.kind, lambda line, field: getattr(line.revision, field))
    return csv_answer(name, (*columns, *fields), _lines(editor, reads, org_id))


def _lines(editor: Editor, reads: Reads[Any], org_id: int) -> Iterator[ExportRow]:
    """Yield the lines; the versions of BATCH things are in memory at a time, for each holds all its texts."""
    for offset in range(0, MOST_ROWS, BATCH):
        things = reads.mine(org_id, offset=offset, limit=BATCH)
        views = view_counts.views(editor.kind.name, [thing.id for thing in things])
        for thing in things:
            yield ExportRow(thing, editor.current(thing), views.get(thing.id, 0))
        if len(things) < BATCH:
            return


def export_columns(kind: Kind, value: Callable[[T, str], Any]) -> tuple[Column[T], ...]:
    """Return the columns of a download that the kind's exported fields have; `value` gives a row's field by its name."""
    return tuple(Column(_heading(spec), partial(_exported, spec, value)) for spec in kind.exported)


def _heading(spec: FieldSpec) -> str:
    """Return the heading by which an import knows the field again."""
    return (spec.imports.label if spec.imports else "") or spec.label


def _exported(spec: FieldSpec, value: Callable[[T, str], Any], row: T) -> Any:
    """Return a field's cell: numbers, amounts and days as such, everything else as people read it."""
    found = value(row, spec.name)
    if is_empty(found):
        return None
    if spec.shape in {"number", "money", "date", "level"}:
        return found
    if spec.shape == "prose":
        return str(found)
    if spec.shape == "rows":
        return "; ".join(row_text(spec.columns, one) for one in found)
    return str(shown(spec, found))
