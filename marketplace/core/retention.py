"""What is kept how long, in one register: one job removes what is due at night, one page shows it to administrators.

A feature registers a rule for each kind of row that is not kept for ever: which rows are due, after how many days (a
setting), what happens to them and why. Contents on the disk have rules of the same kind, with paths in place of rows.
Events are the audit trail: no rule may touch them.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Select, String, delete, func, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import Big, NfcText, UtcDateTime
from marketplace.core.config import Settings
from marketplace.core.counters import RateCounter
from marketplace.core.event_person import EventPerson
from marketplace.core.events import Event, EventHead, Outbox
from marketplace.core.extensions import Base, db
from marketplace.core.installation import settled
from marketplace.core.leases import LeaseLost
from marketplace.core.long_work import begin_reading, begin_writing
from marketplace.core.outbox import Job, register_job
from marketplace.core.registry import PerApp
from marketplace.core.view_counts import ViewCount
from marketplace.values import clock
from marketplace.values.text import N_

log = logging.getLogger(__name__)

#: Rows of one transaction.
BATCH = 500
PROTECTED = frozenset({Event.__tablename__, EventHead.__tablename__, EventPerson.__tablename__})
JOB = "retention"
DELETED = N_("deleted")
MOVED = N_("put aside")
#: The folder in DATA_DIR for files that nothing needs, from which an operator can put them back.
QUARANTINE = "quarantine"


class RetentionRun(Base):
    """What the last run removed of one kind, and all runs together."""

    __tablename__ = "retention_run"

    kind: Mapped[str] = mapped_column(String(60), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed: Mapped[int] = mapped_column(Big, default=0)
    total: Mapped[int] = mapped_column(Big, default=0)
    error: Mapped[str] = mapped_column(NfcText, default="")  # of the last run that failed
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def failed(self) -> bool:
        """Return whether the last run ended with the error."""
        return self.failed_at is not None and self.failed_at >= self.started_at


@dataclass(frozen=True)
class Action:
    """What happens to rows that are due: `label` says it on the page, `run` gets the selected keys and does it."""

    label: str
    run: Callable[[Sequence[Any]], None]


@dataclass(frozen=True)
class _Rule:
    """What every rule says."""

    kind: str
    label: str
    days: int  # 0: for ever
    source: str  # why so long: the purpose, or the law

    def before(self) -> datetime | None:
        """Return until when things are due, None when they are kept for ever."""
        return clock.now() - timedelta(days=self.days) if self.days else None


@dataclass(frozen=True)
class Retention(_Rule):
    """A rule for rows. `select(before)` returns the keys of those due; what was removed it must not find again."""

    select: Callable[[datetime], Select[*tuple[Any, ...]]]
    action: Action

    @property
    def then(self) -> str:
        """What happens to the rows: a message id."""
        return self.action.label

    def due(self) -> int:
        """Return how many rows are due now."""
        before = self.before()
        if before is None:
            return 0
        return db.session.scalar(select(func.count()).select_from(self.select(before).subquery())) or 0

    def remove(self, before: datetime) -> int:
        """Do what happens to the next batch of rows, in the present transaction; return how many."""
        rows = db.session.execute(self.select(before).limit(BATCH)).all()
        if rows:
            self.action.run(rows)
        return len(rows)


@dataclass(frozen=True)
class FileRetention(_Rule):
    """A rule for files. `paths(before)` returns those that nothing needs; it may read the database."""

    paths: Callable[[datetime], Iterable[Path]]
    quarantine: bool = False  # they are moved to DATA_DIR/quarantine instead of being deleted

    @property
    def then(self) -> str:
        """What happens to the files: a message id."""
        return MOVED if self.quarantine else DELETED

    def due(self) -> int:
        """Return how many files are due now."""
        before = self.before()
        return len(self._older(before)) if before is not None else 0

    def remove(self, before: datetime) -> int:
        """Delete the files that are due and return how many. The folder is looked through without SQLite's write lock.

        One that cannot be deleted is logged, left to the next night and not counted. Nothing is deleted before the
        database is known to be that of DATA_DIR; raises OtherDatabase when it is not.
        """
        settings: Settings = current_app.extensions["settings"]
        begin_writing()
        ours = settled(settings)
        db.session.commit()
        if not ours:
            return 0
        begin_reading()
        found = self._older(before)
        begin_writing()
        kept_in = settings.data_dir if self.quarantine else None
        return sum(_deleted(path, before, kept_in) for path in found)

    def _older(self, before: datetime) -> list[Path]:
        return [path for path in self.paths(before) if _written_before(path, before)]


def _written_before(path: Path, before: datetime) -> bool:
    """Return whether a file was last written before then; False for one that has vanished since it was listed."""
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


def _deleted(path: Path, before: datetime, kept_in: Path | None) -> bool:
    """Delete a file unless it has been written again since it was looked at; True when it is gone.

    With the data folder it is moved into the quarantine there, where it is as old as the move.
    """
    try:
        if path.stat().st_mtime >= before.timestamp():
            return False
        if kept_in is None:
            path.unlink()
        else:
            target = kept_in / QUARANTINE / path.relative_to(kept_in)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.utime(path.replace(target))
    except FileNotFoundError:
        return True
    except OSError:
        log.exception("%s is due and cannot be deleted", path)
        return False
    return True


RETENTIONS: PerApp[Retention | FileRetention] = PerApp("retentions")


def register_retention(
    kind: str, select: Callable[[datetime], Select[*tuple[Any, ...]]], days: int, action: Action, source: str, *, label: str
) -> None:
    """Add a rule; a feature's wiring calls this. Raises ValueError for one that touches the audit trail."""
    touched = {getattr(table, "name", "") for table in select(clock.now()).get_final_froms()}
    if touched & PROTECTED:
        raise ValueError(f"{kind}: events are the audit trail and are never removed")
    RETENTIONS[kind] = Retention(kind, label, days, source, select, action)


