"""An exchange as `make run` starts it (web, worker, SQLite, Whoosh), and the demonstration's data that each starts with.

The demonstration is loaded once, by a first start of `flask up` in an empty folder: it takes longer than anything else
here. Whoever wants an exchange gets a copy of the folder as it is when the worker has nothing left to do, so that its
`flask up` finds everything there. `tests.browser.run` begins the making before the tests; they meet in FOLDER/ready.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MEMORY = Path("/dev/shm")  # a file system in memory, where Linux has one
ROOM = 500_000_000
PATIENCE = 800.0  # seconds: a busy machine makes the demonstration's data slowly
OPEN_WORK = """SELECT count(*) FROM outbox
    WHERE done_at IS NULL AND parked_at IS NULL AND (consumer <> 'job' OR due_at <= ?)"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(data: Path, **more: str) -> Iterator[str]:
    """The address of an exchange on a data folder; its end must be orderly. What it says is kept beside the folder.

    `more` are settings besides.
    """
    port, log = free_port(), data.with_name(f"{data.name}.log")
    ours = {"DATA_DIR": str(data), "PORT": str(port), "EXCHANGE_ENV": "development", "RATE_LIMITS": "0", **more}
    env = {**os.environ, **ours}
    for name in ("DATABASE_URL", "SEARCH_URL", "BASE_URL"):
        env.pop(name, None)
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "up"], cwd=ROOT, env=env, stdout=out, stderr=out
        )
        try:
            until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), "the exchange did not start", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 0, log.read_text()[-3000:]


def until(true: Callable[[], bool], otherwise: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until something is true, as long as the process lives."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"{otherwise} (ended with {process.poll()}): {log.read_text()[-3000:]}")
        time.sleep(0.3)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def demonstration() -> Iterator[Path]:
    """A folder in which another process makes the demonstration's data meanwhile; `copy_of` waits for them.

    The folder lies in memory where there is room: deleting hundreds of small files takes seconds on some disks.
    """
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix="exchange-", dir=MEMORY if roomy else None))
    with (folder / "making.out").open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.exchange", str(folder)], cwd=ROOT, stdout=out, stderr=out
        )
    try:
        yield folder
    finally:
        process.terminate()
        process.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def make(folder: Path) -> None:
    """Start an exchange for the first time and stop it when its worker has done all that the demonstration leaves."""
    data = folder / "making"
    with running(data):
        deadline = time.monotonic() + PATIENCE
        while open_work(data):
            assert time.monotonic() < deadline, f"{open_work(data)} rows of work are still open"
            time.sleep(0.3)
    data.rename(folder / "ready")


def open_work(data: Path) -> int:
    """Return how many rows the worker has still to do now; jobs of a later hour do not count."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(data / "exchange.sqlite3", timeout=15)) as connection:
        return int(connection.execute(OPEN_WORK, (now,)).fetchone()[0])


def copy_of(folder: Path) -> Path:
    """Return a data folder of this process's own with the demonstration, as soon as it is made."""
    deadline = time.monotonic() + PATIENCE
    while not (folder / "ready").exists():
        failed = (folder / "failed").exists()
        assert not failed and time.monotonic() < deadline, (folder / "making.out").read_text()[-3000:]
        time.sleep(0.2)
    return shutil.copytree(folder / "ready", folder / f"data-{os.getpid()}")


def main(folder: Path) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the exchange is stopped too
    try:
        make(folder)
    except BaseException:
        (folder / "failed").touch()
        raise
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
