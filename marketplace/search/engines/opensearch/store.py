"""Generations of the index behind one alias: writing, and the swap when all is built anew.

    exchange-2              the alias of format 2: all reading, and the worker's writing
    exchange-2-18c3k…       a generation; the alias moves to it in one step when it is complete

Before the first rebuild there is no alias, and nothing can be read or written.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from marketplace.core.errors import NotBuilt
from marketplace.search import Changes, Document
from marketplace.search.engines.opensearch.client import Connection, Operation
from marketplace.search.engines.opensearch.schema import FORMAT, document_id, index_body, source

#: Seconds between two refreshes of an index in use.
REFRESH_INTERVAL = "1s"
#: Replays after the swap at most.
LOOKS = 5
#: A generation that is older than this, in seconds, and not in use was left by a killed process.
LITTER = 2 * 86_400.0


class Store:
    """Writing, and the names of what is read."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.alias = f"{connection.address.prefix}-{FORMAT}"

    def put(self, documents: Iterable[Document]) -> None:
        """Add or replace documents; returns when they are safe, and findable unless `refresh` says otherwise."""
        self._change(list(documents), ())

    def remove(self, kind: str, ids: Iterable[int]) -> None:
        """Take documents out; unknown ones are no error."""
        self._change((), [(kind, id_) for id_ in ids])

    def _change(self, documents: Sequence[Document], gone: Sequence[tuple[str, int]]) -> None:
        """Write to the generation in use; raises NotBuilt when there is none, so that no cluster makes one by guessing."""
        if not self._connection.read(lambda client: bool(client.indices.exists_alias(name=self.alias))):
            raise NotBuilt
        if documents or gone:
            latest = {(document.kind, document.id): document for document in documents}
            writes = _operations(self.alias, latest.values(), gone, require_alias=True)
            self._connection.bulk(writes, self._connection.address.refresh)

    def rebuild(
        self, documents: Iterable[Document], replay: Callable[[], Changes] | None = None, fingerprint: str = ""
    ) -> None:
        """Fill a new generation, let the alias point to it, and add what changed until after that moment.

        A worker may write to the old generation until the alias moves; what it wrote was committed before, so a
        replay after the move finds it.
        """
        self._sweep()
        name, address = f"{self.alias}-{time.time_ns():x}", self._connection.address
        self._do(lambda indices: indices.create(index=name, body=index_body(address.shards, replicas=0)))
        self._connection.bulk(_operations(name, documents))
        if replay is not None:
            self._connection.bulk(_operations(name, *replay()))
        self._finish(name, address.replicas, fingerprint)
        before = [old for old, one in self._generations().items() if self.alias in one.get("aliases", {})]
        actions: list[dict[str, Any]] = [{"remove": {"index": old, "alias": self.alias}} for old in before]
        actions.append({"add": {"index": name, "alias": self.alias, "is_write_index": True}})
        self._do(lambda indices: indices.update_aliases(body={"actions": actions}))
        self._settle(name, replay)
        self._do(lambda indices: indices.refresh(index=name))
        self._delete(before)

    def is_built(self) -> bool:
        """Whether the alias points to a complete generation of this format."""
        metas = self._metas()
        return bool(metas) and all(meta.get("complete") and meta.get("format") == FORMAT for meta in metas)

    def fingerprint(self) -> str:
        """Return the fingerprint of the generation in use, empty when it has none."""
        found = {str(meta.get("fields", "")) for meta in self._metas()}
        return found.pop() if len(found) == 1 else ""

    def _metas(self) -> list[dict[str, Any]]:
        ask = lambda client: client.indices.get_mapping(index=self.alias, params=_IF_ANY) or {}  # noqa: E731
        return [one["mappings"].get("_meta", {}) for one in self._connection.read(ask).values()]

    def _do(self, what: Callable[[Any], object]) -> None:
        self._connection.write(lambda client: what(client.indices))

    def _settle(self, name: str, replay: Callable[[], Changes] | None) -> None:
        """Replay until nothing differs from the time before: a worker may have written something newer than we read."""
        written: dict[tuple[str, int], Document | None] = {}
        for _ in range(LOOKS if replay else 0):
            documents, gone = replay() if replay else ((), ())
            now = {**dict.fromkeys(gone), **{(document.kind, document.id): document for document in documents}}
            new = {key: document for key, document in now.items() if key not in written or written[key] != document}
            if not new:
                break
            changed = [document for document in new.values() if document]
            self._connection.bulk(_operations(name, changed, [key for key, document in new.items() if document is None]))
            written |= new

    def _finish(self, name: str, replicas: int, fingerprint: str) -> None:
        """Make a generation findable, refreshed from now on, copied as asked, and call it complete."""
        settings = {"index": {"refresh_interval": REFRESH_INTERVAL, "number_of_replicas": replicas}}
        meta = {"_meta": {"format": FORMAT, "complete": True, "fields": fingerprint}}
        self._do(lambda indices: indices.refresh(index=name))
        self._do(lambda indices: indices.put_settings(index=name, body=settings))
        self._do(lambda indices: indices.put_mapping(index=name, body=meta))

    def _generations(self) -> dict[str, Any]:
        return self._connection.read(lambda client: client.indices.get_alias(index=f"{self.alias}-*", params=_IF_ANY))

    def _sweep(self) -> None:
        """Delete what killed rebuilds left behind long ago; one that another machine is filling is younger."""
        self._delete([name for name, one in self._generations().items() if not one.get("aliases") and _age(name) > LITTER])

    def _delete(self, names: list[str]) -> None:
        if names:
            self._do(lambda indices: indices.delete(index=",".join(names), params={"ignore_unavailable": "true"}))


_IF_ANY = {"ignore_unavailable": "true", "allow_no_indices": "true"}


def _age(name: str) -> float:
    try:
        return time.time() - int(name.rpartition("-")[2], 16) / 1e9
    except ValueError:
        return 0.0


def _operations(
    index: str, documents: Iterable[Document], gone: Iterable[tuple[str, int]] = (), require_alias: bool = False
) -> Iterator[Operation]:
    for document in documents:
        target: dict[str, Any] = {"_index": index, "_id": document_id(document.kind, document.id)}
        yield {"index": {**target, "require_alias": True} if require_alias else target}, source(document)
    for kind, id_ in gone:
        yield {"delete": {"_index": index, "_id": document_id(kind, id_)}}, None
