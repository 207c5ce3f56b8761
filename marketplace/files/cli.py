"""`flask scan-files`: the virus check of files that were sent before there was one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import click
from flask.cli import with_appcontext
from sqlalchemy import ColumnElement, func, or_, select

from marketplace.core.errors import Unreachable
from marketplace.core.extensions import db, write_intent
from marketplace.files import virus_check
from marketplace.files.lifecycle import FILE, UNDECIDED_STATES
from marketplace.files.models import StoredFile
from marketplace.files.scanner import NoVerdict
from marketplace.values import clock

_AT_A_TIME = 200
#: With --all: what was checked so short a time ago is not checked again, so that a run that was killed goes on.
FRESH = timedelta(hours=24)
ALL_STATES = (*UNDECIDED_STATES, "clean")


@click.command("scan-files")
@click.option("--all", "everything", is_flag=True, help="Check again what was checked more than 24 hours ago.")
@with_appcontext
def scan_files(everything: bool) -> None:
    """Have the virus scanner read files that it has not read; safe to kill and to start again, also beside the worker."""
    if virus_check.scanner() is None:
        raise click.ClickException("no virus scanner is set up: set CLAMD_URL")
    states = ALL_STATES if everything else UNDECIDED_STATES
    due = _due(states, clock.now() - FRESH)
    total = db.session.scalar(select(func.count()).select_from(StoredFile).where(due)) or 0
    said: Counter[str] = Counter()
    with click.progressbar(length=total, label="Scanning", show_pos=True) as bar:
        for file_id in _ids(due):
            said[_one(file_id, states)] += 1
            bar.update(1)
    for name in (*FILE.names, _NO_ANSWER):
        if said[name]:
            click.echo(f"{name}: {said[name]}")
    if said[_NO_ANSWER]:
        raise click.ClickException("the scanner gave no answer about some files; start again to try them again")


_NO_ANSWER = "without an answer"


def _one(file_id: int, states: tuple[str, ...]) -> str:
    """Check one file in a transaction of its own, so that what was done is kept whenever the command dies."""
    try:
        state = virus_check.examine(file_id, states)
        db.session.commit()
    except Unreachable as error:
        raise click.ClickException(f"{error} Start again later; it goes on where it was.") from error
    except NoVerdict as error:
        db.session.rollback()
        click.echo(f"\nfile {file_id}: {error}", err=True)
        state = _NO_ANSWER
    write_intent.set(False)
    return state


def _due(states: tuple[str, ...], before: datetime) -> ColumnElement[bool]:
    fresh = or_(StoredFile.checked_at.is_(None), StoredFile.checked_at < before)
    return StoredFile.state.in_(states) & fresh


def _ids(due: ColumnElement[bool]) -> Iterator[int]:
    """Return the files that are due, in the order of their ids; a part of them is in memory at a time."""
    last = 0
    while True:
        rows = select(StoredFile.id).where(due, StoredFile.id > last).order_by(StoredFile.id).limit(_AT_A_TIME)
        ids = list(db.session.scalars(rows))
        db.session.rollback()
        if not ids:
            return
        yield from ids
        last = ids[-1]
