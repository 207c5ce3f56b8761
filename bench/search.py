"""Speed of the embedded search engine: `.venv/bin/python -m bench.search [N]` prints one line.

Indexing is one `rebuild` of N generated documents in a process of its own; times are of whole queries with totals and
six facet counts, the first ones of a fresh process included. rss_mb is that of the reading process, and counts the
pages of the index that it has mapped.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

from bench.search_catalogue import Catalogue
from marketplace.search.engines import create_engine

QUERIES = 300


def build(folder: str, count: int) -> None:
    create_engine("whoosh://", Path(folder)).rebuild(Catalogue().documents(count))


def ask(folder: str) -> tuple[list[float], float]:
    """Return the sorted times (ms) and the mean total."""
    engine = create_engine("whoosh://", Path(folder))
    times, found = [], 0
    for query in Catalogue(2).queries(QUERIES):
        begin = time.perf_counter()
        found += engine.query(query).total
        times.append((time.perf_counter() - begin) * 1000)
    return sorted(times), found / QUERIES


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-search-") as folder:
        begin = time.perf_counter()
        builder = get_context("spawn").Process(target=build, args=(folder, count))
        builder.start()
        builder.join()
        rate = count / (time.perf_counter() - begin)
        times, found = ask(folder)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"whoosh N={count} index_per_s={rate:.0f} p50_ms={times[QUERIES // 2]:.1f} "
            f"p95_ms={times[int(QUERIES * 0.95)]:.1f} rss_mb={memory:.0f} index_mb={size / 1e6:.0f} mean_total={found:.0f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
