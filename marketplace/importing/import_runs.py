"""Runs: one row per import, from the upload through the worker to the report."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from marketplace.accounts.models import User
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import DomainError, Invalid, Unreachable
from marketplace.core.events import record
from marketplace.core.extensions import db, one
from marketplace.core.leases import Claim, LeaseLost
from marketplace.core.long_work import begin_reading, begin_writing
from marketplace.core.outbox import enqueue, enqueue_own
from marketplace.importing import actions
from marketplace.importing.actions import Progress
from marketplace.importing.import_kinds import TARGETS
from marketplace.importing.mapping import Record, Rejected
from marketplace.importing.models import ImportRun, ImportStaged
from marketplace.importing.preparation import need_title, prepare
from marketplace.importing.report import write_report
from marketplace.importing.result import Outcome
from marketplace.importing.staging import Ended, Staging, undo
from marketplace.organisations.actors import actor_of
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.values.text import N_

log = logging.getLogger(__name__)
CONSUMER = "import"
#: The consumer of imports on the command line, which come to the worker only when the command is dead.
COMMAND = "import_command"
_UNEXPECTED = N_("The import stopped on an unexpected error; nothing was imported. Operators find it in the log.")
_STOPPED = N_("The command that imported was stopped before its end; nothing was imported.")
_DATABASE = N_("The import stopped on errors of the database; nothing was imported. Operators find them in the log.")
_KILLED = N_(
    "The import was begun %(times)s times, and each time the worker stopped before its end; nothing was imported. "
    "Split the file into parts, or ask an operator: the log of the worker may say why."
)
#: How often an import is begun whose worker ends without an error, and without a word (memory, power, SIGKILL).
MOST_BEGINNINGS = 3
_OTHER = N_("Another import for this organisation goes on; wait until it is over.")


def folder() -> Path:
    """Return the folder of uploads, progress notes and reports."""
    path: Path = current_app.extensions["settings"].data_dir / "imports"
    path.mkdir(parents=True, exist_ok=True)
    return path


def upload_path(run: ImportRun) -> Path:
    """Return where the uploaded file of a run stands; the same content is kept once."""
    return folder() / "uploads" / f"{run.sha256}{Path(run.file_name).suffix.lower()[:8]}"


def report_path(run: ImportRun) -> Path:
    """Return where the report of a run stands."""
    return folder() / f"report-{run.id}.csv"


def _progress_path(run_id: int) -> Path:
    return folder() / f"progress-{run_id}"


def note_progress(run_id: int, done: int, total: int) -> None:
    """Leave word for the page how far the run is; outside the database, whose transaction is still open."""
    _progress_path(run_id).write_text(f"{done} {total}", encoding="ascii")


def progress_of(run: ImportRun) -> tuple[int, int]:
    """Return (rows done, rows in all); zeros before the worker has begun."""
    try:
        done, total = _progress_path(run.id).read_text(encoding="ascii").split()
    except (OSError, ValueError):  # not begun, or being written at this moment
        return 0, 0
    return int(done), int(total)


def start(run: ImportRun, actor: Actor) -> bool:
    """Hand a previewed run to the worker; False when it was started before (a double click).

    Raises Invalid or NotAllowed when this operator may not publish for this organisation.
    """
    run = one(select(ImportRun).where(ImportRun.id == run.id), lock=True)
    if run.state != "previewed":
        return False
    actions.check(run.organisation, actor, publish=run.publish)
    run.state = "running"
    record(run, "import_run.start", actor, data={"kind": run.kind, "publish": run.publish, "organisation": run.org_id})
    enqueue(CONSUMER, {"run": run.id}, key=f"import:{run.id}")
    return True


def begin_command(
    kind: str, organisation: Organisation, actor: Actor, path: Path, sha256: str, *, publish: bool, mapping: dict[str, Any]
) -> tuple[ImportRun, Claim]:
    """Commit a running run for an import on the command line; return it and the claim of its work.

    Raises Invalid while another import for the same organisation goes on.
    """
    run = ImportRun(
        kind=kind, state="running", org_id=organisation.id, file_name=path.name[-200:], sha256=sha256, publish=publish,
        mapping=mapping, created_by_id=actor.user_id, created_at=clock.now(),
    )
    db.session.add(run)
    db.session.flush()
    claim = enqueue_own(COMMAND, {"run": run.id})
    if not _take_turn(run):
        raise Invalid("organisation", _OTHER)
    return run, claim


def _take_turn(run: ImportRun) -> bool:
    """Let a run be the one that goes on for its organisation, and delete what others have staged that are over.

    Commits; when another one goes on it rolls back instead and returns False.
    """
    org_id = run.org_id
    try:
        begun = {"begun_at": clock.now(), "beginnings": ImportRun.beginnings + 1}
        db.session.execute(update(ImportRun).where(ImportRun.id == run.id).values(begun))
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        return False
    left = select(ImportRun.id, ImportRun.kind).where(ImportRun.org_id == org_id, ImportRun.id == ImportStaged.run_id)
    for other in db.session.execute(left.distinct()).all():
        undo(other.id, TARGETS[other.kind].kind)
    return True


def carry_out(
    run: ImportRun, actor: Actor, records: Iterable[Record | Rejected], locale: str, progress: Progress,
    left: Mapping[str, int] = MappingProxyType({}),
) -> Outcome:
    """Import records as a run, in parts, the last of which the caller commits; an error leaves nothing and goes on.

    `left` are the columns that no field takes, for the report.

    An error of the database leaves the parts to the next attempt, a lost lease to the worker that has taken over.
    """
    target, run_id = TARGETS[run.kind], run.id  # asking the row between two parts would begin a transaction
    try:
        outcome = actions.run(
            target, records, run.organisation, actor, Staging(run_id, target.kind), publish=run.publish, progress=progress
        )
        outcome.left.update(left)
        finish(run, actor, outcome, locale)
    except (SQLAlchemyError, LeaseLost):
        raise
    except Exception:
        undo(run_id, target.kind)
        raise
    return outcome


def finish(run: ImportRun, actor: Actor, outcome: Outcome, locale: str) -> None:
    """Write the report and close the run."""
    with force_locale(locale):
        write_report(report_path(run), outcome, gettext)
    run.state, run.counts, run.finished_at = "done", outcome.as_box(), clock.now()
    run.report_path = report_path(run).name
    record(run, "import_run.finish", actor, data={name: n for name, n in run.counts.items() if isinstance(n, int)})


def cancel(run: ImportRun, actor: Actor) -> bool:
    """End a run that is not finished; False when it is over already. The worker deletes what was staged."""
    run = one(select(ImportRun).where(ImportRun.id == run.id), lock=True)
    if run.state != "running":
        return run.state == "cancelled"
    run.state, run.finished_at = "cancelled", clock.now()
    record(run, "import_run.cancel", actor)
    enqueue(CONSUMER, {"run": run.id})
    return True


def execute(run_id: int, failures: int = 0) -> None:
    """Do one run that was started on the web, from the beginning; a run that is over is only cleared away.

    `failures` of its beginnings ended with an error of the database; of the others MOST_BEGINNINGS are enough.

    Raises Unreachable while another import for the same organisation goes on, LeaseLost when another worker has the run.
    """
    run = db.session.get(ImportRun, run_id, populate_existing=True)
    if run is None:
        return
    undo(run_id, TARGETS[run.kind].kind)  # what a worker that was killed, or stopped by a cancellation, has left
    if run.state != "running":
        return
    if run.beginnings - failures >= MOST_BEGINNINGS:
        fail(run_id, SYSTEM, Invalid("file", _KILLED, times=run.beginnings))
        _progress_path(run_id).unlink(missing_ok=True)
        return
    if not _take_turn(run):
        raise Unreachable("another import for this organisation goes on")
    user = db.session.get(User, run.created_by_id) if run.created_by_id else None
    actor = actor_of(user) if user is not None else SYSTEM
    begin_reading()  # the file is looked through without SQLite's write lock
    try:
        _import(run, actor)
    except (SQLAlchemyError, LeaseLost):
        raise
    except Ended:
        pass
    except Exception as error:
        begin_writing()
        fail(run_id, actor, error)
    _progress_path(run_id).unlink(missing_ok=True)


def _import(run: ImportRun, actor: Actor) -> None:
    limit = current_app.extensions["settings"].import_limit
    prepared = prepare(run.kind, upload_path(run), limit, run.mapping or None)
    need_title(prepared)
    run_id = run.id
    note_progress(run_id, 0, prepared.total)

    def progress(done: int) -> None:
        note_progress(run_id, done, prepared.total)

    carry_out(run, actor, prepared.records(), actor.locale, progress, prepared.left)


def fail(run_id: int, actor: Actor, error: BaseException) -> None:
    """Close a run that goes on with what its page says of an error; one that was cancelled stays so."""
    run = one(select(ImportRun).where(ImportRun.id == run_id), lock=True)
    if run.state != "running":
        return
    if not isinstance(error, DomainError):
        log.error("import run %s failed", run_id, exc_info=error)
        error = Invalid("file", _UNEXPECTED if isinstance(error, Exception) else _STOPPED)
    run.state, run.finished_at = "failed", clock.now()
    run.counts = {"error": error.message, "params": {key: str(value) for key, value in error.params.items()}}
    record(run, "import_run.fail", actor, data={"error": error.message})


def end_dead(run_id: int) -> None:
    """End the run of a command that died: what it has staged is deleted."""
    undo(run_id, TARGETS[one(select(ImportRun).where(ImportRun.id == run_id)).kind].kind)
    fail(run_id, SYSTEM, Invalid("file", _STOPPED))


def give_up(run_id: int) -> None:
    """Close a run whose work is tried no more; another row deletes what it has staged."""
    fail(run_id, SYSTEM, Invalid("file", _DATABASE))
    enqueue(CONSUMER, {"run": run_id})
