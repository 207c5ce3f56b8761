"""Files of the tests' own making, and the one way to import them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.extensions import db
from marketplace.importing import actions, import_runs
from marketplace.importing.import_kinds import TARGETS
from marketplace.importing.mapping import Record, Rejected
from marketplace.importing.preparation import Prepared, digest_of, prepare
from marketplace.importing.result import Outcome
from marketplace.importing.rows import SourceRow
from marketplace.importing.staging import Staging
from marketplace.organisations.models import Organisation

LIMIT = 10_000_000

LISTINGS = [
    {"id": "T-1", "title": "Màng lọc nước lợ cho hộ gia đình", "description": "Áp lực thấp.", "keywords": ["màng"]},
    {"id": "T-2", "title": "Cảm biến bụi giá rẻ", "description": "Cảm biến quang học.", "keywords": ["cảm biến"]},
    {"id": "T-3", "title": "Drying of fruit with heat pumps", "description": "A dryer.", "keywords": ["drying"]},
]


def jsonl(path: Path, rows: Sequence[Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


def sheet(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"})
    page = book.add_worksheet("Danh mục")
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return path


def archive(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in parts.items():
            container.writestr(name, content)
    return target.getvalue()


def ready(path: Path, kind: str = "listings", box: Any = None) -> Prepared:
    return prepare(kind, path, LIMIT, box)


def rows_of(path: Path) -> list[SourceRow]:
    return list(ready(path).source.rows())


def records(path: Path, kind: str = "listings", box: Any = None) -> list[Record | Rejected]:
    return list(ready(path, kind, box).records())


def record(path: Path, kind: str = "listings", box: Any = None) -> Record:
    first = records(path, kind, box)[0]
    assert isinstance(first, Record), first
    return first


def codes(record_: Record | Rejected) -> set[str]:
    return {note.code for note in record_.notes} if isinstance(record_, Record) else {record_.note.code}


def bring_in(
    path: Path, organisation: Organisation, kind: str = "listings", actor: Actor = SYSTEM, *, publish: bool = False,
    progress: actions.Progress = lambda _done: None,
) -> Outcome:
    records, sha256 = ready(path, kind).records(), digest_of(path)
    run, _claim = import_runs.begin_command(kind, organisation, actor, path, sha256, publish=publish, mapping={})
    target = TARGETS[kind]
    staging = Staging(run.id, target.kind)
    try:
        outcome = actions.run(target, records, organisation, actor, staging, publish=publish, progress=progress)
        run.state = "done"
    except Exception:
        db.session.rollback()
        run.state = "failed"
        raise
    finally:
        db.session.commit()
    return outcome


def try_out(path: Path, organisation: Organisation, kind: str = "listings", **options: Any) -> Outcome:
    return actions.try_out(TARGETS[kind], ready(path, kind).records(), organisation, SYSTEM, **options)
