"""The moment of an event: the present one, but never before what is sealed already, whatever the clock is set to.

A clock that is set back must not put events into a past that was signed. What is sealed a feature says (`history`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, null

from marketplace.core.extensions import db
from marketplace.values import clock

_floors: list[ColumnElement[Any]] = []


def register_floor(moment: ColumnElement[Any]) -> None:
    """Name the scalar subquery that gives the moment before which no event may be dated any more, or NULL."""
    _floors[:] = [moment]


def floor() -> ColumnElement[Any]:
    """Return that subquery, to be a column of a statement that is needed anyway."""
    return _floors[0] if _floors else null()


def read_floor() -> datetime | None:
    """Read it by itself."""
    found: datetime | None = db.session.scalar(db.select(floor())) if _floors else None
    return found


def moment_after(earliest: datetime | None) -> datetime:
    """Return the moment of an event that happens now."""
    return max(clock.now(), earliest) if earliest else clock.now()
