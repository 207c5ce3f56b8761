"""The embedded engine: Whoosh keeps the index, arrays answer the queries.

Only one process writes at a time (the worker; a lock makes others wait). Any number of threads and processes read:
they share immutable snapshots and look for a newer one at most once a second.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Sequence
from threading import Lock

import numpy as np

from marketplace.core.errors import NotBuilt
from marketplace.search import Page, Query, Spread
from marketplace.search.engines.whoosh.commit import data_of
from marketplace.search.engines.whoosh.inverter import SEPARATOR
from marketplace.search.engines.whoosh.page import page_of
from marketplace.search.engines.whoosh.snapshot import Segment, Snapshot
from marketplace.search.engines.whoosh.store import Generation, Store
from marketplace.search.query.parser import parse
from marketplace.search.ranking.rule import term_named
from marketplace.search.ranking.scorer import Reader
from marketplace.search.text.thesaurus import Thesaurus, default_thesaurus

log = logging.getLogger(__name__)
#: Seconds between two looks for a newer index, and how often one look tries while files come and go.
REFRESH, ATTEMPTS = 1.0, 10
#: Written forms of a word that are compared when a correction is shown.
SURFACE_LIMIT = 50


class WhooshEngine:
    """Search in local files, or in memory; see `Store` for their layout."""

    _process: int
    _tried: bool

    def __init__(self, store: Store, thesaurus: Thesaurus | None = None, refresh: float = REFRESH) -> None:
        self._store = store
        self._thesaurus = thesaurus or default_thesaurus()
        self._refresh = refresh
        self.put, self.remove, self.rebuild, self.fingerprint = store.put, store.remove, store.rebuild, store.fingerprint
        self._forget()

    def query(self, query: Query) -> Page:
        """Answer one query."""
        snapshot = self.snapshot()
        plan = parse(query.text, self._thesaurus, query.boosts)
        return page_of(snapshot, plan, query, snapshot.view(query.kinds, query.audience))

    def spread(self, terms: Iterable[str], kinds: Sequence[str], audience: Sequence[str]) -> Spread:
        """Count the visible documents that hold each word, pair or beginning; reads one posting list per term."""
        snapshot = self.snapshot()
        view, reader = snapshot.view(kinds, audience), Reader(snapshot)
        wanted = {name: term_named(name) for name in terms}
        return Spread(view.total, {name: view.having(term, reader.list(term)) for name, term in wanted.items()})

    def written(self, forms: Iterable[str], kinds: Sequence[str], audience: Sequence[str]) -> dict[str, dict[str, int]]:
        """Return how folded words and pairs are written in visible short texts, and in how many."""
        snapshot = self.snapshot()
        mask, found = snapshot.view(kinds, audience).mask, {}
        for form in forms:
            terms = snapshot.terms("surface", form + SEPARATOR, SURFACE_LIMIT)
            seen = {term: int(mask[snapshot.postings("surface", term).docs].sum()) for term in terms}
            found[form] = {term.partition(SEPARATOR)[2]: count for term, count in seen.items() if count}
        return found

    def tokens(self, kind: str) -> set[str]:
        """Return all audience tokens that any document carries."""
        snapshot = self.snapshot()
        return {*snapshot.terms("audience", "", snapshot.count * 8 + 1)}

    def is_built(self) -> bool:
        """Whether there is a whole index of the present format."""
        generation = self._store.current()
        return generation is not None and generation.readable()

    def ids(self, kind: str) -> set[int]:
        """Return all ids of a kind, as of now."""
        self._looked = float("-inf")
        snapshot = self.snapshot()
        ids = snapshot.ids((kind,))[1]
        return {*ids[snapshot.alive & ~np.isnan(ids)].astype(int).tolist()}

    def version(self) -> object:
        """Return which generation and which of its commits answers now."""
        self.snapshot()
        return self._state

    def snapshot(self) -> Snapshot:
        """Return the newest snapshot, at most `refresh` seconds old; raises NotBuilt when there is no whole index."""
        if self._process != os.getpid():
            self._forget()
        if self._due() and self._lock.acquire(blocking=not self._tried):
            try:
                if self._due():  # another thread may have looked while this one waited
                    self._looked, self._writes = time.monotonic(), self._store.writes
                    self._reload()
                    self._tried = True
            finally:
                self._lock.release()
        snapshot = self._snapshot
        if snapshot is None:
            raise NotBuilt
        return snapshot

    def _due(self) -> bool:
        return time.monotonic() - self._looked >= self._refresh or self._writes != self._store.writes

    def _forget(self) -> None:
        """Start anew, also in a forked process: a lock that another thread of the parent held would stay shut."""
        self._lock = Lock()
        self._snapshot: Snapshot | None = None
        self._segments: dict[tuple[str, str], Segment] = {}
        self._state: object = None  # what the snapshot was made from
        self._looked, self._writes = float("-inf"), 0
        self._process, self._tried = os.getpid(), False  # whether anybody has looked yet

    def _reload(self) -> None:
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

    def _read(self, generation: Generation) -> None:
        toc = generation.contents()
        if self._state == (generation.name, toc.generation):
            return
        segments = {}
        for one in toc.segments:
            key = generation.name, one.segment_id()
            segments[key] = self._segments.get(key) or Segment(data_of(generation.storage, one), one.doc_count_all())
        self._snapshot = Snapshot(list(segments.values()), [set(one.deleted_docs()) for one in toc.segments])
        self._segments, self._state = segments, (generation.name, toc.generation)
