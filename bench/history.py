"""What seals of the history cost: `.venv/bin/python -m bench.history [EVENTS] [CHAINS]`, or `make bench-history`.

Writes EVENTS events (default 200,000) into CHAINS chains (default a fifth), then takes the first seal, records a day's
events, takes the second, and verifies everything; each in a process of its own, with its seconds and its peak of memory.
A BENCH_DATABASE_URL of an empty database measures another one than SQLite.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta

_DAY = 2_000  # events between the two seals
_BATCH = 1_000


class Thing:
    """A subject that is only a kind and an id: the chains need no table."""

    subject_kind = "bench"

    def __init__(self, number: int) -> None:
        self.id = number


def main(events: int, chains: int) -> int:
    with tempfile.TemporaryDirectory(prefix="bench-history-") as folder:
        url = os.environ.get("BENCH_DATABASE_URL") or f"sqlite:///{folder}/bench.sqlite3"
        env = {**os.environ, "DATA_DIR": folder, "DATABASE_URL": url, "EXCHANGE_ENV": "development", "DEMO": "0"}
        print(f"{events} events in {chains} chains, {url.partition(':')[0]}")
        for step in ("nothing", "fill", "seal", "day", "seal", "verify"):
            subprocess.run([sys.executable, "-m", "bench.history", step, str(events), str(chains)], env=env, check=True)
    return 0


def one(step: str, events: int, chains: int) -> None:
    """Do one step and print what it took."""
    from flask_migrate import upgrade  # the settings are read when the application is made

    from marketplace import create_app
    from marketplace.core.access import SYSTEM
    from marketplace.core.bulk_events import BulkEvent, record_many
    from marketplace.core.extensions import db
    from marketplace.history.actions import take
    from marketplace.history.checks import broken_history
    from marketplace.values import clock

    def write(count: int, moment: timedelta) -> None:
        with clock.fixed(clock.now() - moment):
            for start in range(0, count, _BATCH):
                numbers = range(start, min(start + _BATCH, count))
                things = [Thing(number % chains + 1) for number in numbers]
                record_many([BulkEvent(thing, "bench.save", SYSTEM, reason="Một lý do.") for thing in things])
                db.session.commit()
                db.session.expunge_all()

    app = create_app()
    with app.app_context():
        if step == "nothing":
            upgrade()
        begun, used = time.perf_counter(), time.process_time()
        if step == "fill":
            write(events, timedelta(days=2))
        elif step == "day":
            write(_DAY, timedelta(hours=1))
        elif step == "seal":
            take(clock.now() - timedelta(days=1) if not _sealed() else clock.now())
            db.session.commit()
        elif step == "verify":
            assert list(broken_history(app.extensions["settings"])) == []
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{step:8} {time.perf_counter() - begun:6.1f} s, {time.process_time() - used:6.1f} s of processor, "
              f"peak {peak:4.0f} MB", flush=True)


def _sealed() -> bool:
    from marketplace.history.queries import last_seal

    return last_seal() is not None


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].isdecimal():
        one(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    else:
        wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
        raise SystemExit(main(wanted, int(sys.argv[2]) if len(sys.argv) > 2 else wanted // 5))
