"""Speed of search: `make bench-search N=20000` prints a line per engine, then the ratios.

All engines get the same generated documents and queries in one run (the yardsticks without the members' documents, which
none of the queries may find). Indexing is one rebuild in a process of its own,
the time in which the documents are generated taken off. Queries are asked once each, in a fresh process, the first ones
included; cpu_… is the processor's time, which says more when others use the machine. A page is what the search page
needs: first hits, total and the counts of all its facets; hits are the first twenty alone. rss_mb is the reader's, mapped
pages of the index counted, own_mb what only it has, build_mb the most that indexing needed.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path

from bench.search_catalogue import Catalogue
from bench.search_rivals import CONTENDERS
from marketplace.search import Document

QUERIES = 300
#: Pages asked of the yardsticks, the first ones: SQLite takes a third of a second for the counts of one. The ratio of
#: pages compares these with the same ones of the exchange's engine.
RIVAL_PAGES = 60
Figures = dict[str, float]


class Timed:
    """The documents, with the time and the work that it took to make them."""

    def __init__(self, count: int) -> None:
        self.count, self.seconds, self.work = count, 0.0, 0.0

    def __iter__(self) -> Iterator[Document]:
        made = iter(Catalogue().documents(self.count))
        while True:
            begin, busy = time.perf_counter(), time.process_time()
            document = next(made, None)
            self.seconds += time.perf_counter() - begin
            self.work += time.process_time() - busy
            if document is None:
                return
            yield document


def build(name: str, folder: str, count: int, answer: Queue[Figures]) -> None:
    engine, documents = CONTENDERS[name](Path(folder)), Timed(count)
    begin, busy = time.perf_counter(), time.process_time()
    engine.build(documents)
    seconds = time.perf_counter() - begin - documents.seconds
    work = time.process_time() - busy - documents.work
    answer.put({
        "index_per_s": count / seconds,
        "index_per_cpu_s": count / work,
        "build_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    })


def ask(name: str, folder: str, page: bool, answer: Queue[Figures]) -> None:
    engine, times, work = CONTENDERS[name](Path(folder)), [], []
    asked = RIVAL_PAGES if page and name != "whoosh" else QUERIES
    for query in Catalogue(2).queries(asked):
        begin, busy = time.perf_counter(), time.process_time()
        engine.ask(query, page)
        times.append((time.perf_counter() - begin) * 1000)
        work.append((time.process_time() - busy) * 1000)
    memory = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    first = {f"first_{key}": value for key, value in spread(times[:RIVAL_PAGES], work[:RIVAL_PAGES]).items()}
    answer.put({
        **spread(times, work),
        **first,
        "rss_mb": int(memory["VmRSS"].split()[0]) / 1024,
        "own_mb": int(memory["RssAnon"].split()[0]) / 1024,
    })


def spread(times: list[float], work: list[float]) -> Figures:
    """Return the middle and the slow end of wall and processor times."""
    times, work, middle, end = sorted(times), sorted(work), len(times) // 2, int(len(times) * 0.95)
    return {"p50_ms": times[middle], "p95_ms": times[end], "cpu_p50_ms": work[middle], "cpu_p95_ms": work[end]}


def elsewhere(work: object, *args: object) -> Figures:
    """Run in a new process and return its figures."""
    context = get_context("spawn")
    answer: Queue[Figures] = context.Queue()
    process = context.Process(target=work, args=(*args, answer))  # type: ignore[arg-type]
    process.start()
    while process.is_alive() and answer.empty():
        time.sleep(0.05)
    if answer.empty():
        raise SystemExit(f"{args}: ended with {process.exitcode}")
    figures = answer.get()
    process.join()
    return figures


def line(name: str, count: int, figures: Figures) -> str:
    told = {key: value for key, value in figures.items() if not key.startswith("first_")}
    shown = (f"{key}={value:.1f}" if key.endswith("_ms") else f"{key}={value:.0f}" for key, value in told.items())
    return f"{name} N={count} {' '.join(shown)}"


def main(count: int) -> None:
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    found: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory(prefix="bench-search-") as scratch:
        for name in CONTENDERS:
            folder = Path(scratch, name)
            folder.mkdir()
            built = elsewhere(build, name, str(folder), count)
            built["index_mb"] = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
            for kind in ("page", "hits"):
                found[f"{name}-{kind}"] = elsewhere(ask, name, str(folder), kind == "page")
            print(line(name, count, {**built, **found[f"{name}-page"]}), flush=True)
            print(line(f"{name}-hits", count, found[f"{name}-hits"]), flush=True)
    for rival in ("fts5", "tantivy"):
        for mine, theirs in (("page", "hits"), ("hits", "hits"), ("page", "page")):
            one, other = found[f"whoosh-{mine}"], found[f"{rival}-{theirs}"]
            begins = "first_" if theirs == "page" else ""
            keys = [begins + key for key in ("p50_ms", "p95_ms", "cpu_p50_ms", "cpu_p95_ms")]
            shares = " ".join(f"{key[len(begins):-3]}={one[key] / other[key]:.2f}" for key in keys)
            print(f"ratio whoosh-{mine}/{rival}-{theirs} N={count} {shares}")
    print(f"load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
