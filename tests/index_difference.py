"""By which ids an index and the database differ."""

from __future__ import annotations

from marketplace.browse.indexer import Indexer


def difference(indexer: Indexer, kind: str) -> tuple[set[int], set[int]]:
    """Return the ids that are missing from the index, and those that it has beyond the database."""
    ids = [*dict(indexer.everything())[kind]]
    findable = {document.id for document in indexer.read((kind, id_) for id_ in ids)[0]}
    indexed = indexer.engine.ids(kind)
    return findable - indexed, indexed - findable
