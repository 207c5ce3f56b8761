"""Draining the outbox: claim by lease, handle, mark done. A crash only lets the lease run out.

Delivery is at least once, so handlers are idempotent. Recurring jobs are rows of the same table that re-schedule
themselves. A handler that computes for long does so outside the write transaction (`marketplace.core.long_work`). The
process that works all the time, with its lanes, is `marketplace.core.worker`.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, exists, func, or_, select, update

from marketplace.core.errors import Unreachable
from marketplace.core.events import CONSUMERS, SLOW, Consumer, Outbox
from marketplace.core.extensions import db, insert_into, write_intent
from marketplace.core.leases import LEASE, UNLEASED, Claim, LeaseLost, finish, give_back, held, own_leases
from marketplace.core.long_work import begin_writing
from marketplace.core.registry import PerApp
from marketplace.values import clock

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
#: How long rows wait when what their work needs does not answer.
PATIENCE = timedelta(seconds=15)
JOB = "job"
LAST_RUN = "last_run"  # where the row of a job says when it last ran to its end, for the operator's page


@dataclass(frozen=True)
class Job:
    """Recurring work. `next_run` gets the moment of this run and returns that of the next.

    `run` does a bounded amount in one transaction; when it returns True there is more, and it is run again at once.
    """

    name: str
    run: Callable[[], bool | None]
    next_run: Callable[[datetime], datetime]
    lane: str = SLOW


JOBS: PerApp[Job] = PerApp("jobs")


def in_batches(work: Callable[[], int]) -> Callable[[], bool]:
    """Return the `run` of a job that does one batch at a time, until a batch finds nothing to do any more.

    `work` returns how many things it did; what it did it must not find again.
    """
    return lambda: work() > 0


def register_job(*jobs: Job) -> None:
    """Add recurring work; `create_app` does this for every feature that has some."""
    for job in jobs:
        JOBS[job.name] = job


def enqueue(consumer: str, payload: dict[str, object], *, key: str | None = None, due_at: datetime | None = None) -> None:
    """Put one row of work into the outbox in the current transaction; `key` makes it unique."""
    db.session.add(Outbox(consumer=consumer, payload=payload, key=key, due_at=due_at or clock.now()))


def enqueue_once(
    consumer: str, payloads: Mapping[str, dict[str, object]], due_at: datetime, connection: Connection | None = None
) -> None:
    """Put rows of work into the outbox by key, by the session or `connection`; keys that have a row are left alone."""
    blank = {"consumer": consumer, "due_at": due_at, "attempts": 0, "last_error": ""}
    rows = [{**blank, "key": key, "payload": payload} for key, payload in sorted(payloads.items())]
    if rows:
        (connection or db.session).execute(insert_into(Outbox).on_conflict_do_nothing(), rows)


def unfinished(consumer: str, event_ids: Sequence[int]) -> bool:
    """Whether a consumer has yet to handle any of the events; what was given up is not waited for."""
    rows = select(Outbox.id).where(
        Outbox.consumer == consumer, Outbox.event_id.in_(event_ids), Outbox.done_at.is_(None), Outbox.parked_at.is_(None)
    )
    return bool(event_ids) and db.session.scalar(rows.limit(1)) is not None


def done_before(consumer: str, key: str) -> bool:
    """Note in the present transaction that a piece of work is done; True when that was noted before.

    For work that comes from elsewhere than the outbox (a file), so that it is done once whatever dies in between.
    """
    if db.session.scalar(select(Outbox.id).where(Outbox.key == key)) is not None:
        return True
    now = clock.now()
    db.session.add(Outbox(consumer=consumer, payload={}, key=key, due_at=now, done_at=now))
    return False


def ensure_jobs() -> None:
    """Insert the rows of jobs that have none yet (at the worker's start) and commit."""
    known = set(db.session.scalars(select(Outbox.key).where(Outbox.key.in_([_key(job) for job in JOBS.values()]))))
    for job in JOBS.values():
        if _key(job) not in known:
            enqueue(JOB, {"job": job.name}, key=_key(job))
    db.session.commit()


def _key(job: Job) -> str:
    return f"{JOB}:{job.name}"


def work_once(consumers: Sequence[str] | None = None, *, lane: str | None = None) -> int:
    """Claim and handle one round of due work, of one lane if so asked; return how many rows were handled (also in vain)."""
    handled = 0
    for name in _waiting(_names(consumers, lane), lane):
        consumer = CONSUMERS.get(name) or Consumer(JOB, lambda _action: False, _run_jobs)
        claim = _claim(name, consumer.batch, lane)
        handled += len(claim.ids)
        if claim.ids:
            _handle(consumer, claim)
    return handled


def drain(limit: int = 10_000) -> int:
    """Work until nothing is due (for tests, demo data and the command line); return the rows handled."""
    total = 0
    while total < limit and (count := work_once()):
        total += count
    return total


def release_leases() -> None:
    """Take back the leases of a worker that was killed; only for who knows to be the only worker."""
    outside = [one.name for one in CONSUMERS.values() if one.outside]
    rows = update(Outbox).where(Outbox.done_at.is_(None), Outbox.consumer.not_in(outside))
    db.session.execute(rows.values(dict(UNLEASED)))
    db.session.commit()


def _names(consumers: Sequence[str] | None, lane: str | None) -> list[str]:
    """Return the consumers whose rows are to be looked for, in the order in which they were registered, jobs last."""
    if consumers is not None:
        return list(consumers)
    return [*(name for name, one in CONSUMERS.items() if lane in (None, one.lane)), JOB]


def _waiting(names: Sequence[str], lane: str | None) -> list[str]:
    """Return which consumers have something due, in one statement that only reads: an idle worker writes nothing."""
    write_intent.set(False)
    found = db.session.execute(select(*(exists(_due(name, lane)) for name in names))).one()
    db.session.rollback()
    write_intent.set(True)
    return [name for name, due in zip(names, found, strict=True) if due]


def _due(name: str, lane: str | None) -> Select[int]:
    """Return the select of the rows of a consumer that are due and not leased; of jobs, those of the lane."""
    now = clock.now()
    rows = select(Outbox.id).where(
        Outbox.consumer == name, Outbox.done_at.is_(None), Outbox.parked_at.is_(None), Outbox.due_at <= now,
        or_(Outbox.leased_until.is_(None), Outbox.leased_until < now),
    )
    return rows.where(_in_lane(lane)) if name == JOB and lane is not None else rows


def _in_lane(lane: str) -> ColumnElement[bool]:
    """Return which rows of jobs belong to a lane; those of jobs that no longer exist are cleared away by the slow one."""
    if lane == SLOW:
        return Outbox.key.not_in([_key(job) for job in JOBS.values() if job.lane != SLOW])
    return Outbox.key.in_([_key(job) for job in JOBS.values() if job.lane == lane])


def _claim(name: str, limit: int, lane: str | None = None) -> Claim:
    due = _due(name, lane).order_by(Outbox.due_at, Outbox.id).limit(limit)
    claim = Claim(secrets.token_hex(16), tuple(db.session.scalars(due.with_for_update(skip_locked=True))))
    if claim.ids:
        leased = {"leased_until": clock.now() + LEASE, "lease_token": claim.token}
        db.session.execute(update(Outbox).where(Outbox.id.in_(claim.ids)).values(leased))
    db.session.commit()
    return claim


def enqueue_own(consumer: str, payload: dict[str, object]) -> Claim:
    """Put work into the outbox that this process does itself, and return its claim: work within `held`, then `finish`.

    When the process dies, the lease runs out and the consumer's handler gets the row.
    """
    now, token = clock.now(), secrets.token_hex(16)
    row = Outbox(consumer=consumer, payload=payload, due_at=now, leased_until=now + LEASE, lease_token=token)
    db.session.add(row)
    db.session.flush()
    return Claim(token, (row.id,))


def _handle(consumer: Consumer, claim: Claim) -> None:
    with held(claim):
        try:
            _attempt(consumer, claim)
        except LeaseLost:
            db.session.rollback()
            log.warning("another worker has taken over %s rows of %s", len(claim.ids), consumer.name)


def _attempt(consumer: Consumer, claim: Claim) -> None:
    ids = claim.ids
    rows = list(db.session.scalars(select(Outbox).where(Outbox.id.in_(ids)).order_by(Outbox.id)))
    try:
        consumer.handle(rows)
        if not write_intent.get():
            begin_writing()
        if consumer.name != JOB:
            finish(claim)
        db.session.commit()
    except LeaseLost:
        raise
    except Unreachable as error:
        begin_writing()
        _postpone(ids, error)
    except Exception as error:
        begin_writing()
        if len(ids) > 1:
            # One bad row must not hold up its batch: try them one by one.
            for row_id in ids:
                _handle(consumer, Claim(claim.token, (row_id,)))
            return
        log.exception("outbox row %s of %s failed", ids[0], consumer.name)
        _note_failure(ids[0], error)


def _postpone(ids: Sequence[int], error: Unreachable) -> None:
    """Put rows back for later: it is not their fault, so no attempt is counted and none is ever parked for it."""
    log.warning("%s rows wait: %s", len(ids), error)
    later = clock.now() + PATIENCE
    said = f"{type(error).__name__}: {error}"
    waiting = {**UNLEASED, "due_at": later, "last_error": said}
    db.session.execute(update(Outbox).where(Outbox.id.in_(ids)).values(waiting))
    db.session.commit()


def _note_failure(row_id: int, error: Exception) -> None:
    row = db.session.get_one(Outbox, row_id)
    row.attempts += 1
    row.last_error = f"{type(error).__name__}: {error}"[:2000]
    give_back(row)
    consumer = CONSUMERS.get(row.consumer)
    patience = consumer.patience if consumer else ()
    usual = min(3600, 2**row.attempts)
    row.due_at = clock.now() + timedelta(seconds=dict(enumerate(patience, 1)).get(row.attempts, usual))
    if row.attempts >= (len(patience) + 1 if patience else MAX_ATTEMPTS) and row.consumer != JOB:
        row.parked_at = clock.now()
        _tell_given_up(consumer, row)
    db.session.commit()


def _tell_given_up(consumer: Consumer | None, row: Outbox) -> None:
    """Let the consumer say what became of a row that is tried no more; it is parked whatever comes of that."""
    if consumer is None or consumer.given_up is None:
        return
    try:
        with db.session.begin_nested():
            consumer.given_up(row)
    except Exception:
        log.exception("nobody is told that outbox row %s was given up", row.id)


def _run_jobs(rows: Sequence[Outbox]) -> None:
    for row in rows:
        job = JOBS.get(str(row.payload.get("job")))
        started = clock.now()
        if job is None:
            row.done_at = started  # a job of an older version
            row.key = None
            continue
        more = job.run()
        if write_intent.get():
            own_leases()
        else:
            begin_writing()
        row.due_at = clock.now() if more else job.next_run(started)
        row.payload = {**row.payload, LAST_RUN: started.isoformat()}
        give_back(row)
        row.attempts = 0


def backlog() -> dict[str, int]:
    """Return how many rows wait per consumer, and `parked` for those given up (for the operator's page)."""
    open_rows = select(Outbox.consumer, func.count()).where(Outbox.done_at.is_(None), Outbox.parked_at.is_(None))
    counts = {row[0]: row[1] for row in db.session.execute(open_rows.group_by(Outbox.consumer))}
    parked = db.session.scalar(select(func.count()).select_from(Outbox).where(Outbox.parked_at.is_not(None)))
    return {**counts, "parked": parked or 0}


def retry_parked() -> int:
    """Give every parked row a new start; return how many."""
    rows = list(db.session.scalars(select(Outbox).where(Outbox.parked_at.is_not(None))))
    for row in rows:
        give_back(row)
        row.parked_at, row.attempts, row.due_at = None, 0, clock.now()
    return len(rows)
