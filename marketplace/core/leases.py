"""Keeping leases while work goes on: a handler may take longer than a lease, and nobody else must begin the same work.

A thread of the worker renews what is held and has less than half of its lease left, in a transaction of its own that
updates a few rows by their keys. Work that ends sooner, and an idle worker, cost no statement. The thread dies with its
process, so the lease of a dead worker runs out as before.

Who claims rows marks them with a token of its own. A worker whose lease ran out although it lives (its process stood
still, the database was away) finds another token there: it can neither renew, write nor finish any more.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from flask import Flask, current_app
from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.exc import DBAPIError

from marketplace.core.database_errors import described
from marketplace.core.events import Outbox
from marketplace.core.extensions import db
from marketplace.values import clock

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
#: Seconds between two looks at what is held.
EVERY = 5.0


#: The columns of a row that nobody is at.
UNLEASED: Mapping[str, None] = MappingProxyType({"leased_until": None, "lease_token": None})


def give_back(row: Outbox) -> None:
    """Let anybody take a row up again."""
    for column, nothing in UNLEASED.items():
        setattr(row, column, nothing)


class LeaseLost(Exception):
    """Another worker has taken over what this one is at: nothing more of it may be written here."""


@dataclass(frozen=True)
class Claim:
    """Rows of the outbox that one worker is at, and the token it has marked them with."""

    token: str
    ids: tuple[int, ...]

    def owned(self) -> ColumnElement[bool]:
        """Return the condition of the rows that nobody else has taken over."""
        return and_(Outbox.id.in_(self.ids), Outbox.lease_token == self.token, Outbox.done_at.is_(None))


class LeaseKeeper:
    """What one process holds."""

    def __init__(self, app: Flask) -> None:
        """Remember the application, whose database has the leases."""
        self._app, self._lock = app, threading.Lock()
        self._held: dict[int, tuple[datetime, str]] = {}  # row → until when it is leased, and its token
        self._end = threading.Event()

    def hold(self, claim: Claim) -> None:
        """Renew these rows from now on; they have just been leased, or are held already."""
        with self._lock:
            self._held = dict.fromkeys(claim.ids, (clock.now() + LEASE, claim.token)) | self._held

    def release(self, ids: Sequence[int]) -> None:
        """Renew them no longer."""
        with self._lock:
            for one in ids:
                self._held.pop(one, None)

    def renew(self) -> int:
        """Renew what has less than half of its lease left; return how many rows. Rows that are done stay as they are."""
        now = clock.now()
        with self._lock:
            due = {one: token for one, (until, token) in self._held.items() if until - now < LEASE / 2}
        if not due:
            return 0
        until = now + LEASE
        # A row that is locked at this moment is being finished: nobody waits for it.
        rows = select(Outbox.id).where(
            Outbox.id.in_(due), Outbox.lease_token.in_(due.values()), Outbox.done_at.is_(None), Outbox.leased_until < until
        )
        with self._app.app_context(), db.engine.begin() as connection:
            ids = connection.scalars(rows.with_for_update(skip_locked=True)).all()
            connection.execute(update(Outbox).where(Outbox.id.in_(ids)).values(leased_until=until))
        with self._lock:
            self._held.update({one: (until, due[one]) for one in ids if one in self._held})
        return len(ids)

    def run(self) -> None:
        """Renew until `stop`; a database that does not answer is asked again in a moment."""
        while not self._end.wait(EVERY):
            try:
                self.renew()
            except DBAPIError as error:
                log.warning("leases could not be renewed: %s", described(error))
            except Exception:
                log.exception("leases could not be renewed")

    def stop(self) -> None:
        """End `run`."""
        self._end.set()


_keeper: ContextVar[LeaseKeeper | None] = ContextVar("lease_keeper", default=None)
_claim: ContextVar[Claim | None] = ContextVar("claim", default=None)


@contextmanager
def keeping_leases() -> Iterator[LeaseKeeper]:
    """Keep the leases of what this thread, and those that `share` the keeper, work on within the block."""
    keeper = LeaseKeeper(current_app._get_current_object())  # type: ignore[attr-defined]  # a proxy of werkzeug
    thread = threading.Thread(target=keeper.run, name="leases", daemon=True)
    thread.start()
    token = _keeper.set(keeper)
    try:
        yield keeper
    finally:
        _keeper.reset(token)
        keeper.stop()
        thread.join()


def share(keeper: LeaseKeeper) -> None:
    """Let this thread's work be kept by the keeper of another."""
    _keeper.set(keeper)


@contextmanager
def held(claim: Claim) -> Iterator[None]:
    """Work on claimed rows within the block; their leases are kept where somebody keeps leases (in tests, nobody)."""
    keeper, token = _keeper.get(), _claim.set(claim)
    if keeper is not None:
        keeper.hold(claim)
    try:
        yield
    finally:
        _claim.reset(token)
        if keeper is not None:
            keeper.release(claim.ids)


def own_leases() -> None:
    """Lock the claimed rows that are worked on, if any, until the end of the transaction: nobody takes them over before.

    Raises LeaseLost when another worker has them already.
    """
    claim = _claim.get()
    if claim is None:
        return
    rows = select(Outbox.id).where(claim.owned()).order_by(Outbox.id).with_for_update()
    if len(db.session.scalars(rows).all()) != len(claim.ids):
        raise LeaseLost


def finish(claim: Claim) -> None:
    """Note that the rows of a claim are done, in the present transaction. Raises LeaseLost when somebody else has them."""
    own_leases()
    db.session.execute(update(Outbox).where(Outbox.id.in_(claim.ids)).values(done_at=clock.now()))
