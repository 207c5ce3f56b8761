"""Keeping the vectors in step: what changed is marked at once, and embedded little by little behind everything else.

Marking follows the outbox: texts are read without a lock, and the marks written shortly after. Embedding takes half a
second a text, holds no transaction meanwhile, and goes on where it stopped. A slow round through everything finds what
was missed while SEMANTIC was off.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from flask import current_app
from sqlalchemy import func, select, update

from marketplace.browse.indexer import Change, Indexer
from marketplace.browse.indexing import wants, with_dependents
from marketplace.core.events import Event, Outbox
from marketplace.core.extensions import db, write_intent
from marketplace.core.long_work import begin_reading, begin_writing, chain_lengths, changed_since
from marketplace.search.semantic.similarity import Embedder, fingerprint, language_of, text_of
from marketplace.semantic.models import Embedding
from marketplace.values import clock

#: Seconds of embedding in one run of the job, so that mail and index never wait long.
BUDGET = 2.0
#: Texts read at a time, and things looked at in one step of the round through everything.
BATCH, ROUND = 16, 200
#: When everything is looked through again, and how often the job looks when nothing is to do.
EVERY, IDLE = timedelta(days=1), timedelta(seconds=15)


@dataclass(frozen=True)
class Marked:
    """What was read of a thing's text: its fingerprint, its language and who may read it."""

    fingerprint: str
    vietnamese: bool
    readers: list[str]


