"""Speed of the embedded search engine: `.venv/bin/python -m bench.search [N]` prints one line.

Indexing is one `rebuild` of N generated documents; times are of whole queries with totals and six facet counts, the
first of a fresh process included. p95 of a process that has just started is what a person may feel after a deploy.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from bench.search_catalogue import Catalogue
from marketplace.search.engines import create_engine

QUERIES = 300


def main(count: int) -> None:
    catalogue = Catalogue()
    with tempfile.TemporaryDirectory(prefix="bench-search-") as folder:
        engine = create_engine("whoosh://", Path(folder))
        begin = time.perf_counter()
        engine.rebuild(catalogue.documents(count))
        rate = count / (time.perf_counter() - begin)
        queries = catalogue.queries(QUERIES)
        times = []
        found = 0
        for query in queries:
            begin = time.perf_counter()
            found += engine.query(query).total
            times.append((time.perf_counter() - begin) * 1000)
        times.sort()
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"whoosh N={count} index_per_s={rate:.0f} p50_ms={times[len(times) // 2]:.1f} "
            f"p95_ms={times[int(len(times) * 0.95)]:.1f} rss_mb={memory:.0f} index_mb={size / 1e6:.0f} "
            f"mean_total={found / len(queries):.0f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
