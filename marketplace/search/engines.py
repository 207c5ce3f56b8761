"""Which engine a `SEARCH_URL` means."""

from __future__ import annotations

from pathlib import Path

from marketplace.search import SearchEngine
from marketplace.search.memory_engine import MemoryEngine
from marketplace.search.whoosh_engine import WhooshEngine


def create_engine(url: str, folder: Path) -> SearchEngine:
    """Return the engine for `whoosh://` (embedded, files in `folder`) or `memory://` (tests).

    Raises ValueError for any other scheme.
    """
    scheme = url.partition("://")[0]
    if scheme == "whoosh":
        return WhooshEngine(folder)
    if scheme == "memory":
        return MemoryEngine()
    raise ValueError(f"SEARCH_URL must begin with whoosh:// or memory://, not {url!r}")
