"""Workers for tests to kill: `Nursery` starts one after the other, each a process of its own.

A worker is forked from an application that is loaded already (`python -m tests.nursery`, which starts one for every
line read and prints its pid), so that a test can afford to kill many.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from marketplace import create_app
from marketplace.core.worker import work_forever

ROOT = Path(__file__).resolve().parents[1]


class Nursery:
    """Workers, one at a time, each a process that can be killed."""

    def __init__(self, app: Flask) -> None:
        settings = app.extensions["settings"]
        ours = {
            "EXCHANGE_ENV": "test", "DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database_url,
            "SEARCH_URL": settings.search_url, "SECRET_KEY": settings.secret_key, "MAIL_URL": settings.mail_url,
        }
        command = [sys.executable, "-m", "tests.nursery"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **ours}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def start(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.write("one\n")
        self.process.stdin.flush()
        return int(self._line())

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not alive(pid))


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "nothing happens"
        time.sleep(0.005)


def main() -> None:
    """Serve until the input ends."""
    app = create_app()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are buried at once
    print("ready", flush=True)
    for _line in sys.stdin:
        pid = os.fork()
        if not pid:
            sys.stdin.close()
            with app.app_context():
                work_forever(threading.Event(), 0.02, alone=True)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
