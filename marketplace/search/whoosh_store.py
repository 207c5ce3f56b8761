"""The files of the embedded engine: generations of a Whoosh index, one of which is current.

    folder/CURRENT-N          the name of the current generation of format N, replaced atomically by a rebuild at its end
    folder/gen-…/             one Whoosh index
    folder/gen-…/FIELDS       the fingerprint of the declared fields its documents were made from
    folder/write.lock         held while the current generation is written or swapped
    folder/rebuild.lock       held while a new generation is being built

Locks are the kernel's (flock), so they vanish with a killed process. Only a rebuild makes a generation, and only a
whole one becomes current; one that never did is litter, removed by the next rebuild. Within a generation Whoosh
publishes a commit by renaming its table of contents; what a killed writer left behind is not in it and is removed by the
next commit.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, EmptyIndexError, FileIndex
from whoosh.writing import SegmentWriter

from marketplace.core.errors import NotBuilt
from marketplace.search import Changes, Document
from marketplace.search.whoosh_batch import lists_of
from marketplace.search.whoosh_codec import ListCodec, ListReader
from marketplace.search.whoosh_lists import Ints, Lists
from marketplace.search.whoosh_schema import document_term, list_key

#: What becomes of the segments that are there: (writer, segments) -> those that stay.
Merge = Callable[[Any, list[Any]], list[Any]]

_NAME, GENERATION = "MAIN", "gen-"
FIELDS = "FIELDS"
#: Raised when the analysis or the layout changes: an older index then counts as absent, and is built anew. In format 3 a
#: generation might be current that held only what had changed since the index was lost.
FORMAT = 4
POINTER = f"CURRENT-{FORMAT}"
#: Seconds that a generation stays after the swap, for readers that are just opening it.
GRACE = 60.0
#: Documents, and characters of their texts, per commit of a rebuild: what is held in memory at a time.
REBUILD_BATCH, REBUILD_CHARACTERS = 5_000, 10_000_000
#: Segments of about equal size that are merged into one.
MERGE_FACTOR = 8


class Store:
    """Writing, and finding what to read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Path | None:
        """Return the folder of the current generation, None before the first rebuild."""
        try:
            name = (self.folder / POINTER).read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
        return self.folder / name if name.startswith(GENERATION) else None

    def toc(self, generation: Path) -> tuple[Any, Any]:
        """Return (storage, table of contents) of a generation; retries while a writer replaces it."""
        storage = FileStorage(str(generation))
        for attempt in range(20):
            try:
                return storage, TOC.read(storage, _NAME, schema=Schema())
            except (OSError, EmptyIndexError):
                if attempt == 19 or not generation.exists():
                    raise
                time.sleep(0.01)
        raise AssertionError("unreachable")

    def readable(self, generation: Path) -> bool:
        """Whether a generation's table of contents and files are whole; a power failure can tear them."""
        try:
            storage, toc = self.toc(generation)
            for segment in toc.segments:
                ListReader(storage.folder, segment)
        except Exception:  # what unpickling a torn file raises is anything
            return False
        return True

    def put(self, documents: Iterable[Document]) -> None:
        """Add or replace documents in the current generation, in one commit; raises NotBuilt when there is none."""
        latest = {(document.kind, document.id): document for document in documents}
        with self._locked("write.lock"):
            generation = self._whole()
            if latest:
                _write(generation, list(latest), latest.values())

    def remove(self, keys: Iterable[tuple[str, int]]) -> None:
        """Take documents out of the current generation, in one commit; raises NotBuilt when there is none."""
        gone = list(keys)
        with self._locked("write.lock"):
            generation = self._whole()
            if gone:
                _write(generation, gone, ())

    def rebuild(
        self, documents: Iterable[Document], replay: Callable[[], Changes] | None, fingerprint: str = ""
    ) -> None:
        """Write a new generation, bring it up to date and make it current."""
        with self._locked("rebuild.lock"):
            self._sweep()
            generation = self._create()
            (generation / FIELDS).write_text(fingerprint, encoding="utf-8")
            for batch in _batches(documents):
                _write(generation, (), batch, _merge_none)
            _write(generation, (), (), _merge_all)
            if replay is not None:
                _apply(generation, replay())
            with self._locked("write.lock"):
                if replay is not None:
                    _apply(generation, replay())
                self._point_to(generation)

    def fingerprint(self) -> str:
        """Return the fingerprint of the current generation; empty when it has none (it is older)."""
        generation = self.current()
        try:
            return (generation / FIELDS).read_text(encoding="utf-8", errors="replace") if generation else ""
        except OSError:
            return ""

    def _whole(self) -> Path:
        current = self.current()
        if current is None or not self.readable(current):
            raise NotBuilt
        return current

    def _create(self) -> Path:
        generation = self.folder / f"{GENERATION}{time.time_ns():020d}"
        generation.mkdir(parents=True)
        FileIndex.create(FileStorage(str(generation)), Schema(), _NAME)
        return generation

    def _point_to(self, generation: Path) -> None:
        pointer = self.folder / f"{POINTER}.new"
        with pointer.open("w", encoding="ascii") as file:
            file.write(generation.name)
            file.flush()
            os.fsync(file.fileno())
        pointer.replace(self.folder / POINTER)
        _sync(self.folder)

    def _sweep(self) -> None:
        """Remove generations that are neither current nor fresh; called under the rebuild lock."""
        current = self.current()
        for generation in self.folder.glob(f"{GENERATION}*"):
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


