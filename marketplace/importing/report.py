"""The report file: every row that was rejected, repeated or warned about, and why; a CSV that spreadsheets open safely."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

from marketplace.importing.result import DUPLICATE, REJECTED, WARNING, Outcome
from marketplace.importing.rows import REASONS, Note
from marketplace.values.text import N_
from marketplace.web.spreadsheet import inert

Translate = Callable[[str], str]
COLUMNS = (N_("What"), N_("Line"), N_("Identifier"), N_("Title"), N_("Reason code"), N_("Reason"), N_("Original row"))
LEFT = N_("left out")
_UNTOLD = N_("The report has room for no more; lines not shown: %(count)s.")
LEVELS = {REJECTED: N_("rejected"), DUPLICATE: N_("repeated"), WARNING: N_("warning")}


def sentence(note: Note, translate: Translate = str) -> str:
    """Return a note as a sentence."""
    params = dict(note.params)
    if "state" in params:
        params["state"] = translate(str(params["state"]))
    return translate(REASONS[note.code]) % params if params else translate(REASONS[note.code])


def write_report(path: Path, outcome: Outcome, translate: Translate = str) -> None:
    """Write the report, whole or not at all; UTF-8 with BOM, because Excel asks for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(path.suffix + ".part")
    with unfinished.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow([translate(name) for name in COLUMNS])
        for column, rows in outcome.left.items():
            note = Note("column_left", {"column": column, "rows": rows})
            told = (translate(LEFT), "", "", column, note.code, sentence(note, translate), "")
            writer.writerow([inert(cell) for cell in told])
        for line in outcome.lines:
            raw = json.dumps(dict(line.raw), ensure_ascii=False, default=str) if line.raw else ""
            cells = (translate(LEVELS[line.level]), line.line, line.external_id, line.title, line.note.code,
                     sentence(line.note, translate), raw)
            writer.writerow([inert(str(cell)) for cell in cells])
        if outcome.untold:
            writer.writerow([translate(_UNTOLD) % {"count": outcome.untold}])
    unfinished.replace(path)
