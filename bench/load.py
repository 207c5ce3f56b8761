"""Mixed load for minutes: `make bench-load` (MINUTES=10 N=2000 DATABASE=postgres) shows whether memory stays flat.

The server as `make run` starts it, two processes of four threads, and the worker, over N generated listings with what
belongs to them (tests/filled.py). Clients read lists and things, search, sign in by password, write messages and send
pictures, each as fast as it is answered. Every minute: requests, errors by status, times, and resident and private
memory of each process. Ends with 1 when there was an error, or when private memory still grew in the last third.
Linux only.
"""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import mean
from typing import Any
from urllib.parse import urlencode

from flask_security import hash_password
from PIL import Image
from sqlalchemy import select, update
from werkzeug.test import encode_multipart

from bench import pages
from marketplace import create_app
from marketplace.core.config import ROOT, Settings, load_settings
from marketplace.core.extensions import db
from marketplace.negotiation.lifecycle import OPEN_LEAD_STATES
from marketplace.negotiation.models import Lead
from marketplace.values import clock
from tests import factories
from tests.journeys.walking import FormParser

CLIENTS = 6
GROWTH = 1.05  # of private memory from the second third to the last: more is not flat
#: What is done, and how often in a hundred.
SHARES = {"read": 52, "search": 20, "own pages": 12, "message": 8, "sign in": 4, "picture": 4}


@dataclass
class World:
    """What clients know: addresses to read and to search, people who can sign in, open leads, and cookies of one side."""

    reads: list[str]
    searches: list[str]
    own: list[str]
    people: list[str]
    leads: list[str]
    cookies: str


@dataclass
class Seen:
    """Answers of one minute."""

    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    said: dict[int, str] = field(default_factory=dict)  # of each error, what its page said first


