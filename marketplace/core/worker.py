"""The worker: one process, a thread for each lane, so that what people wait for never stands behind a long computation.

    fast    the search index, the inbox
    mail    one message at a time, however long a mail server takes
    scan    one file at a time, however long the virus scanner reads it
    slow    matching, saved searches, imports, embeddings, rebuilds, recurring jobs

Each lane goes through its own consumers and jobs in turn, with a session of its own. It stays one process, because the
embedded index has one writer; threads share its memory. What a handler computes for long it must compute without
SQLite's write lock (`marketplace.core.long_work`), or the other lanes wait for that.
"""

from __future__ import annotations

import logging
import threading

from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from marketplace.core.database_errors import Verdict, described, verdict
from marketplace.core.events import LANES
from marketplace.core.extensions import db, give_up, write_intent
from marketplace.core.leases import LeaseKeeper, keeping_leases, share
from marketplace.core.outbox import ensure_jobs, release_leases, work_once

log = logging.getLogger(__name__)
#: Seconds between two looks of an idle lane, and of one whose database did not answer.
PAUSE, AWAY = 0.5, 2.0


def work_forever(stop: threading.Event, pause: float = PAUSE, *, alone: bool = False) -> None:
    """Work in all lanes until `stop` is set, then return when each has finished what it is at.

    `alone` says that no other worker can be at work, so that leases found at the start belong to a dead one. Raises
    RuntimeError when a lane has ended by itself, which only a defect of the worker can bring about.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy of werkzeug
    if not _prepare(stop, pause, alone):
        return
    ended: list[str] = []
    with keeping_leases() as keeper:
        lanes = [
            threading.Thread(target=_lane, args=(app, lane, stop, pause, keeper, ended), name=f"{lane} lane")
            for lane in LANES
        ]
        for one in lanes:
            one.start()
        stop.wait()
        for one in lanes:
            one.join()
    if ended:
        raise RuntimeError(f"lanes ended by themselves: {', '.join(ended)}")


def _prepare(stop: threading.Event, pause: float, alone: bool) -> bool:
    """Take back the leases of a dead worker and insert new jobs, as soon as the database answers; False when stopped."""
    while not stop.is_set():
        try:
            write_intent.set(True)
            if alone:
                release_leases()
            ensure_jobs()
        except Exception:
            log.exception("the worker cannot begin")
            give_up()
            stop.wait(pause)
        else:
            return True
        finally:
            db.session.remove()
    return False


def _lane(
    app: Flask, lane: str, stop: threading.Event, pause: float, keeper: LeaseKeeper, ended: list[str]
) -> None:
    """Work in one lane until `stop` is set."""
    share(keeper)
    try:
        while not stop.is_set():
            handled = _round(app, lane)
            if not handled:
                stop.wait(AWAY if handled is None else pause)
    except BaseException:
        ended.append(lane)
        raise
    finally:
        stop.set()  # one that ends takes the others with it: whoever watches the process starts it anew


def _round(app: Flask, lane: str) -> int | None:
    """Do one round of work in an application context, and so in a session, of its own; return the rows handled.

    None when the database does not answer: the rows stay, the lease runs out, and the lane goes on when it answers again.
    """
    with app.app_context():
        try:
            return work_once(lane=lane)
        except DBAPIError as error:
            if verdict(error) is not Verdict.BUSY:
                log.exception("a round of work failed")
                return 0
            log.warning("a round of work of the %s lane failed, the database did not answer: %s", lane, described(error))
            return None
        except Exception:
            log.exception("a round of work failed")
            return 0
        finally:
            give_up()
