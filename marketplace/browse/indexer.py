"""Keep the index equal to the database, through callables that the features provide.

Every step re-reads rows and puts or removes their documents, so doing it twice, late or in another order ends the
same. Only the worker (and `reindex`) use this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from typing import TypeVar

from marketplace.search import Changes, Document, SearchEngine

Change = tuple[str, int]  # kind, id
#: Returns the documents of those ids that should be findable; the others are removed from the index.
Loader = Callable[[list[int]], Mapping[int, Document]]
M = TypeVar("M")
T = TypeVar("T")

#: Rows loaded at a time.
BATCH = 500
#: Things that are brought up to date in one commit; an organisation may have a hundred thousand listings.
COMMIT = 2_000
#: Looks after writing to a shared index; more than one only while the same things change again and again.
LOOKS = 5


class Indexer:
    """Applies changes to an engine and rebuilds it from nothing."""

    def __init__(
        self,
        engine: SearchEngine,
        loaders: Mapping[str, Loader],
        all_ids: Mapping[str, Callable[[], Iterable[int]]],
        shared: bool = False,
        fingerprint: str = "",
    ) -> None:
        """Take, for each kind, its loader and a callable that lists the ids of all rows that may be findable.

        `shared` says that other processes write to the same index at the same time; `fingerprint` says from which
        declared fields the loaders make their documents.
        """
        self.engine, self._loaders, self._all_ids, self._shared = engine, loaders, all_ids, shared
        self.fingerprint = fingerprint

    def apply(self, changes: Iterable[Change]) -> None:
        """Bring the named things up to date in the index; kinds without a loader are ignored.

        Another worker may have read a thing later than we and written it earlier. So whoever writes to a shared index
        looks again afterwards, and the last one to write has the newest state.
        """
        for part in _batches(dict.fromkeys(changes), COMMIT):
            written = self.read(part)
            self._write(*written)
            for _ in range(LOOKS if self._shared else 0):
                now = self.read(part)
                if now == written:
                    break
                self._write([one for one in now[0] if one not in written[0]], [k for k in now[1] if k not in written[1]])
                written = now

    def _write(self, documents: Sequence[Document], gone: Sequence[Change]) -> None:
        self.engine.put(documents)
        for kind in sorted({kind for kind, _ in gone}):
            self.engine.remove(kind, [id_ for known, id_ in gone if known == kind])

    def rebuild(
        self,
        progress: Callable[[int, int], None] | None = None,
        changes_since: Callable[[M | None], tuple[Iterable[Change], M]] | None = None,
    ) -> int:
        """Index everything anew beside the old index, swap, and return the number of documents.

        `progress(done, total)` is called after each batch of rows. `changes_since(marker)` returns what was changed
        since `marker` and the next marker; with None it only returns the marker of now. It may report a change
        twice, and must not miss one that was committed before it is called.
        """
        replay = self._replay(changes_since) if changes_since is not None else None
        wanted = [(kind, list(ids())) for kind, ids in self._all_ids.items()]
        counter = count()
        documents = (document for document, _ in zip(self._stream(wanted, progress), counter, strict=False))
        self.engine.rebuild(documents, replay, self.fingerprint)
        return next(counter)

    def everything(self) -> Iterator[tuple[str, list[int]]]:
        """Yield each kind with the ids of all rows that may be findable."""
        for kind, ids in self._all_ids.items():
            yield kind, list(ids())

    def is_current(self) -> bool:
        """Whether the engine has a whole index, and one made from the fields that are declared now."""
        return self.engine.is_built() and self.engine.fingerprint() == self.fingerprint

    def _replay(self, changes_since: Callable[[M | None], tuple[Iterable[Change], M]]) -> Callable[[], Changes]:
        marker = changes_since(None)[1]

        def replay() -> Changes:
            nonlocal marker
            changes, marker = changes_since(marker)
            return self.read(changes)

        return replay

    def read(self, changes: Iterable[Change]) -> tuple[list[Document], list[Change]]:
        """Return the documents of the changed things, and those that should no longer be found."""
        documents: list[Document] = []
        gone: list[Change] = []
        named = dict.fromkeys(changes)
        for kind, loader in self._loaders.items():
            for batch in _batches(id_ for known, id_ in named if known == kind):
                found = loader(batch)
                documents.extend(found.values())
                gone.extend((kind, id_) for id_ in batch if id_ not in found)
        return documents, gone

    def _stream(
        self, wanted: list[tuple[str, list[int]]], progress: Callable[[int, int], None] | None
    ) -> Iterator[Document]:
        total = sum(len(ids) for _, ids in wanted)
        done = 0
        for kind, ids in wanted:
            for batch in _batches(ids):
                yield from self._loaders[kind](batch).values()
                done += len(batch)
                if progress is not None:
                    progress(done, total)


def _batches(things: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    iterator = iter(things)
    while batch := list(islice(iterator, size)):
        yield batch
