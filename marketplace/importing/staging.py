"""An import in parts: what is new is written in short transactions where nobody sees it, and published by the last one.

A new thing and its version first stand as *deleted*, the state that every page, list and index leaves out, without an
event in their history; a row of `import_staged` says which states they are meant for. The last transaction sets those
states, records the events of all and closes the run: all or nothing, as one sees it. What a run left that was cancelled,
failed or killed is deleted again, part by part, before anything else is done with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import joinedload

from marketplace.authoring.kinds import Kind
from marketplace.core.bulk_events import BulkEvent, record_many
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_writing
from marketplace.importing.models import ImportRun, ImportStaged

HIDDEN = "deleted"
#: Things deleted in one transaction when an import is undone, and read at once when one is published.
AT_A_TIME = 500


class Ended(Exception):
    """The run is over meanwhile, because somebody cancelled it: nothing of it is to be imported any more."""


@dataclass
class Named:
    """A thing by kind and id: what stands in a kept event for the thing's row until the events are recorded."""

    subject_kind: str
    id: int


class Staging:
    """The parts of one run."""

    def __init__(self, run_id: int, kind: Kind) -> None:
        """Take the run and what it imports."""
        self._run_id, self._kind = run_id, kind
        self._entries: list[BulkEvent] = []

    @contextmanager
    def part(self) -> Iterator[None]:
        """Do what stands in the block in a transaction of its own, during which nobody ends the run.

        Raises Ended when somebody has ended it, LeaseLost when another worker has taken it over.
        """
        self.begin_last()
        yield
        db.session.commit()

    def store(self, drafts: Sequence[Any], ledger: Sequence[BulkEvent]) -> None:
        """Hide new drafts and their things until `publish`, and keep the events that are to be recorded then."""
        db.session.flush()
        rows = []
        for draft in drafts:
            thing = self._kind.thing_of(draft)
            rows.append({"run_id": self._run_id, "thing_id": thing.id, "revision_id": draft.id,
                         "thing_state": thing.state, "revision_state": draft.state})
        for table, ids in ((self._kind.thing, "thing_id"), (self._kind.revision, "revision_id")):
            hidden = update(table).where(table.id.in_([row[ids] for row in rows])).values(state=HIDDEN)
            db.session.execute(hidden.execution_options(synchronize_session=False))
        if rows:
            db.session.execute(insert(ImportStaged), rows)
        self._entries += [
            replace(one, subject=Named(one.subject.subject_kind, one.subject.id)) for one in ledger
        ]

    def begin_last(self) -> None:
        """Begin the last transaction; it is held, and raises, like a part."""
        begin_writing()
        rows = select(ImportRun.state).where(ImportRun.id == self._run_id)
        if db.session.scalar(rows.with_for_update()) != "running":
            raise Ended

    def publish(self) -> None:
        """Let everything that was kept be seen, and record its events; the caller commits."""
        for table, ids, meant in (
            (self._kind.revision, ImportStaged.revision_id, ImportStaged.revision_state),
            (self._kind.thing, ImportStaged.thing_id, ImportStaged.thing_state),
        ):
            mine = ImportStaged.run_id == self._run_id
            for state in db.session.scalars(select(meant).where(mine).distinct()).all():
                shown = update(table).where(table.id.in_(select(ids).where(mine, meant == state))).values(state=state)
                db.session.execute(shown.execution_options(synchronize_session=False))
        self._record()
        db.session.execute(delete(ImportStaged).where(ImportStaged.run_id == self._run_id))

    def _record(self) -> None:
        """Record the kept events, some things at a time, with the rows of the things as they are seen from now on."""
        of: dict[int, list[BulkEvent]] = {}
        for entry in self._entries:
            of.setdefault(int(entry.subject.id), []).append(entry)
        ids, thing = list(of), self._kind.thing
        for start in range(0, len(ids), AT_A_TIME):
            some = ids[start : start + AT_A_TIME]
            rows = select(thing).where(thing.id.in_(some)).options(
                joinedload(thing.organisation), joinedload(thing.published_revision)
            )
            found = {row.id: row for row in db.session.scalars(rows.execution_options(populate_existing=True))}
            record_many([replace(entry, subject=found[one]) for one in some for entry in of[one]])


def undo(run_id: int, kind: Kind) -> None:
    """Delete what a run has staged, in short transactions; killed in between, it goes on the next time."""
    staged = select(ImportStaged.thing_id, ImportStaged.revision_id).where(ImportStaged.run_id == run_id).limit(AT_A_TIME)
    while True:
        begin_writing()
        rows = db.session.execute(staged).all()
        if not rows:
            return
        things, revisions = [row.thing_id for row in rows], [row.revision_id for row in rows]
        unlink = update(kind.thing).where(kind.thing.id.in_(things)).values(published_revision_id=None)
        db.session.execute(unlink.execution_options(synchronize_session=False))
        for gone in (
            delete(kind.revision).where(kind.revision.id.in_(revisions)),
            delete(kind.thing).where(kind.thing.id.in_(things)),
        ):
            # The session forgets them too: SQLite gives their ids to the rows that come next.
            db.session.execute(gone.execution_options(synchronize_session="fetch"))
        staged_rows = delete(ImportStaged).where(ImportStaged.run_id == run_id, ImportStaged.thing_id.in_(things))
        db.session.execute(staged_rows.execution_options(synchronize_session=False))
        db.session.commit()