class Client:
    """One browser after the other."""

    def __init__(self, settings: Settings, world: World, seed: int) -> None:
        self.world, self.chance = world, random.Random(seed)
        self._leads = world.leads[seed::CLIENTS]  # its own: of two who write at the same moment one is asked to look again
        self._connection = HTTPConnection(settings.host, settings.port, timeout=60)
        self._cookies, self._side, self.seen = "", world.cookies, Seen()

    def ask(self, path: str, cookies: str = "", body: bytes | None = None, kind: str = "") -> str:
        """Send one request; return the page. Cookies that come back replace those of this name."""
        sent = {"Accept": "text/html", "Cookie": f"lang=vi{cookies}", "Sec-Fetch-Site": "same-origin",
                "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        if body is not None:
            sent["Content-Type"] = kind
        begin = time.perf_counter()
        try:
            self._connection.request("POST" if body is not None else "GET", path, body=body, headers=sent)
            answer = self._connection.getresponse()
            page = answer.read().decode(errors="replace")
        except (HTTPException, OSError):
            self.seen.statuses[0] += 1
            return ""
        finally:
            self._connection.close()  # as a proxy does; one that is kept stays with one process
        self.seen.times.append((time.perf_counter() - begin) * 1000)
        self.seen.statuses[answer.status] += 1
        if answer.status >= 400:
            detail = page.partition('class="error-detail">')[2].partition("<")[0]
            self.seen.said.setdefault(answer.status, f"{'GET' if body is None else 'POST'} {path}: {detail}")
        for line in answer.headers.get_all("Set-Cookie") or ():
            self._cookies = f"; {line.partition(';')[0]}"
        return page

    def one(self) -> None:
        """Do one of the things of SHARES."""
        kind = self.chance.choices(list(SHARES), list(SHARES.values()))[0]
        some, world = self.chance.choice, self.world
        match kind:
            case "read":
                self.ask(some(world.reads), some(["", world.cookies]))
            case "search":
                self.ask(some(world.searches))
            case "own pages":
                self.ask(some(world.own), world.cookies)
            case "sign in":
                self._sign_in(some(world.people))
            case _:
                self._message(some(self._leads), kind == "picture")

    def _sign_in(self, email: str) -> None:
        self._cookies = ""
        values = self._form(self.ask("/login"), "password")
        body = urlencode({**values, "email": email, "password": factories.PASSWORD}).encode()
        self.ask("/login", self._cookies, body, "application/x-www-form-urlencoded")
        self.ask("/dashboard", self._cookies)

    def _message(self, lead: str, picture: bool) -> None:
        path, self._cookies = f"/leads/{lead}", self._side
        values = self._form(self.ask(path, self._side), "once")
        self._side = self._cookies  # with the token of forms
        if not values:
            return
        sent: dict[str, Any] = {**values, "text": f"Xin cho biết thêm về số trạm đo, lần {self.chance.random()}."}
        if picture:
            sent["file"] = (io.BytesIO(self._picture()), "ảnh hiện trường.png")
        boundary, body = encode_multipart(sent)
        self.ask(f"{path}/messages", self._side, body, f"multipart/form-data; boundary={boundary}")

    def _picture(self) -> bytes:
        out = io.BytesIO()
        side = self.chance.randint(800, 2400)
        Image.new("RGB", (side, side), tuple(self.chance.randbytes(3))).save(out, "PNG")
        return out.getvalue()

    @staticmethod
    def _form(page: str, with_field: str) -> dict[str, str]:
        found = [one for one in FormParser(page).forms if with_field in one.values]
        return {name: str(value) for name, value in found[-1].values.items()} if found else {}


def world_of(settings: Settings, count: int) -> World:
    """Fill the database; return what clients know of it."""
    asked = pages.fill(settings, count)
    supplier = asked["dashboard, supplier"].cookies
    app = create_app(settings)
    with app.app_context():
        hashed = hash_password(factories.PASSWORD)
        people = [factories.user(email=f"tai{number}@example.vn", password=hashed).email for number in range(20)]
        is_open = Lead.state.in_(OPEN_LEAD_STATES)
        side = db.session.scalars(select(Lead.supplier_org_id).where(is_open).order_by(Lead.supplier_org_id).limit(1)).one()
        leads = list(db.session.scalars(select(Lead.code).where(Lead.supplier_org_id == side, is_open).limit(5 * CLIENTS)))
        later = {"respond_by": clock.now() + timedelta(days=30), "last_activity_at": clock.now()}  # so that none ends
        db.session.execute(update(Lead).where(Lead.code.in_(leads)).values(later))
        db.session.commit()
        db.engine.dispose()
    reads = [path for name in ("browse", "technology", "need", "organisation", "home") for path in asked[name].paths]
    own = ["/dashboard", "/inbox", "/my/deals", *asked["deal"].paths, *(f"/leads/{code}" for code in leads[:10])]
    return World(reads, list(asked["search"].paths), own, people, leads, supplier)


@contextmanager
def working(settings: Settings) -> Iterator[int]:
    """Run the worker; gives its process id."""
    named = {"DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database_url}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "work"]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **named, "DEMO": "0"}, stderr=subprocess.DEVNULL) as worker:
        try:
            yield worker.pid
        finally:
            worker.terminate()


def memory(pid: int) -> tuple[float, float]:
    """Return resident and private memory of a process in MB."""
    found: Counter[str] = Counter()
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
        name, _colon, rest = line.partition(":")
        found[name] += int(rest.split()[0])
    return found["Rss"] / 1024, (found["Private_Clean"] + found["Private_Dirty"]) / 1024


def run(settings: Settings, world: World, minutes: int, tell: Callable[[str], None]) -> int:
    """Load the server for so many minutes; return how many answers were errors or a process grew."""
    with pages.serving("wsgi:app", settings) as web, working(settings) as worker, ThreadPoolExecutor(CLIENTS) as pool:
        clients = [Client(settings, world, seed) for seed in range(CLIENTS)]
        held: list[list[float]] = []
        wrong = 0
        for minute in range(1, minutes + 1):
            until = time.monotonic() + 60
            runs: list[Future[None]] = [pool.submit(_until, one, until) for one in clients]
            for each in runs:
                each.result()
            children = Path(f"/proc/{web}/task/{web}/children").read_text(encoding="ascii").split()
            held.append([memory(int(one))[1] for one in (*children, worker)])
            wrong += _tell_minute(minute, clients, [memory(int(one)) for one in (*children, worker)], tell)
    return wrong + _grown(held, tell)


def _until(client: Client, until: float) -> None:
    while time.monotonic() < until:
        client.one()


def _tell_minute(minute: int, clients: list[Client], held: list[tuple[float, float]], tell: Callable[[str], None]) -> int:
    times = sorted(one for client in clients for one in client.seen.times)
    statuses: Counter[int] = sum((client.seen.statuses for client in clients), Counter())
    errors = {status: count for status, count in sorted(statuses.items()) if not 200 <= status < 400}
    said = {status: text for client in clients for status, text in client.seen.said.items()}
    for client in clients:
        client.seen = Seen()
    told = " ".join(f"{resident:.0f}/{private:.0f}" for resident, private in held)
    tell(f"minute {minute}: {len(times)} requests, errors {errors or 'none'}, p50 {times[len(times) // 2]:.0f} ms, "
         f"p95 {times[int(len(times) * 0.95)]:.0f} ms; resident/private MB of web, web, worker: {told}")
    for status, text in sorted(said.items()):
        tell(f"  {status}: {text}")
    return sum(errors.values())


def _grown(held: list[list[float]], tell: Callable[[str], None]) -> int:
    """Return how many processes had more private memory in the last third than in the one before."""
    third = len(held) // 3
    if not third:
        return 0
    grown = 0
    for name, figures in zip(("web", "web", "worker"), zip(*held, strict=True), strict=True):
        before, last = mean(figures[third:-third]), mean(figures[-third:])
        grown += last > before * GROWTH
        tell(f"{name}: {before:.0f} MB private in the second third, {last:.0f} MB in the last: "
             f"{'GROWS' if last > before * GROWTH else 'flat'}")
    return grown


def main(minutes: int, count: int) -> int:
    def tell(line: str) -> None:
        print(line, flush=True)

    with tempfile.TemporaryDirectory(prefix="bench-load-") as folder:
        url = os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL")
        named = {"DATABASE_URL": url} if url else {}
        port = str(pages._free_port())
        os.environ["SECURITY_LOG"] = str(Path(folder) / "security.log")
        settings = load_settings({"DATA_DIR": folder, "DEMO": "0", "RATE_LIMITS": "0", "PORT": port, **named})
        tell(f"{minutes} minutes, {CLIENTS} clients, N={count}, {settings.database_url.partition(':')[0]}, "
             f"load before {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        wrong = run(settings, world_of(settings, count), minutes, tell)
        tell(f"load after {os.getloadavg()[0]:.1f}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
