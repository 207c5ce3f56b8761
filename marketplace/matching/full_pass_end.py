"""The end of a full pass: all lists are numbered, and what the pass has not written again is dropped; some at a time.

Where it stands is kept in memory only: begun again by another process, it does again what changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from marketplace.core.extensions import db
from marketplace.core.long_work import begin_writing
from marketplace.matching.models import Match, MatchRun
from marketplace.matching.store import drop, rank
from marketplace.values import clock

#: Rows dropped, and lists numbered, in one transaction.
ROWS, LISTS = 1000, 200
_WHERE: dict[int, tuple[int, int]] = {}  # pass → stage and the last id of it that is done


@dataclass(frozen=True)
class PassPosition:
    """Where a pass stands: the pass, what it began with, and its last listing."""

    id: int
    weights: Mapping[str, int]
    started_at: datetime
    last: int


def state(run_id: int) -> PassPosition | None:
    """Return where a pass stands, None when it has ended."""
    run = db.session.get(MatchRun, run_id, populate_existing=True)
    if run is None or run.finished_at is not None:
        return None
    return PassPosition(run.id, run.weights, run.started_at, run.last_listing_id)


def locked_run(at: PassPosition) -> MatchRun | None:
    """Return a pass that still stands there, held until the end of the transaction."""
    run = db.session.get(MatchRun, at.id, with_for_update=True, populate_existing=True)
    return run if run and run.finished_at is None and run.last_listing_id == at.last else None


def has_begun(at: PassPosition) -> bool:
    """Return whether this process is at the end of a pass. What is published from then on is matched by its own event."""
    return at.id in _WHERE


def step(at: PassPosition, needs: Collection[int]) -> bool:
    """Do the next part of the end of a pass; True when the pass has ended."""
    stages = _stages(at, needs)
    stage, after = _WHERE.get(at.id, (0, 0))
    ids, work = stages[stage][0](after), stages[stage][1]
    begin_writing()
    run = locked_run(at)
    if run is None:
        db.session.rollback()
        return False
    if ids:
        work(ids)
        _WHERE[at.id] = stage, ids[-1]
    elif stage + 1 < len(stages):
        _WHERE[at.id] = stage + 1, 0
    else:
        run.finished_at = clock.now()
        _WHERE.clear()
    ended = run.finished_at is not None
    db.session.commit()
    return ended


Find = Callable[[int], Sequence[int]]
Work = Callable[[Sequence[int]], None]


def _stages(at: PassPosition, needs: Collection[int]) -> list[tuple[Find, Work]]:
    """What is found after an id, and what is done with it: each can be done again."""
    old = Match.computed_at < at.started_at
    nowhere = Match.need_rank.is_(None) & Match.listing_rank.is_(None)
    return [
        (lambda after: _rows(old, after), lambda ids: drop(Match.id.in_(ids), old)),
        (_listings, lambda ids: rank("listing", ids)),
        (lambda after: sorted(one for one in needs if one > after)[:LISTS], lambda ids: rank("need", ids)),
        (lambda after: _rows(nowhere, after), lambda ids: drop(Match.id.in_(ids), nowhere)),
    ]


def _rows(which: ColumnElement[bool], after: int) -> Sequence[int]:
    return db.session.scalars(select(Match.id).where(which, Match.id > after).order_by(Match.id).limit(ROWS)).all()


def _listings(after: int) -> Sequence[int]:
    rows = select(Match.listing_id).where(Match.listing_id > after).distinct()
    return db.session.scalars(rows.order_by(Match.listing_id).limit(LISTS)).all()
