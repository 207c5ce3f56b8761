"""Which engine a `SEARCH_URL` means."""

from __future__ import annotations

from pathlib import Path

from marketplace.search import SearchEngine
from marketplace.search.memory_engine import MemoryEngine
from marketplace.search.opensearch_address import parse_address, problem_of
from marketplace.search.opensearch_client import Connection
from marketplace.search.opensearch_engine import OpenSearchEngine
from marketplace.search.whoosh_engine import WhooshEngine


def create_engine(url: str, folder: Path) -> SearchEngine:
    """Return the engine for `whoosh://` (embedded, files in `folder`), `opensearch://host:port/prefix` (a cluster;
    `opensearchs://` with TLS) or `memory://` (tests).

    Raises ValueError for any other scheme, for an incomplete address, and when the extra `opensearch` is missing.
    """
    problem = problem_of(url, production=False)
    if problem:
        raise ValueError(problem)
    scheme = url.partition("://")[0]
    if scheme == "whoosh":
        return WhooshEngine(folder)
    if scheme in {"opensearch", "opensearchs"}:
        return OpenSearchEngine(Connection(parse_address(url)))
    return MemoryEngine()
