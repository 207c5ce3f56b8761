"""Where the embedded engine keeps its index: generations of a Whoosh index, one of which is current.

    folder/CURRENT-N          the name of the current generation of format N, replaced atomically by a rebuild at its end
    folder/gen-TIME-FIELDS/   one Whoosh index, and the fingerprint of the declared fields its documents were made from
    folder/write.lock         held while the current generation is written or swapped
    folder/rebuild.lock       held while a new generation is being built

Locks are the kernel's (flock), so they vanish with a killed process. Only a rebuild makes a generation, and only a
whole one becomes current; one that never did is litter, removed by the next rebuild.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import TOC, EmptyIndexError

from marketplace.core.errors import NotBuilt
from marketplace.search import Changes, Document
from marketplace.search.engines.whoosh import commit
from marketplace.search.engines.whoosh.segment_file import ListReader

GENERATION = "gen-"
#: Raised when the analysis or the layout changes: an older index then counts as absent, and is built anew.
FORMAT = 7
POINTER = f"CURRENT-{FORMAT}"
#: Seconds that a generation stays after the swap, for readers that are just opening it.
GRACE = 60.0
#: Documents, and characters of their texts, per commit of a rebuild: what is held in memory at a time.
REBUILD_BATCH, REBUILD_CHARACTERS = 5_000, 10_000_000


@dataclass(frozen=True, slots=True)
class Generation:
    """One Whoosh index."""

    name: str
    storage: Any = field(compare=False)

    def contents(self) -> Any:
        """Return the table of contents; retries while a writer replaces it."""
        for _ in range(19):
            try:
                return commit.contents(self.storage)
            except (OSError, NameError, EmptyIndexError):  # NameError is Whoosh's for a file of its memory
                time.sleep(0.01)
        return commit.contents(self.storage)

    def readable(self) -> bool:
        """Whether its table of contents and files are whole; a power failure can tear them."""
        try:
            for segment in self.contents().segments:
                ListReader(commit.data_of(self.storage, segment))
        except Exception:  # what unpickling a torn file raises is anything
            return False
        return True


class Store:
    """Writing to a folder, and finding what to read in it."""

    writes = 0  # of this process: a reader looks at once after one

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Generation | None:
        """Return the current generation, None before the first rebuild and when it is lost."""
        try:
            name = (self.folder / POINTER).read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
        there = name.startswith(GENERATION) and (self.folder / name).is_dir()
        return Generation(name, FileStorage(str(self.folder / name))) if there else None

    def put(self, documents: Iterable[Document]) -> None:
        """Add or replace documents in one commit, which costs tens of milliseconds; raises NotBuilt without an index."""
        self._change((list(documents), ()))

    def remove(self, kind: str, ids: Iterable[int]) -> None:
        """Take documents out in one commit; raises NotBuilt without an index."""
        self._change(((), [(kind, id_) for id_ in ids]))

    def _change(self, changes: Changes) -> None:
        with self._locked("write.lock"):
            generation = self.current()
            if generation is None or not generation.readable():
                raise NotBuilt
            _apply(generation, changes)
        self.writes += 1

    def rebuild(
        self, documents: Iterable[Document], replay: Callable[[], Changes] | None = None, fingerprint: str = ""
    ) -> None:
        """Write a new generation, bring it up to date and make it current."""
        with self._locked("rebuild.lock"):
            self._sweep()
            generation = self._create(f"{GENERATION}{time.time_ns():020d}-{fingerprint}")
            TOC.create(generation.storage, Schema(), commit.NAME)
            for batch in _batches(documents):
                commit.write(generation.storage, (), batch, lambda _segments: ())
            commit.write(generation.storage, (), (), lambda segments: segments if len(segments) > 1 else ())
            if replay is not None:
                _apply(generation, replay())
            with self._locked("write.lock"):
                if replay is not None:
                    _apply(generation, replay())
                self._point_to(generation)
        self.writes += 1

    def fingerprint(self) -> str:
        """Return the fingerprint of the current generation, empty when it has none."""
        current = self.current()
        return current.name.removeprefix(GENERATION).partition("-")[2] if current else ""

    def _create(self, name: str) -> Generation:
        (self.folder / name).mkdir(parents=True)
        return Generation(name, FileStorage(str(self.folder / name)))

    def _point_to(self, generation: Generation) -> None:
        pointer = self.folder / f"{POINTER}.new"
        with pointer.open("w", encoding="ascii") as file:
            file.write(generation.name)
            file.flush()
            os.fsync(file.fileno())
        pointer.replace(self.folder / POINTER)
        commit.sync(self.folder)

    def _sweep(self) -> None:
        """Remove generations that are neither current nor fresh; called under the rebuild lock."""
        current = self.current()
        for folder in self.folder.glob(f"{GENERATION}*"):
            if (current is None or folder.name != current.name) and time.time() - folder.stat().st_mtime > GRACE:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / name).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class MemoryStore(Store):
    """The same in the memory of one process, forgotten when it ends: for tests and scratch indexes."""

    def __init__(self) -> None:
        self._current: Generation | None = None
        self._locks = {"write.lock": Lock(), "rebuild.lock": Lock()}

    def current(self) -> Generation | None:
        """Return the current generation, None before the first rebuild."""
        return self._current

    def _create(self, name: str) -> Generation:
        return Generation(name, RamStorage())

    def _point_to(self, generation: Generation) -> None:
        self._current = generation

    def _sweep(self) -> None:
        """Nothing is left behind."""

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with self._locks[name]:
            yield


def _apply(generation: Generation, changes: Changes) -> None:
    """Put and remove in one commit; of several documents with one key the last stays."""
    changed, gone = changes
    latest = {(document.kind, document.id): document for document in changed}
    if latest or gone:
        commit.write(generation.storage, [*latest, *gone], latest.values(), commit.merge_equals)


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    characters = 0
    for document in documents:
        batch.append(document)
        characters += len(document.body)
        if len(batch) >= REBUILD_BATCH or characters >= REBUILD_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