class Filler:
    """Marks and embeds with one model."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._round: Iterator[list[Change]] | None = None
        self._next_round: datetime | None = None
        self._more = True

    def handle(self, rows: Sequence[Outbox]) -> None:
        """Mark what the claimed events touched; the outbox's consumer."""
        ids = [row.event_id for row in rows]
        begin_reading()
        found = db.session.execute(select(Event.subject_kind, Event.subject_id).where(Event.id.in_(ids)).distinct())
        self.mark((kind, id_) for kind, id_ in found)

    def mark(self, changes: Iterable[Change]) -> None:
        """Note the text and the readers of things, and of what depends on them, as they are now; the caller commits.

        They are read without a lock. What has changed by the time of writing is left out, with what depends on it: the
        event of that change marks it.
        """
        begin_reading()
        subjects = list(dict.fromkeys(changes))
        before = chain_lengths(subjects)
        wanted = with_dependents(subjects)
        before |= chain_lengths(set(wanted).difference(subjects))
        documents, gone = _indexer().read(wanted)
        found = {(one.kind, one.id): self._marked(text_of(one), one.audience) for one in documents}
        begin_writing()
        changed = set(with_dependents(changed_since(before, {*subjects, *wanted}, wants)))
        self._write({key: one for key, one in found.items() if key not in changed}, set(gone) - changed)

    def _marked(self, text: str, audience: Iterable[str]) -> Marked:
        return Marked(fingerprint(self._embedder.name, text), language_of(text) == "vi", sorted(set(audience)))

    def _write(self, found: dict[Change, Marked], gone: set[Change]) -> None:
        known = _rows([*found, *gone])
        for key, one in found.items():
            row = known.get(key)
            if row is None:
                row = Embedding(kind=key[0], thing_id=key[1], model="", fingerprint="", audience=[])
                db.session.add(row)
            self._note(row, one)
        for key in gone:
            if key in known and known[key].fingerprint:
                row = known[key]
                row.fingerprint, row.audience, row.vector, row.due = "", [], None, False
                row.changed_at = clock.now()
        db.session.flush()

    def _note(self, row: Embedding, marked: Marked) -> None:
        if row.fingerprint != marked.fingerprint:
            row.model, row.fingerprint, row.due = self._embedder.name, marked.fingerprint, True
            row.vietnamese = marked.vietnamese
        elif row.audience == marked.readers:
            return
        row.audience, row.changed_at = marked.readers, clock.now()

    def embed(self, seconds: float) -> int:
        """Embed what is due, newest things first, for about so long but one at least; return how many.

        Commits after each batch, so that a killed worker goes on where it stopped.
        """
        end, count = time.monotonic() + seconds, 0
        while due := self._due():
            done = []
            for key, (mark, text) in due.items():
                done.append((key, mark, self._embedder.passage(text) if text else None))
                if time.monotonic() >= end:
                    break
            self._store(done)
            count += len(done)
            if time.monotonic() >= end:
                break
        return count

    def _due(self) -> dict[Change, tuple[str, str]]:
        """Return fingerprints and texts of things that are due; ends the transaction."""
        write_intent.set(False)
        rows = db.session.execute(
            select(Embedding.kind, Embedding.thing_id, Embedding.fingerprint)
            .where(Embedding.due, Embedding.model == self._embedder.name)
            .order_by(Embedding.thing_id.desc(), Embedding.kind)
            .limit(BATCH)
        ).all()
        documents, _ = _indexer().read((kind, id_) for kind, id_, _ in rows)
        texts = {(one.kind, one.id): text_of(one) for one in documents}
        db.session.rollback()
        return {(kind, id_): (mark, texts.get((kind, id_), "")) for kind, id_, mark in rows}

    def _store(self, done: Iterable[tuple[Change, str, np.ndarray | None]]) -> None:
        """Store vectors in a short transaction; one whose text has changed meanwhile stays due.

        Raises LeaseLost when another worker has taken over the job.
        """
        begin_writing()
        for (kind, id_), mark, vector in done:
            found = {} if vector is None else {"vector": vector.astype("<f2").tobytes()}
            same = (Embedding.kind == kind, Embedding.thing_id == id_, Embedding.fingerprint == mark)
            db.session.execute(update(Embedding).where(*same).values(due=False, changed_at=clock.now(), **found))
        db.session.commit()

    def look_round(self) -> bool:
        """Look at the next things of the round through everything; False when the round is over."""
        begin_reading()
        if self._round is None:
            if self._next_round is not None and clock.now() < self._next_round:
                return False
            self._round = _everything()
        some = next(self._round, None)
        if some is None:
            self._round, self._next_round = None, clock.now() + EVERY
            return False
        self.mark(some)
        db.session.commit()
        return True

    def run(self) -> None:
        """Do a little, as a recurring job: a step of the round, then embedding."""
        db.session.rollback()  # a job begins in a transaction that may write; nobody else could meanwhile
        try:
            more = self.look_round()
            self._more = self.embed(BUDGET) > 0 or more
        finally:
            db.session.rollback()
            write_intent.set(True)

    def next_run(self, moment: datetime) -> datetime:
        """Go on at once while there is work."""
        return moment if self._more else moment + IDLE


def progress() -> tuple[int, int]:
    """Return how many texts are embedded, and how many there are."""
    counts = select(func.count()).select_from(Embedding).where(Embedding.fingerprint != "")
    total = db.session.scalar(counts) or 0
    return total - (db.session.scalar(counts.where(Embedding.due)) or 0), total


def _indexer() -> Indexer:
    indexer: Indexer = current_app.extensions["indexer"]
    return indexer


def _rows(wanted: Sequence[Change]) -> dict[Change, Embedding]:
    found: dict[Change, Embedding] = {}
    for kind in sorted({kind for kind, _ in wanted}):
        ids = [id_ for known, id_ in wanted if known == kind]
        rows = db.session.scalars(select(Embedding).where(Embedding.kind == kind, Embedding.thing_id.in_(ids)))
        found |= {(kind, row.thing_id): row for row in rows}
    return found


def _everything() -> Iterator[list[Change]]:
    """Yield all things that may be found, and all that have a row, a batch at a time."""
    for kind, ids in _indexer().everything():
        rows = db.session.scalars(select(Embedding.thing_id).where(Embedding.kind == kind, Embedding.fingerprint != ""))
        every = sorted({*ids, *rows}, reverse=True)
        for start in range(0, len(every), ROUND):
            yield [(kind, id_) for id_ in every[start : start + ROUND]]
