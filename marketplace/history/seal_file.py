"""The file beside the database to which seals are only ever appended: one line of JSON each.

A process may end in the middle of a line. The next one begins a line of its own, and the torn one stays as it is.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from marketplace.core.config import Settings
from marketplace.history.models import canonical, digest

log = logging.getLogger(__name__)
NAME = "seals.jsonl"


def path_of(settings: Settings) -> Path:
    """Return where the file is."""
    return settings.data_dir / NAME


def texts(path: Path) -> list[str]:
    """Return the lines of the file that hold anything; none when there is no file."""
    try:
        return _texts(path.read_bytes())
    except FileNotFoundError:
        return []


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the seals in the file in their order; a line that cannot be read is an empty seal."""
    return [seal_in(line) for line in texts(path)]


def _texts(content: bytes) -> list[str]:
    """Return the lines of a content; zeros are what a file system leaves of a line it had no time to write."""
    found = (line.strip("\0 \r") for line in content.decode("utf-8", errors="replace").split("\n"))
    return [line for line in found if line]


def seal_in(line: str) -> dict[str, Any]:
    """Return the seal in a line; an empty one when it cannot be read."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def held(found: Iterable[str], seals: Sequence[dict[str, Any]]) -> tuple[set[str], list[str]]:
    """Return the digests of those seals that stand in lines, and the lines that are neither one of them nor a torn copy."""
    whole = {canonical(seal): digest(seal) for seal in seals}
    known, digests, foreign = set(whole.values()), set(), []
    for line in found:
        its = digest(seal_in(line))
        if its in known:
            digests.add(its)
            continue
        ends = next((copy for copy in whole if line.endswith(copy)), "")  # a torn one, and the next in the same line
        if ends:
            digests.add(whole[ends])
        if not any(copy.startswith(line.removesuffix(ends)) for copy in whole):
            foreign.append(line)
    return digests, foreign


def append_missing(path: Path, seals: Sequence[dict[str, Any]]) -> int:
    """Append the seals that the file does not hold, and return how many; what stands there stays.

    One process writes at a time. That others than the newest seal are missing is logged: somebody took them away.
    """
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        content = file.read()
        there, _foreign = held(_texts(content), seals)
        missing = [seal for seal in seals if digest(seal) not in there]
        if len(missing) > 1:
            log.error("%s did not hold %s seals of the database, number %s first", path, len(missing), missing[0]["number"])
        if missing:
            begin = "" if content.endswith(b"\n") or not content else "\n"
            file.write((begin + "".join(canonical(seal) + "\n" for seal in missing)).encode())
            file.flush()
            os.fsync(file.fileno())
    return len(missing)
