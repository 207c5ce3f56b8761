"""Taking a seal: the ends of all chains as of a midnight, read, signed, kept and told to the auditors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import insert, select, text

from marketplace.core.config import Settings
from marketplace.core.errors import Unreachable
from marketplace.core.extensions import after_commit, db, insert_into
from marketplace.core.long_work import begin_reading, begin_writing
from marketplace.history import merkle
from marketplace.history.keys import public_hex, signing_key
from marketplace.history.models import End, Seal, SealLeaf, canonical, digest, message
from marketplace.history.queries import ends_before, last_seal
from marketplace.history.seal_file import append_missing, path_of
from marketplace.mail import queue_template
from marketplace.values import clock

#: How long after a midnight its seal may be taken: longer than any transaction lives, or it could not be computed again.
SETTLED = timedelta(minutes=15)
_ROWS = 1_000  # of one INSERT


def due_midnight() -> datetime:
    """Return the last midnight of Vietnam that is settled."""
    return clock.start_of_day(clock.local(clock.now() - SETTLED).date())


def seal_if_due() -> Seal | None:
    """Take the seal of the last midnight unless it is there; it covers nights on which nothing ran.

    Raises Unreachable while a transaction from before that midnight is still open.
    """
    last, before = last_seal(), due_midnight()
    if last is not None and last.before >= before:
        after_commit(partial(append_missing, path_of(_settings()), _publics()))  # the process may have ended in between
        return None
    return take(before)


def take(before: datetime) -> Seal | None:
    """Seal all events before a moment; None when that is sealed already, or is being sealed by somebody else.

    The present transaction ends, and what is written is flushed in a new one. Of several at once one takes it: a moment
    and a number are given once.
    """
    settings = _settings()
    key = signing_key(settings)
    begin_reading()
    _nobody_is_late(before)
    last = last_seal()
    if last is not None and last.before >= before:
        return None
    ends = ends_before(before)
    begin_writing()
    seal = Seal(
        number=last.number + 1 if last else 1, before=before, taken_at=clock.now(), events=ends.events,
        root=merkle.root(ends.leaves), changed=merkle.digest(merkle.leaf(*one) for one in ends.unsealed),
        previous=digest(last.public()) if last else "", key=public_hex(key.public_key()),
    )
    seal.signature = key.sign(message(seal.signed())).hex()
    if not _insert(seal):
        db.session.rollback()
        return None
    _keep(seal.number, ends.unsealed)
    for address in settings.seal_mail_to:
        queue_template(f"seal:{seal.number}:{address}", address, "vi", "seal", seal=seal, line=canonical(seal.public()))
    after_commit(partial(append_missing, path_of(settings), _publics()))
    return seal


def _insert(seal: Seal) -> bool:
    """Insert a seal; False when somebody else has taken one of its moment or number, who is waited for."""
    values = {column.key: getattr(seal, column.key) for column in Seal.__table__.columns}
    taken = db.session.scalar(insert_into(Seal).values(values).on_conflict_do_nothing().returning(Seal.number))
    return taken is not None


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _publics() -> list[dict[str, Any]]:
    return [seal.public() for seal in db.session.scalars(select(Seal).order_by(Seal.number))]


def _keep(number: int, changed: Iterable[End]) -> None:
    names = ("subject_kind", "subject_id", "seq", "hash")
    rows = [{**dict(zip(names, one, strict=True)), "seal_number": number} for one in changed]
    for start in range(0, len(rows), _ROWS):
        db.session.execute(insert(SealLeaf), rows[start : start + _ROWS])


def _nobody_is_late(before: datetime) -> None:
    """Raise Unreachable while a transaction that began before a moment may still write; on SQLite there is none.

    PostgreSQL shows a role its own transactions, and web and worker have one role.
    """
    if db.engine.dialect.name != "postgresql":
        return
    open_since = text(
        "SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    )
    oldest = db.session.scalar(open_since)
    if oldest is not None and oldest < before:
        raise Unreachable("a transaction from before midnight is still open")
