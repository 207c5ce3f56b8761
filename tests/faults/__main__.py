"""Plant each fault in a copy of the repository and run the tests that must catch it.

    .venv/bin/python -m tests.faults              # all, one after the other
    .venv/bin/python -m tests.faults "two buyers" # those whose name contains this

Prints one line a fault, with the test that failed, and exits 1 when one was not caught. `make test-faults` is this command.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.planted import FAULTS, Fault
from tests.groups import elsewhere

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("marketplace", "templates", "static", "migrations", "tests")
MINUTES = 10


def copy_to(folder: Path) -> None:
    """Copy what tests need, without caches and data."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "wsgi.py", "Makefile", "README.md"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "docs", folder / "docs")


def commands_of(fault: Fault) -> list[list[str]]:
    """Return the commands that run a fault's tests where `make test` runs them: on SQLite, on PostgreSQL, or on both."""
    run = [sys.executable, "-m", "pytest", "-x", "-q", "-m", "not browser", "-p", "no:cacheprovider", *fault.tests.split()]
    server = [sys.executable, "-m", "tests.postgres", *run]
    there = [elsewhere(ROOT / test.split("::")[0]) for test in fault.tests.split()]
    if fault.postgres or all(there):
        return [server]
    return [run, server] if any(there) else [run]


def caught(fault: Fault, folder: Path) -> str:
    """Plant one fault, run its tests, take it back. Returns the test that failed, else ""; other ends are errors."""
    path = folder / "marketplace" / fault.path
    sound = path.read_text(encoding="utf-8")
    path.write_text(sound.replace(fault.old, fault.new), encoding="utf-8")
    try:
        return next(filter(None, (failure(fault, command, folder) for command in commands_of(fault))), "")
    finally:
        path.write_text(sound, encoding="utf-8")


def failure(fault: Fault, command: list[str], folder: Path) -> str:
    """Run one command; return the test that failed, else "". Any other end is an error."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60 * MINUTES,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TESTS": "once"},
    )
    if done.returncode not in {0, 1}:
        raise SystemExit(f"{fault.name}: pytest ended with {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    failed = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("FAILED ")]
    return (failed or ["an error"])[0] if done.returncode == 1 else ""


def main(part: str = "") -> int:
    """Run the faults whose name contains `part`; return how many were not caught."""
    planted = missed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_to(folder)
        for fault in (one for one in FAULTS if part in one.name):
            started = time.monotonic()
            found = caught(fault, folder)
            planted, missed = planted + 1, missed + (not found)
            said = f"{'caught' if found else 'MISSED'}  {time.monotonic() - started:6.1f} s"
            print(f"{said}  {fault.path}: {fault.name}  {found.partition('::')[2]}", flush=True)
    print(f"{planted - missed} of {planted} faults were caught")
    return missed


if __name__ == "__main__":
    raise SystemExit(min(main(*sys.argv[1:2]), 1))
