"""Time and memory of records: `.venv/bin/python -m bench.records` makes the two worst PDFs that are accepted at once.

Each kind fills every item of the contract of two deals (tests/deals/test_record_cost.py). Memory is what both processes
that set them have in use at the same time. Ends with 1 when one takes more than SECONDS of processor time, or both more
than MEMORY. Linux only: reads /proc.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask import Flask

from marketplace import create_app
from marketplace.core.extensions import db
from marketplace.deals import pdf
from marketplace.deals.models import Deal
from marketplace.values import clock
from marketplace.vocabulary import CONTRACT_ITEMS
from tests.conftest import make_settings
from tests.deals.factories import Trade, deal_in
from tests.deals.test_record_cost import WORST

SECONDS, MEMORY = 3.0, 300  # seconds for each, MB for both


def in_use() -> float:
    """Return what the processes that this one has started have in use, in MB."""
    threads = Path("/proc/self/task").glob("*/children")  # each names what it has started
    found = sum(_resident(child) for one in threads for child in _text(one).split())
    return found * os.sysconf("SC_PAGE_SIZE") / 1_000_000


def _resident(process: str) -> int:
    return int((_text(Path(f"/proc/{process}/statm")).split() or ["0", "0"])[1])


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""  # it has just ended


def measure(app: Flask, deals: list[int]) -> tuple[float, float, float]:
    """Return processor seconds of each, seconds until both are made, and the peak of memory in MB."""
    peak, done = [0.0], threading.Event()

    def make(deal_id: int) -> int:
        with app.app_context():
            return len(pdf.render(db.session.get_one(Deal, deal_id), clock.now()))

    def look() -> None:
        while not done.wait(0.01):
            peak[0] = max(peak[0], in_use())

    looking = threading.Thread(target=look)
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    looking.start()
    with ThreadPoolExecutor(len(deals)) as pool:
        assert all(pool.map(make, deals))
    took = time.perf_counter() - begin
    done.set()
    looking.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    work = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return work / len(deals), took, peak[0]


def _deal(trade: Trade, text: str) -> int:
    return deal_in("drafting", trade, contract=dict.fromkeys(CONTRACT_ITEMS.codes, text)).id


def main() -> int:
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="bench-records-") as folder:
        app = create_app(make_settings(Path(folder), f"sqlite:///{folder}/bench.sqlite3"))
        with app.app_context():
            db.create_all()
            trade = Trade()
            deals = {
                kind: [_deal(trade, text) for _one in range(2)] for kind, text in WORST.items()
            }
            db.session.commit()
        for kind, pair in deals.items():
            work, took, peak = measure(app, pair)
            wrong += work > SECONDS or peak > MEMORY
            print(f"{kind}: {work:.1f} processor seconds each, both in {took:.1f} s, {peak:.0f} MB together", flush=True)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
