"""One commit to a Whoosh index: documents go out and come in, segments of about equal size become one.

Of Whoosh are the storage (a folder, or memory), the segments with their deletions, and the table of contents, which
publishes a commit by being renamed. What a killed writer left behind is not in it, and the next commit removes it.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3Segment
from whoosh.fields import Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC, clean_files

from marketplace.search import Document
from marketplace.search.engines.whoosh.inverter import document_term, list_key, lists_of
from marketplace.search.engines.whoosh.lists import Lists
from marketplace.search.engines.whoosh.segment_file import ListReader, packed, write_lists

#: Which of the segments are merged into the new one.
Merge = Callable[[Sequence[Any]], Sequence[Any]]
NAME, EXTENSION = "MAIN", ".lists"
#: Segments of about equal size that are merged into one; sizes are told apart by three bits.
MERGE_FACTOR = 8


def contents(storage: Any) -> Any:
    """Return the newest table of contents; raises while a writer replaces it."""
    return TOC.read(storage, NAME, schema=Schema())


def data_of(storage: Any, segment: Any) -> Any:
    """Return the bytes of a segment's file, or a map of it; raises OSError when a writer has just deleted it."""
    name = segment.make_filename(EXTENSION)
    if not isinstance(storage, RamStorage):
        with Path(storage.folder, name).open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if name not in storage.files:
        raise FileNotFoundError(name)
    return storage.files[name]


def write(storage: Any, gone: Iterable[tuple[str, int]], documents: Collection[Document], merge: Merge) -> None:
    """Take out what has the keys `gone`, add the documents, merge, and publish it; it is on the disk then."""
    toc = contents(storage)
    lists = {segment.segment_id(): ListReader(data_of(storage, segment)) for segment in toc.segments}
    for key in gone:
        for segment in toc.segments:
            for number in lists[segment.segment_id()].find(list_key("key", document_term(*key))).docs.tolist():
                segment.delete_document(number)
    segments = [segment for segment in toc.segments if segment.doc_count()]
    merging = merge(segments)
    sources: list[Any] = [*lists_of(documents)]
    count = len(documents)
    for segment in merging:
        living = _Living(lists[segment.segment_id()], segment, count)
        sources.append(living)
        count += segment.doc_count()
    kept = [segment for segment in segments if segment not in merging]
    if count:
        kept.append(W3Segment(None, NAME, doccount=count))
        _save(storage, kept[-1].make_filename(EXTENSION), sources)
    toc.segments, toc.generation = kept, toc.generation + 1
    toc.write(storage, NAME)
    if not isinstance(storage, RamStorage):
        sync(Path(storage.folder, TOC._filename(NAME, toc.generation)))
        sync(Path(storage.folder))
    clean_files(storage, NAME, toc.generation, kept)


def _save(storage: Any, name: str, sources: Sequence[Any]) -> None:
    if isinstance(storage, RamStorage):
        storage.files[name] = packed(sources)
        return
    with Path(storage.folder, name).open("wb") as file:
        write_lists(file, sources)
        file.flush()
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk: the outbox forgets what the index has."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def merge_equals(segments: Sequence[Any]) -> Sequence[Any]:
    """Merge when enough segments of a size have gathered, so that each document is merged only log(N) times.

    Segments that are mostly deleted are merged too.
    """
    level: dict[int, list[Any]] = {}
    for segment in segments:
        alive = segment.doc_count()
        wasteful = alive * 2 < segment.doc_count_all()
        level.setdefault(-1 if wasteful else (alive.bit_length() - 1) // 3, []).append(segment)
    return [one for size, some in sorted(level.items()) if size == -1 or len(some) >= MERGE_FACTOR for one in some]


class _Living:
    """The lists of a segment without its deleted documents; the others are numbered from `first`."""

    def __init__(self, lists: ListReader, segment: Any, first: int) -> None:
        alive = np.ones(segment.doc_count_all(), bool)
        alive[list(segment.deleted_docs())] = False
        self._lists, self._numbers = lists, np.where(alive, np.cumsum(alive) - 1 + first, -1)
        self.keys, self.starts = lists.keys, lists.starts

    def part(self, low: int, high: int) -> Lists:
        return self._lists.part(low, high).renumbered(self._numbers)
