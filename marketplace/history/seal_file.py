"""The file beside the database to which seals are only ever appended: one line of JSON each."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from marketplace.core.config import Settings
from marketplace.history.models import canonical, digest

NAME = "seals.jsonl"


def path_of(settings: Settings) -> Path:
    """Return where the file is."""
    return settings.data_dir / NAME


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the seals in the file in their order; a line that cannot be read is an empty seal."""
    try:
        return [_read(line) for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    except FileNotFoundError:
        return []


def _read(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def append_missing(path: Path, seals: Iterable[dict[str, Any]]) -> int:
    """Append the seals that the file does not hold, and return how many; what stands there stays."""
    held = {digest(seal) for seal in lines(path)}
    missing = [seal for seal in seals if digest(seal) not in held]
    if missing:
        with path.open("a", encoding="utf-8") as file:
            file.write("".join(canonical(seal) + "\n" for seal in missing))
            file.flush()
            os.fsync(file.fileno())
    return len(missing)
