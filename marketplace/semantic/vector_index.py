"""The vectors of the database in memory, for comparing; looked up again when they are asked for, at most twice a
minute. What is in memory may be older than the truth: the search engine has the last word on every hit."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Lock

import numpy as np
from sqlalchemy import select

from marketplace.core.extensions import db
from marketplace.core.readings import apart
from marketplace.search.semantic.similarity import Vector
from marketplace.search.semantic.vectors import DocumentVector, VectorSet
from marketplace.semantic.models import Embedding

#: Seconds between two looks for changes.
REFRESH = 30.0
#: How long a transaction may take from stamping its rows to committing them.
OVERLAP = timedelta(minutes=1)
_COLUMNS = (
    Embedding.kind, Embedding.thing_id, Embedding.audience, Embedding.vietnamese, Embedding.vector, Embedding.changed_at,
)  # fmt: skip


class StoredNeighbours:
    """Vectors of one model; every process has its own copy: 1.5 kB a document."""

    def __init__(self, model: str, refresh: float = REFRESH) -> None:
        self._model, self._refresh = model, refresh
        self._lock = Lock()
        self._looked = float("-inf")
        self._vectors = VectorSet()
        self._changes = 0
        self._recent: dict[tuple[str, int], datetime] = {}  # what was read within the overlap, and as of when

    def version(self) -> object:
        """How often the vectors in memory have changed."""
        self._current()
        return self._changes

    def vietnamese(self, kind: str, audience: Sequence[str]) -> bool:
        """Whether most of the documents that this audience may see are Vietnamese."""
        return self._current().vietnamese(kind, audience)

    def near(self, question: Vector, kind: str, audience: Sequence[str]) -> tuple[int, ...]:
        """Return the ids that stand out as near among what this audience may see, best first."""
        return self._current().near(question, kind, audience)

    def _current(self) -> VectorSet:
        first = self._looked == float("-inf")
        if time.monotonic() - self._looked >= self._refresh and self._lock.acquire(blocking=first):
            try:
                if time.monotonic() - self._looked >= self._refresh:
                    with apart():
                        self._reload()
                    self._looked = time.monotonic()
            finally:
                self._lock.release()
        return self._vectors

    def _reload(self) -> None:
        rows = select(*_COLUMNS).where(Embedding.model == self._model).order_by(Embedding.thing_id)
        newest = max(self._recent.values(), default=None)
        if newest is not None:
            rows = rows.where(Embedding.changed_at >= newest - OVERLAP)
        found = [row for row in db.session.execute(rows) if self._recent.get((row[0], row[1])) != row[5]]
        if not found:
            return
        meanings = [
            DocumentVector(kind, id_, tuple(audience), vietnamese, np.frombuffer(vector, "<f2").astype(np.float32))
            for kind, id_, audience, vietnamese, vector, _ in found
            if vector and audience
        ]
        gone = [(row[0], row[1]) for row in found if not (row[4] and row[2])]
        self._vectors = self._vectors.changed(meanings, gone)
        self._changes += 1
        self._recent |= {(row[0], row[1]): row[5] for row in found}
        limit = max(self._recent.values()) - OVERLAP
        self._recent = {key: at for key, at in self._recent.items() if at >= limit}
