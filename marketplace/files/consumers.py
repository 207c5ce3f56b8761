"""What the worker does for files: it asks the virus scanner about those that wait."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from marketplace.core.events import SCAN, Consumer, Event, Outbox
from marketplace.core.extensions import db
from marketplace.files import virus_check
from marketplace.files.lifecycle import AWAITING_SCANNER, FILE
from marketplace.files.models import StoredFile

NAME = "files.scan"
#: Moves after which a file waits for the scanner.
BEGINS = frozenset(f"{FILE.name}.{row.action}" for row in FILE.table if row.to_state in AWAITING_SCANNER)
#: Seconds between attempts when the scanner is there, but says nothing of use about a file. Then people decide.
PATIENCE = (30, 300)


def _file_of(row: Outbox) -> int | None:
    return db.session.scalar(select(Event.subject_id).where(Event.id == row.event_id))


def _scan(rows: Sequence[Outbox]) -> None:
    for file_id in [_file_of(row) for row in rows]:
        if file_id is not None:
            virus_check.examine(file_id)


def _given_up(row: Outbox) -> None:
    file_id = _file_of(row)
    if file_id is not None and db.session.get(StoredFile, file_id) is not None:
        virus_check.give_up(file_id)


#: A lane of its own: a file made to keep the scanner busy for minutes holds up other files, and neither mail nor index.
CONSUMERS = (
    Consumer(NAME, lambda action: action in BEGINS, _scan, patience=PATIENCE, lane=SCAN, given_up=_given_up),
)
