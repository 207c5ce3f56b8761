"""The files of the embedded engine: generations of a Whoosh index, one of which is current.

    folder/CURRENT            the name of the current generation, replaced atomically
    folder/gen-…/             one Whoosh index
    folder/write.lock         held while the current generation is written or swapped
    folder/rebuild.lock       held while a new generation is being built

Locks are the kernel's (flock), so they vanish with a killed process. A generation that was never made current is
litter, removed by the next rebuild. Within a generation Whoosh publishes a commit by renaming its table of contents;
what a killed writer left behind is not in it and is removed by the next commit.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, EmptyIndexError, FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from marketplace.search import Changes, Document
from marketplace.search.whoosh_reader import Segment
from marketplace.search.whoosh_schema import codec, key_term, rows, schema

_NAME = "MAIN"
#: Seconds that a generation stays after the swap, for readers that are just opening it.
GRACE = 60.0
#: Memory for the postings of one commit (MB), and documents per commit of a rebuild.
POOL_MB, REBUILD_BATCH = 256, 20_000
#: Segments of about equal size that are merged into one.
MERGE_FACTOR = 8


class Store:
    """Writing, and finding what to read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Path | None:
        """Return the folder of the current generation, None before the first write."""
        try:
            return self.folder / (self.folder / "CURRENT").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None

    def toc(self, generation: Path) -> tuple[Any, Any]:
        """Return (storage, table of contents) of a generation; retries while a writer replaces it."""
        storage = FileStorage(str(generation))
        for attempt in range(20):
            try:
                return storage, TOC.read(storage, _NAME, schema=schema())
            except (OSError, EmptyIndexError):
                if attempt == 19 or not generation.exists():
                    raise
                time.sleep(0.01)
        raise AssertionError("unreachable")

    def put(self, documents: Iterable[Document]) -> None:
        """Add or replace documents in the current generation, in one commit."""
        latest = {(document.kind, document.id): document for document in documents}
        if latest:
            with self._locked("write.lock"):
                _write(self._ensure(), list(latest), latest.values())

    def remove(self, keys: Iterable[tuple[str, int]]) -> None:
        """Take documents out of the current generation, in one commit."""
        gone = list(keys)
        if gone:
            with self._locked("write.lock"):
                _write(self._ensure(), gone, ())

    def rebuild(self, documents: Iterable[Document], replay: Callable[[], Changes] | None) -> None:
        """Write a new generation, bring it up to date and make it current."""
        with self._locked("rebuild.lock"):
            self._sweep()
            generation = self._create()
            batch: list[Document] = []
            for document in documents:
                batch.append(document)
                if len(batch) >= REBUILD_BATCH:
                    _write(generation, (), batch)
                    batch = []
            if batch:
                _write(generation, (), batch)
            if replay is not None:
                _apply(generation, replay())
            with self._locked("write.lock"):
                if replay is not None:
                    _apply(generation, replay())
                self._point_to(generation)

    def _ensure(self) -> Path:
        current = self.current()
        if current is None:
            current = self._create()
            self._point_to(current)
        return current

    def _create(self) -> Path:
        generation = self.folder / f"gen-{time.time_ns():020d}"
        generation.mkdir(parents=True)
        FileIndex.create(FileStorage(str(generation)), schema(), _NAME)
        return generation

    def _point_to(self, generation: Path) -> None:
        pointer = self.folder / "CURRENT.new"
        with pointer.open("w", encoding="ascii") as file:
            file.write(generation.name)
            file.flush()
            os.fsync(file.fileno())
        pointer.replace(self.folder / "CURRENT")

    def _sweep(self) -> None:
        """Remove generations that are neither current nor fresh; called under the rebuild lock."""
        current = self.current()
        for generation in self.folder.glob("gen-*"):
            if generation != current and time.time() - generation.stat().st_mtime > GRACE:
                shutil.rmtree(generation, ignore_errors=True)

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / name).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _apply(generation: Path, changes: Changes) -> None:
    changed, gone = changes
    latest = {(document.kind, document.id): document for document in changed}
    if latest or gone:
        _write(generation, [*latest, *gone], latest.values())


def _write(generation: Path, gone: Iterable[tuple[str, int]], documents: Iterable[Document]) -> None:
    """One commit: take out what has the keys `gone`, then add the documents."""
    index = FileIndex(FileStorage(str(generation)), schema(), _NAME)
    writer = SegmentWriter(index, codec=codec(), limitmb=POOL_MB, compound=False)
    try:
        segments = [(segment, Segment(writer.storage, segment)) for segment in writer.segments]
        for key in gone:
            for whoosh_segment, segment in segments:
                for number in segment.postings("key", key_term(*key)).docs:
                    whoosh_segment.delete_document(int(number))
        for document in documents:
            writer.add_document(**rows(document))
    except BaseException:
        writer.cancel()
        raise
    writer.commit(mergetype=_merge_equals)


def _merge_equals(writer: Any, segments: list[Any]) -> list[Any]:
    """Merge when enough segments of a size have gathered; each document is so merged only log(N) times.

    Segments that are mostly deleted are merged too, and empty ones dropped.
    """
    kept = [segment for segment in segments if segment.doc_count_all() > segment.deleted_count()]
    level: dict[int, list[Any]] = {}
    for segment in kept:
        alive = segment.doc_count_all() - segment.deleted_count()
        wasteful = alive * 2 < segment.doc_count_all()
        level.setdefault(-1 if wasteful else _magnitude(alive), []).append(segment)
    merged: set[str] = set()
    for size, group in sorted(level.items()):
        if size == -1 or len(group) >= MERGE_FACTOR:
            for segment in group:
                _add_segment(writer, segment)
                merged.add(segment.segment_id())
    return [segment for segment in kept if segment.segment_id() not in merged]


def _magnitude(count: int) -> int:
    size = 0
    while count >= MERGE_FACTOR:
        count //= MERGE_FACTOR
        size += 1
    return size


def _add_segment(writer: Any, segment: Any) -> None:
    reader = SegmentReader(writer.storage, writer.schema, segment)
    writer.add_reader(reader)
    reader.close()
