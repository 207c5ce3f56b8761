"""Counting views without a write in the page's own request.

A page appends one short line to a spool file (one atomic append, no lock, no database); the worker's job adds the
lines up per day. A line lost with a crashed machine is a view not counted, never a page not shown.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import Big
from marketplace.core.extensions import Base, db
from marketplace.values import clock


class ViewCount(Base):
    """Views of one subject on one Vietnamese day."""

    __tablename__ = "view_count"

    subject_kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject_id: Mapped[int] = mapped_column(Big, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]


def _spool() -> Path:
    folder: Path = current_app.extensions["settings"].data_dir / "spool"
    folder.mkdir(exist_ok=True)
    return folder


def note_view(kind: str, subject_id: int) -> None:
    """Remember one view of a page."""
    day = clock.local(clock.now()).date().isoformat()
    handle = os.open(_spool() / "views.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"{kind} {subject_id} {day}\n".encode())
    finally:
        os.close(handle)


def collect() -> None:
    """Add the spooled views to the table; called by the worker's job, which commits."""
    source = _spool() / "views.log"
    taken = _spool() / "views.taken"
    if not taken.exists():
        if not source.exists():
            return
        source.rename(taken)  # a crash after this leaves `taken`, which the next run counts
    lines = Counter(line for line in taken.read_text(encoding="ascii").splitlines() if line.count(" ") == 2)
    for line, count in lines.items():
        kind, subject_id, day = line.split(" ")
        key = (kind, int(subject_id), date.fromisoformat(day))
        row = db.session.get(ViewCount, key)
        if row is None:
            db.session.add(ViewCount(subject_kind=key[0], subject_id=key[1], day=key[2], count=count))
        else:
            row.count += count
    db.session.flush()
    taken.unlink()


def views(kind: str, ids: list[int], days: int = 90) -> dict[int, int]:
    """Return the views of subjects in the last `days` days, in one statement."""
    since = clock.local(clock.now()).date() - timedelta(days=days)
    rows = db.session.execute(
        select(ViewCount.subject_id, func.sum(ViewCount.count))
        .where(ViewCount.subject_kind == kind, ViewCount.subject_id.in_(ids), ViewCount.day > since)
        .group_by(ViewCount.subject_id)
    )
    return {subject_id: int(count) for subject_id, count in rows}
