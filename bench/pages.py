"""Pages that guests read, under load: `make bench-pages N=20000` prints a line per kind of page, then the ratios.

N generated listings in a scratch folder, the server as `make run` starts it (SQLite, the embedded engine, two processes
of four threads), and clients that ask as fast as they are answered, on the same machine. Bare Flask pages on the same
server, without a query and with one, give the measure. cpu_ms is the web processes' processor time per answer; it rises
when others are at work, so compare within one run. With DATABASE_URL the database is that (empty) one: on
PostgreSQL its own work is not in cpu_ms.
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask_migrate import upgrade
from sqlalchemy import select

from bench.search_catalogue import Catalogue
from marketplace import create_app
from marketplace.browse.indexing import rebuild
from marketplace.core.config import ROOT, Settings, load_settings
from marketplace.core.extensions import db
from marketplace.listings.models import Listing
from marketplace.listings.queries import path_of
from marketplace.serve import web_command
from tests import factories
from tests.listings.stock import facts, stock

CLIENTS, SECONDS, WARMING = 8, 15.0, 3.0
TICKS = os.sysconf("SC_CLK_TCK")
Figures = dict[str, float]


def fill(settings: Settings, count: int) -> list[str]:
    """Make a database and an index of `count` listings; return the addresses of fifty of them, old and new."""
    chance, begin = random.Random(5), time.perf_counter()
    app = create_app(settings)
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        org = factories.organisation("Viện Đo Tốc Độ", kind="institute")
        stock(org, (_columns(document, chance) for document in Catalogue().documents(count)))
        written = time.perf_counter()
        indexed = rebuild()
        rate = indexed / (time.perf_counter() - written)
        some = select(Listing).where(Listing.id % max(1, count // 50) == 0).order_by(Listing.id).limit(50)
        shown = [path_of(one) for one in db.session.scalars(some) if one.published_revision.visibility == "public"]  # type: ignore[union-attr]
    print(f"{count} listings in {written - begin:.0f} s; reindex from the database {rate:.0f} documents/s", flush=True)
    return shown


def _columns(document: Any, chance: random.Random) -> dict[str, Any]:
    sentences = document.body.split(". ")
    return {
        **facts(chance),
        "visibility": "public",
        "title": document.title,
        "public_summary": ". ".join(sentences[:2]),
        "problem_solved": ". ".join(sentences[2:4]),
        "how_it_works": ". ".join(sentences[4:]),
        "tags": document.keywords.split(", "),
    }


def addresses(count: int = 300) -> list[str]:
    """Return what people ask for: words with and without filters."""
    return [
        "/technologies?" + urlencode([("q", query.text), *((n, v) for n, values in query.filters.items() for v in values)])
        for query in Catalogue(2).queries(count)
    ]


@contextmanager
def serving(application: str, settings: Settings) -> Iterator[int]:
    """Run the server; gives its process id once it answers."""
    env = {**os.environ, "DATA_DIR": str(settings.data_dir), "DEMO": "0", "RATE_LIMITS": "0"}
    with subprocess.Popen(web_command(application, settings), cwd=ROOT, env=env) as server:
        try:
            while not _answers(settings):
                if server.poll() is not None:
                    raise SystemExit(f"{application} did not start")
                time.sleep(0.1)
            yield server.pid
        finally:
            server.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(settings: Settings) -> bool:
    try:
        _get(HTTPConnection(settings.host, settings.port, timeout=60), "/")
    except OSError:
        return False
    return True


def _get(connection: HTTPConnection, path: str) -> None:
    connection.request("GET", path, headers={"Accept": "text/html", "Cookie": "lang=vi"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200, f"{path}: {answer.status}"


def _client(settings: Settings, paths: Sequence[str], seed: int, until: float) -> list[float]:
    chance, times = random.Random(seed), []
    connection = HTTPConnection(settings.host, settings.port, timeout=60)
    while time.perf_counter() < until:
        path, begin = chance.choice(paths), time.perf_counter()
        try:
            _get(connection, path)
        except (HTTPException, ConnectionError):  # the server closed an idle connection
            connection.close()
            continue
        times.append((time.perf_counter() - begin) * 1000)
    return times


def load(settings: Settings, paths: Sequence[str], seconds: float) -> list[float]:
    """Return the times of all answers, in order of their length."""
    until = time.perf_counter() + seconds
    with ThreadPoolExecutor(CLIENTS) as pool:
        runs = [pool.submit(_client, settings, paths, seed, until) for seed in range(CLIENTS)]
        return sorted(one for run in runs for one in run.result())


def work_of(pid: int) -> float:
    """Return the processor seconds that the server's processes have used."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    stats = (Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split() for child in children)
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / TICKS


def measure(application: str, settings: Settings, paths: Sequence[str]) -> Figures:
    with serving(application, settings) as pid:
        load(settings, paths, WARMING)
        before = work_of(pid)
        times = load(settings, paths, SECONDS)
        work = work_of(pid) - before
    return {
        "rps": len(times) / SECONDS,
        "p50_ms": times[len(times) // 2],
        "p95_ms": times[int(len(times) * 0.95)],
        "cpu_ms": work / len(times) * 1000,
    }


def main(count: int) -> None:
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-pages-") as folder:
        named = {name: os.environ[name] for name in ("DATABASE_URL",) if name in os.environ}
        settings = load_settings({"DATA_DIR": folder, "DEMO": "0", "RATE_LIMITS": "0", "PORT": str(_free_port()), **named})
        shown = fill(settings, count)
        asked: dict[str, tuple[str, Sequence[str]]] = {
            "bare": ("bench.bare:app", ["/"]),
            "query": ("bench.bare:app", ["/query"]),
            "search": ("wsgi:app", addresses()),
            "browse": ("wsgi:app", ["/technologies", "/technologies?trl=7", "/technologies?page=3"]),
            "technology": ("wsgi:app", shown),
            "home": ("wsgi:app", ["/"]),
        }
        found = {name: measure(application, settings, paths) for name, (application, paths) in asked.items()}
    for name, figures in found.items():
        said = " ".join(f"{key}={value:.1f}" for key, value in figures.items())
        print(f"{name} N={count} clients={CLIENTS} {said}")
    for name in ("search", "browse", "technology", "home"):
        shares = " ".join(f"{key}={found[name][key] / found['bare'][key]:.3f}" for key in found[name])
        print(f"ratio {name}/bare N={count} {shares}")
        print(f"ratio {name}/query N={count} cpu_ms={found[name]['cpu_ms'] / found['query']['cpu_ms']:.1f}")
    print(f"load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
