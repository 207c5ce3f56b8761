"""What is kept how long, in one register: one job removes what is due at night, one page shows it to administrators.

A feature registers a rule for each kind of row that is not kept for ever: which rows are due, after how many days (a
setting), what happens to them and why. Events are the audit trail: no rule may touch them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, delete, func, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import Big, UtcDateTime
from marketplace.core.config import Settings
from marketplace.core.events import Event, EventHead, Outbox
from marketplace.core.extensions import Base, db
from marketplace.core.outbox import Job, register_job
from marketplace.core.registry import PerApp
from marketplace.core.view_counts import ViewCount
from marketplace.values import clock
from marketplace.values.text import N_

#: Rows of one transaction.
BATCH = 500
PROTECTED = frozenset({Event.__tablename__, EventHead.__tablename__})
JOB = "retention"


class RetentionRun(Base):
    """What the last run removed of one kind, and all runs together."""

    __tablename__ = "retention_run"

    kind: Mapped[str] = mapped_column(String(60), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed: Mapped[int] = mapped_column(Big, default=0)
    total: Mapped[int] = mapped_column(Big, default=0)


@dataclass(frozen=True)
class Action:
    """What happens to rows that are due: `label` says it on the page, `run` gets the selected keys and does it."""

    label: str
    run: Callable[[Sequence[Any]], None]


@dataclass(frozen=True)
class Retention:
    """One rule. `select(before)` returns the keys of the rows that are due; what was removed it must not find again."""

    kind: str
    label: str
    select: Callable[[datetime], Select[*tuple[Any, ...]]]
    days: int  # 0: for ever
    action: Action
    source: str  # why so long: the purpose, or the law

    def before(self) -> datetime | None:
        """Return until when rows are due, None when they are kept for ever."""
        return clock.now() - timedelta(days=self.days) if self.days else None

    def due(self) -> int:
        """Return how many rows are due now."""
        before = self.before()
        if before is None:
            return 0
        return db.session.scalar(select(func.count()).select_from(self.select(before).subquery())) or 0


RETENTIONS: PerApp[Retention] = PerApp("retentions")


def register_retention(
    kind: str, select: Callable[[datetime], Select[*tuple[Any, ...]]], days: int, action: Action, source: str, *, label: str
) -> None:
    """Add a rule; a feature's wiring calls this. Raises ValueError for one that touches the audit trail."""
    touched = {getattr(table, "name", "") for table in select(clock.now()).get_final_froms()}
    if touched & PROTECTED:
        raise ValueError(f"{kind}: events are the audit trail and are never removed")
    RETENTIONS[kind] = Retention(kind, label, select, days, action, source)


def deletion(table: type[Base]) -> Action:
    """Return the action that deletes rows of a table by their primary keys. Raises ValueError for the audit trail."""
    if table.__tablename__ in PROTECTED:
        raise ValueError("events are the audit trail and are never removed")
    keys = tuple(table.__table__.primary_key)

    def run(rows: Sequence[Any]) -> None:
        wanted = [tuple(row) for row in rows]
        here = keys[0].in_([one[0] for one in wanted]) if len(keys) == 1 else tuple_(*keys).in_(wanted)
        db.session.execute(delete(table).where(here).execution_options(synchronize_session=False))

    return Action(N_("deleted"), run)


def prune() -> bool:
    """Remove the next batch of what is due; False when nothing is due any more. The job commits after each batch."""
    for rule in RETENTIONS.values():
        before = rule.before()
        rows = db.session.execute(rule.select(before).limit(BATCH)).all() if before else []
        if rows:
            rule.action.run(rows)
            run = _run_of(rule)
            run.removed, run.total = run.removed + len(rows), run.total + len(rows)
            return True
    for rule in RETENTIONS.values():
        _run_of(rule).finished_at = clock.now()
    return False


def _run_of(rule: Retention) -> RetentionRun:
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
    """Register the job, and the rules of what belongs to no feature: finished work and counted views."""
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
