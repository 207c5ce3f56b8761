"""The embedded engine: Whoosh keeps the index on disk, arrays answer the queries.

Only one process writes at a time (the worker; a lock makes others wait). Any number of threads and processes read:
they share immutable snapshots and look for a newer one at most once a second.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Lock

import numpy as np

from marketplace.core.errors import NotBuilt
from marketplace.search import Changes, Document, Page, Query, Spread
from marketplace.search.analysis import bigram
from marketplace.search.parser import parse
from marketplace.search.spelling import correct
from marketplace.search.thesaurus import Thesaurus, default_thesaurus
from marketplace.search.whoosh_holdings import WhooshHoldings
from marketplace.search.whoosh_page import page_of
from marketplace.search.whoosh_query import matched
from marketplace.search.whoosh_reader import Segment, Snapshot
from marketplace.search.whoosh_schema import SEPARATOR, kind_number
from marketplace.search.whoosh_store import Store
from marketplace.search.whoosh_view import View, view_of

log = logging.getLogger(__name__)
#: Seconds between two looks for a newer index, and how often one look tries while files come and go.
REFRESH, ATTEMPTS = 1.0, 10
#: Written forms of a word that are compared when a correction is shown.
SURFACE_LIMIT = 50


class WhooshEngine:
    """Search in local files; see `Store` for their layout."""

    def __init__(self, folder: Path, thesaurus: Thesaurus | None = None, refresh: float = REFRESH) -> None:
        self._store = Store(folder)
        self._thesaurus = thesaurus or default_thesaurus()
        self._refresh = refresh
        self._process, self._tried = os.getpid(), False
        self._forget()

    def put(self, documents: Iterable[Document]) -> None:
        """Add or replace documents in one commit; batch them, a commit costs tens of milliseconds."""
        self._store.put(documents)
        self._looked = float("-inf")

    def remove(self, kind: str, ids: Iterable[int]) -> None:
        """Take documents out in one commit."""
        self._store.remove((kind, id_) for id_ in ids)
        self._looked = float("-inf")

    def rebuild(
        self, documents: Iterable[Document], replay: Callable[[], Changes] | None = None, fingerprint: str = ""
    ) -> None:
        """Write a new generation beside the current one and swap."""
        self._store.rebuild(documents, replay, fingerprint)
        self._looked = float("-inf")

    def query(self, query: Query) -> Page:
        """Answer one query."""
        snapshot = self.snapshot()
        plan = parse(query.text, self._thesaurus, query.boosts)
        return page_of(snapshot, plan, query, matched(snapshot, plan, view_of(snapshot, query.kinds, query.audience)))

    def spread(self, terms: Iterable[str], kinds: Sequence[str], audience: Sequence[str]) -> Spread:
        """Count the visible documents that hold each word or pair; reads one posting list per term."""
        snapshot = self.snapshot()
        view = view_of(snapshot, kinds, audience)
        words = _Vocabulary(snapshot, view)
        return Spread(view.total, {term: words.having(term) for term in terms})

    def holdings(self, kind: str) -> WhooshHoldings:
        """Return which documents of a kind hold what (`percolation`)."""
        return WhooshHoldings(self.snapshot(), kind)

    def suggest_spelling(self, text: str, audience: Sequence[str], kinds: Sequence[str]) -> str | None:
        """Return a corrected text that finds something for this audience, None when the text itself does."""
        if self._finds(text, audience, kinds):
            return None
        snapshot = self.snapshot()
        corrected = correct(text, _Vocabulary(snapshot, view_of(snapshot, kinds, audience)))
        if corrected is None:
            return None
        return corrected if self._finds(corrected, audience, kinds) else None

    def _finds(self, text: str, audience: Sequence[str], kinds: Sequence[str]) -> bool:
        return self.query(Query(text, tuple(kinds), tuple(audience), limit=1)).total > 0

    def is_built(self) -> bool:
        """Whether there is a whole index of the present format."""
        generation = self._store.current()
        return generation is not None and self._store.readable(generation)

    def fingerprint(self) -> str:
        """Return from which declared fields the current generation was made."""
        return self._store.fingerprint()

    def ids(self, kind: str) -> set[int]:
        """Return all ids of a kind, as of now."""
        self._looked = float("-inf")
        snapshot = self.snapshot()
        numbers = snapshot.numbers(kind_number(kind))
        return {int(number) for number in numbers[snapshot.alive & ~np.isnan(numbers)]}

    def snapshot(self) -> Snapshot:
        """Return the newest snapshot, at most `refresh` seconds old; raises NotBuilt when there is no whole index."""
        if self._process != os.getpid():
            self._forget()
        if self._due() and self._lock.acquire(blocking=not self._tried):
            try:
                if self._due():  # another thread may have looked while this one waited
                    self._looked = time.monotonic()
                    self._look()
                    self._tried = True
            finally:
                self._lock.release()
        snapshot = self._snapshot
        if snapshot is None:
            raise NotBuilt
        return snapshot

    def _due(self) -> bool:
        return time.monotonic() - self._looked >= self._refresh

    def _forget(self) -> None:
        """Start anew in a forked process: it shares the parent's files, whose read position is one for both."""
        self._lock = Lock()
        self._snapshot: Snapshot | None = None
        self._segments: dict[tuple[Path, str], Segment] = {}
        self._state: object = None  # what the snapshot was made from
        self._looked = float("-inf")
        self._process, self._tried = os.getpid(), False

    def _look(self) -> None:
        """Replace the snapshot when the files have changed; without a whole index there is none."""
        for _ in range(ATTEMPTS):
            generation = self._store.current()
            if generation is None:
                break
            try:
                self._read(generation)
            except FileNotFoundError:  # a commit or a swap has just removed a file: look again
                time.sleep(0.02)
            except Exception as error:  # what unpickling a torn file raises is anything
                log.warning("the search index in %s cannot be read: %r", generation, error)
                break
            else:
                return
        self._snapshot, self._segments, self._state = None, {}, None

    def _read(self, generation: Path) -> None:
        storage, toc = self._store.toc(generation)
        state = (generation, toc.generation)
        if state == self._state:
            return
        segments = {(generation, s.segment_id()): self._open(generation, storage, s) for s in toc.segments}
        deleted = [set(segment.deleted_docs()) for segment in toc.segments]
        self._snapshot = Snapshot(list(segments.values()), deleted)
        self._segments, self._state = segments, state

    def _open(self, generation: Path, storage: object, segment: object) -> Segment:
        known = self._segments.get((generation, segment.segment_id()))  # type: ignore[attr-defined]  # Whoosh is untyped
        return known or Segment(storage, segment)


class _Vocabulary:
    """The words of the documents in a view."""

    def __init__(self, snapshot: Snapshot, view: View) -> None:
        self._snapshot, self._view = snapshot, view

    def word(self, term: str) -> int:
        """Return how many visible documents hold the term."""
        return self._count("single", term)

    def pair(self, left: str, right: str) -> int:
        """Return how many visible documents hold the pair."""
        return self._count("pair", bigram(left, right))

    def having(self, term: str) -> int:
        """Return how many visible documents hold a word, or a pair written with a space."""
        return self._count("pair" if " " in term else "single", term)

    def surface(self, folded: str) -> str | None:
        """Return the commonest written form in visible short texts, the first in order among equals."""
        terms = self._snapshot.terms("surface", folded + SEPARATOR, SURFACE_LIMIT)
        counted = [(-self._count("surface", term), term.partition(SEPARATOR)[2]) for term in terms]
        seen = [pair for pair in counted if pair[0]]
        return min(seen)[1] if seen else None

    def _count(self, field: str, term: str) -> int:
        return self._view.having((field, term, False), self._snapshot.postings(field, term))