def _write(
    generation: Path, gone: Iterable[tuple[str, int]], documents: Collection[Document], merge: Merge | None = None
) -> None:
    """One commit: take out what has the keys `gone`, add the documents, merge."""
    index = FileIndex(FileStorage(str(generation)), Schema(), _NAME)
    writer = SegmentWriter(index, codec=ListCodec(), compound=False)
    try:
        segments = [(segment, ListReader(writer.storage.folder, segment)) for segment in writer.segments]
        for key in gone:
            for segment, lists in segments:
                for number in lists.find(list_key("key", document_term(*key))).docs:
                    segment.delete_document(int(number))
        for portion in lists_of(documents):
            writer.fieldwriter.add_source(portion)
        _number(writer, len(documents))
    except BaseException:
        writer.cancel()
        raise
    writer.commit(mergetype=merge or _merge_equals)
    _sync(generation / TOC._filename(_NAME, writer.generation))
    _sync(generation)


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk: the outbox forgets what the index has."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _merge_none(_writer: Any, segments: list[Any]) -> list[Any]:
    """Leave all as they are: a rebuild merges once, at its end."""
    return segments


def _merge_all(writer: Any, segments: list[Any]) -> list[Any]:
    """Make one segment of all."""
    if len(segments) < 2:
        return segments
    for segment in segments:
        _add_segment(writer, segment)
    return []


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


class _Living:
    """The lists of a segment without its deleted documents, which are numbered anew."""

    def __init__(self, lists: ListReader, numbers: Ints) -> None:
        self._lists, self._numbers = lists, numbers
        self.size, self.bisect, self.splits = lists.size, lists.bisect, lists.splits

    def __len__(self) -> int:
        return len(self._lists)

    def part(self, low: int, high: int) -> Lists:
        return self._lists.part(low, high).renumbered(self._numbers)


def _add_segment(writer: Any, segment: Any) -> None:
    """Let the living documents of a segment be copied into the one being written."""
    alive = np.ones(segment.doc_count_all(), bool)
    alive[list(segment.deleted_docs())] = False
    numbers = np.where(alive, np.cumsum(alive) - 1 + writer.docnum, -1)
    _number(writer, int(np.count_nonzero(alive)))
    writer.fieldwriter.add_source(_Living(ListReader(writer.storage.folder, segment), numbers))


def _number(writer: Any, count: int) -> None:
    """Number the next documents of the segment being written."""
    for number in range(writer.docnum, writer.docnum + count):
        writer.perdocwriter.start_doc(number)
        writer.perdocwriter.finish_doc()
    writer.docnum += count
    writer._added = writer._added or count > 0