def register_file_retention(
    kind: str, paths: Callable[[datetime], Iterable[Path]], days: int, source: str, *, label: str, quarantine: bool = False
) -> None:
    """Add a rule for files: those of `paths(before)` that were last written before then are deleted, or put aside."""
    RETENTIONS[kind] = FileRetention(kind, label, days, source, paths, quarantine)


def deletion(table: type[Base]) -> Action:
    """Return the action that deletes rows of a table by their primary keys. Raises ValueError for the audit trail."""
    if table.__tablename__ in PROTECTED:
        raise ValueError("events are the audit trail and are never removed")
    keys = tuple(table.__table__.primary_key)

    def run(rows: Sequence[Any]) -> None:
        wanted = [tuple(row) for row in rows]
        here = keys[0].in_([one[0] for one in wanted]) if len(keys) == 1 else tuple_(*keys).in_(wanted)
        db.session.execute(delete(table).where(here).execution_options(synchronize_session=False))

    return Action(DELETED, run)


def prune() -> bool:
    """Remove the next batch of what is due; False when nothing is due any more. The job commits after each batch.

    A rule that fails is logged, noted for the page and left to the next night; the others go on.
    """
    runs = last_runs()
    for rule in RETENTIONS.values():
        before, last = rule.before(), runs.get(rule.kind)
        if before is None or (last is not None and last.finished_at is None and last.failed):
            continue
        try:
            removed = rule.remove(before)
        except LeaseLost:
            raise
        except Exception as error:
            _note_failure(rule, error)
            continue
        if removed:
            run = _run_of(rule)
            run.removed, run.total = run.removed + removed, run.total + removed
            return True
    for rule in RETENTIONS.values():
        _run_of(rule).finished_at = clock.now()
    return False


def _note_failure(rule: _Rule, error: Exception) -> None:
    """Undo the batch that failed, which is alone in its transaction, and commit what is known of it."""
    log.error("the rule of retention %s failed", rule.kind, exc_info=error)
    begin_writing()
    run = _run_of(rule)
    run.error, run.failed_at = f"{type(error).__name__}: {error}"[:2000], clock.now()
    db.session.commit()


def _run_of(rule: _Rule) -> RetentionRun:
    """Return the row of the run that is under way; the first of a night begins anew."""
    run = db.session.get(RetentionRun, rule.kind)
    if run is None:
        run = RetentionRun(kind=rule.kind, started_at=clock.now(), removed=0, total=0)
        db.session.add(run)
    elif run.finished_at is not None:
        run.started_at, run.finished_at, run.removed = clock.now(), None, 0
    return run


def last_runs() -> dict[str, RetentionRun]:
    """Return the last run of each kind."""
    return {run.kind: run for run in db.session.scalars(select(RetentionRun))}


def _tonight(moment: datetime) -> datetime:
    tomorrow = clock.local(moment).date() + timedelta(days=1)
    return clock.start_of_day(tomorrow) + timedelta(hours=3, minutes=30)


def register(settings: Settings) -> None:
    """Register the job, and the rules of what belongs to no feature: finished work, counted views, counters."""
    register_job(Job(JOB, prune, _tonight))
    register_retention(
        "outbox", lambda before: select(Outbox.id).where(Outbox.done_at < before).order_by(Outbox.done_at),
        settings.keep_outbox_days, deletion(Outbox),
        N_("Finished work is kept only to look into failures; what happened stands in the history."),
        label=N_("Finished background work"),
    )
    register_retention(
        "views",
        lambda before: select(ViewCount.subject_kind, ViewCount.subject_id, ViewCount.day)
        .where(ViewCount.day < clock.local(before).date()).order_by(ViewCount.day),
        settings.keep_view_days, deletion(ViewCount),
        N_("Pages show the views of the last 90 days; a year before that is kept to compare with."),
        label=N_("Views of pages, by day"),
    )
    ended = select(RateCounter.key).order_by(RateCounter.ends_at)
    register_retention(
        "rate_counter", lambda before: ended.where(RateCounter.ends_at < before),
        settings.keep_rate_counter_days, deletion(RateCounter),
        N_("A counter of a limit says nothing any more when its hour has ended."), label=N_("Counters of limits"),
    )
