"""Pages under load: `make bench-pages N=20000` prints a line per kind of page, with its multiple of the least page.

N generated listings in a scratch folder, with needs, leads, deals, history and notifications in proportion
(tests/filled.py), the server as `make run` starts it (two processes of four threads), and clients that ask as fast as
they are answered, on the same machine: guests, and people who are signed in. Bare Flask pages on the same server,
without a query and with one, give the measure. cpu_ms is the web processes' processor time per answer; it rises when
others are at work, so compare within one run: `times` is cpu_ms as a multiple of the bare page with one query, with
ROUNDS the median of so many rounds over all pages. With KEPT_PAGES_MB=0 every page is made anew. `own_mb` is memory of
one process beside mapped files. On PostgreSQL (DATABASE=postgres) its own work is not in cpu_ms.
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
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select, text

from bench.search_catalogue import Catalogue
from marketplace import create_app
from marketplace.accounts.models import User
from marketplace.browse.indexing import rebuild
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import GUEST
from marketplace.core.config import ROOT, Settings, load_settings
from marketplace.core.extensions import db
from marketplace.core.subjects import subject_of
from marketplace.listings.models import Listing
from marketplace.listings.queries import path_of
from marketplace.listings.visibility import visible_to
from marketplace.organisations.models import Organisation
from marketplace.serve import web_command
from tests import factories, filled
from tests.listings.stock import facts

CLIENTS, WARMING = 8, 3.0
TICKS = os.sysconf("SC_CLK_TCK")
Figures = dict[str, float]


@dataclass(frozen=True)
class Asked:
    """What one kind of page is: the application, its addresses, and the cookies of who asks (empty: a guest)."""

    paths: Sequence[str]
    cookies: str = ""
    application: str = "wsgi:app"


def fill(settings: Settings, count: int) -> dict[str, Asked]:
    """Make a database and an index of `count` listings; return the pages that are asked of it."""
    chance, begin = random.Random(5), time.perf_counter()
    app = create_app(settings)
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        made = filled.fill(
            [_columns(document, chance) for document in Catalogue().documents(count)],
            [_need(document, chance) for document in Catalogue(3).documents(count * 2 // 5)],
        )
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        written = time.perf_counter()
        indexed = rebuild()
        rate = indexed / (time.perf_counter() - written)
        pages = _pages(app, made)
    print(f"{count} listings in {written - begin:.0f} s; reindex from the database {rate:.0f} documents/s", flush=True)
    return pages


def _pages(app: Flask, made: filled.Filled) -> dict[str, Asked]:
    """Return the kinds of pages; things are fifty of all ages."""
    trade, deal = made.trade, f"/deals/{made.deal.code}"
    listings = select(Listing).where(Listing.id.in_(_some(made.listings)), visible_to(GUEST))
    technologies = [path_of(one) for one in db.session.scalars(listings)]
    needs = [subject_of(one).path(one, GUEST) for one in db.session.scalars(
        select(BuyerRequest).where(BuyerRequest.id.in_(_some(made.needs))))]
    organisations = [f"/organisations/{one}" for one in db.session.scalars(
        select(Organisation.slug).where(Organisation.id.in_(_some(made.orgs))))]
    supplier = _cookies(app, trade.supplier_user, trade.supplier_org)
    officer, manager = _cookies(app, trade.officer_user), _cookies(app, made.manager)
    lists = ["/technologies", "/technologies?trl=7", "/technologies?page=3"]
    return {
        "bare": Asked(["/"], application="bench.bare:app"), "query": Asked(["/query"], application="bench.bare:app"),
        "search": Asked(addresses()), "browse": Asked(lists), "technology": Asked(technologies), "need": Asked(needs),
        "organisation": Asked(organisations), "home": Asked(["/"]),
        "search, signed in": Asked(addresses(), supplier), "browse, signed in": Asked(lists, supplier),
        "technology, signed in": Asked(technologies, supplier), "need, signed in": Asked(needs, supplier),
        "organisation, signed in": Asked(organisations, supplier), "home, signed in": Asked(["/"], supplier),
        "dashboard, supplier": Asked(["/dashboard"], supplier), "dashboard, officer": Asked(["/dashboard"], officer),
        "dashboard, manager": Asked(["/dashboard"], manager), "deal": Asked([deal], supplier),
        "queue": Asked(["/moderation"], _cookies(app, trade.moderator_user)), "inbox": Asked(["/inbox"], supplier),
    }


def _some(ids: Sequence[int]) -> Sequence[int]:
    return ids[:: max(1, len(ids) // 50)]


def _cookies(app: Flask, person: User, org: Organisation | None = None) -> str:
    """Return the cookies of a person who is signed in and acts for the organisation."""
    client = factories.client(app, person, org)
    client.get("/")  # puts the token of forms into the cookie, as it is on every later visit
    session = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert session is not None
    return f"; {session.key}={session.value}"


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


def _need(document: Any, chance: random.Random) -> dict[str, Any]:
    sentences = document.body.split(". ")
    budget = chance.randint(10, 800) * 10_000_000
    return {
        "title": document.title, "summary": ". ".join(sentences[:2]), "context": ". ".join(sentences[2:4]),
        "target_result": ". ".join(sentences[4:]), "tags": document.keywords.split(", "), "budget_max": budget,
        "field_codes": [chance.choice("123456")], "trl_min": chance.randint(3, 7), "trl_max": 9,
        "province_code": chance.choice(("01", "31", "79")),
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
    named = {"DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database_url}
    env = {**os.environ, **named, "DEMO": "0", "RATE_LIMITS": "0"}
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


def _get(connection: HTTPConnection, path: str, cookies: str = "") -> None:
    connection.request("GET", path, headers={"Accept": "text/html", "Cookie": f"lang=vi{cookies}"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200, f"{path}: {answer.status}"


def _client(settings: Settings, asked: Asked, seed: int, until: float) -> list[float]:
    chance, times = random.Random(seed), []
    connection = HTTPConnection(settings.host, settings.port, timeout=60)
    while time.perf_counter() < until:
        path, begin = chance.choice(asked.paths), time.perf_counter()
        try:
            _get(connection, path, asked.cookies)
        except (HTTPException, ConnectionError):  # the server closed an idle connection
            connection.close()
            continue
        times.append((time.perf_counter() - begin) * 1000)
    return times


def load(settings: Settings, asked: Asked, seconds: float) -> list[float]:
    """Return the times of all answers, in order of their length."""
    until = time.perf_counter() + seconds
    with ThreadPoolExecutor(CLIENTS) as pool:
        runs = [pool.submit(_client, settings, asked, seed, until) for seed in range(CLIENTS)]
        return sorted(one for run in runs for one in run.result())


def work_of(pid: int) -> float:
    """Return the processor seconds that the server's processes have used."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    stats = (Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split() for child in children)
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / TICKS


