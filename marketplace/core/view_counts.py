"""Counting views without a write in the page's own request.

A page appends one short line to a spool file (one atomic append, no lock, no database); the worker's job adds the
lines up per day. A line lost with a crashed machine is a view not counted, never a page not shown.
"""

from __future__ import annotations

import os
import secrets
import time
from collections import Counter
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from flask import current_app
from sqlalchemy import Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import Big
from marketplace.core.extensions import Base, after_commit, db, insert_into
from marketplace.core.outbox import done_before
from marketplace.core.readings import each_time
from marketplace.values import clock

CONSUMER = "views"  # of the rows of the outbox that note which spool files are counted


class ViewCount(Base):
    """Views of one subject on one Vietnamese day."""

    __tablename__ = "view_count"
    __table_args__ = (Index("ix_view_count_day", "day"),)

    subject_kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject_id: Mapped[int] = mapped_column(Big, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]


def _spool() -> Path:
    folder: Path = current_app.extensions["settings"].data_dir / "spool"
    folder.mkdir(exist_ok=True)
    return folder


def note_view(kind: str, subject_id: int) -> None:
    """Remember one view of a page, and one more each time that what is made now is shown again."""
    each_time(partial(_note, kind, subject_id))


def _note(kind: str, subject_id: int) -> None:
    day = clock.local(clock.now()).date().isoformat()
    handle = os.open(_spool() / "views.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"{kind} {subject_id} {day}\n".encode())
    finally:
        os.close(handle)


def collect() -> None:
    """Add the spooled views to the table; called by the worker's job, which commits.

    A spool file is taken aside under a name of its own, counted once in whichever transaction commits, and deleted after
    that: whatever dies in between, no view is lost and none counts twice.
    """
    spool = _spool()
    source = spool / "views.log"
    if source.exists():
        source.rename(spool / f"views-{time.time_ns()}-{secrets.token_hex(3)}.taken")
    for taken in sorted(spool.glob("views*.taken")):
        if not done_before(CONSUMER, f"{CONSUMER}:{taken.name}"):
            _add(Counter(line for line in taken.read_text(encoding="ascii").splitlines() if line.count(" ") == 2))
        after_commit(partial(taken.unlink, missing_ok=True))


def _add(lines: Counter[str]) -> None:
    row = insert_into(ViewCount)
    row = row.on_conflict_do_update(
        index_elements=["subject_kind", "subject_id", "day"], set_={"count": ViewCount.count + row.excluded.count}
    )
    rows = []
    for line, count in sorted(lines.items()):
        kind, subject_id, day = line.split(" ")
        rows.append({
            "subject_kind": kind, "subject_id": int(subject_id), "day": date.fromisoformat(day), "count": count,
        })
    if rows:
        db.session.execute(row, rows)


def views(kind: str, ids: list[int], days: int = 90) -> dict[int, int]:
    """Return the views of subjects in the last `days` days, in one statement."""
    since = clock.local(clock.now()).date() - timedelta(days=days)
    rows = db.session.execute(
        select(ViewCount.subject_id, func.sum(ViewCount.count))
        .where(ViewCount.subject_kind == kind, ViewCount.subject_id.in_(ids), ViewCount.day > since)
        .group_by(ViewCount.subject_id)
    )
    return {subject_id: int(count) for subject_id, count in rows}
