"""Which engine a `SEARCH_URL` means."""

from __future__ import annotations

from pathlib import Path

from marketplace.search import SearchEngine
from marketplace.search.engines.opensearch.address import parse_address, problem_of
from marketplace.search.engines.opensearch.client import Connection
from marketplace.search.engines.opensearch.engine import OpenSearchEngine
from marketplace.search.engines.whoosh.engine import WhooshEngine
from marketplace.search.engines.whoosh.store import MemoryStore, Store


def create_engine(url: str, folder: Path) -> SearchEngine:
    """Return the engine for `whoosh://` (embedded, files in `folder`), `whoosh://memory` (gone with the process) or
    `opensearch://host:port/prefix` (a cluster; `opensearchs://` with TLS).

    Raises ValueError for any other scheme, for an incomplete address, and when the extra `opensearch` is missing.
    """
    problem = problem_of(url, production=False)
    if problem:
        raise ValueError(problem)
    if url.startswith("whoosh://"):
        return WhooshEngine(MemoryStore() if url == "whoosh://memory" else Store(folder))
    return OpenSearchEngine(Connection(parse_address(url)))