def own_memory_of(pid: int) -> float:
    """Return the most megabytes that one of the server's processes holds for itself, beside the files it has mapped."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    rollups = (Path(f"/proc/{child}/smaps_rollup").read_text().split() for child in children)
    return max(int(words[words.index("Anonymous:") + 1]) for words in rollups) / 1000


def measure(settings: Settings, asked: Asked, seconds: float) -> Figures:
    with serving(asked.application, settings) as pid:
        load(settings, asked, WARMING)
        before = work_of(pid)
        times = load(settings, asked, seconds)
        work, memory = work_of(pid) - before, own_memory_of(pid)
    return {
        "own_mb": memory,
        "rps": len(times) / seconds,
        "p50_ms": times[len(times) // 2],
        "p95_ms": times[int(len(times) * 0.95)],
        "cpu_ms": work / len(times) * 1000,
    }


def main(count: int) -> None:
    rounds, seconds = int(os.environ.get("ROUNDS", "1")), float(os.environ.get("SECONDS", "15"))
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-pages-") as folder:
        url = os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL")
        named = {"DATABASE_URL": url} if url else {}
        settings = load_settings({"DATA_DIR": folder, "DEMO": "0", "RATE_LIMITS": "0", "PORT": str(_free_port()), **named})
        pages = fill(settings, count)
        found: dict[str, list[Figures]] = {name: [] for name in pages}
        for _round in range(rounds):
            for name, asked in pages.items():
                found[name].append(measure(settings, asked, seconds))
                told = " ".join(f"{key}={value:.1f}" for key, value in found[name][-1].items())
                print(f"{name} N={count} clients={CLIENTS} {told}", flush=True)
    database = "postgres" if url and url.startswith("postgresql") else "sqlite"
    print(f"median of {rounds} rounds, N={count}, {database}; a bare page with one query takes "
          f"{median(one['cpu_ms'] for one in found['query']):.2f} ms")
    for name, figures in found.items():
        times = [one["cpu_ms"] / query["cpu_ms"] for one, query in zip(figures, found["query"], strict=True)]
        print(f"{name}: cpu_ms={median(one['cpu_ms'] for one in figures):.2f} times={median(times):.1f}")
    print(f"load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
