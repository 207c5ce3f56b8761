"""Where Chromium is and how it is started.

Debian has it twice, from one source: `chromium-headless-shell` is the same engine without windows, menus and extensions,
and takes half of the processor time for a page; `chromium` serves where that is missing.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]


def find() -> str | None:
    """Return the path of Debian's Chromium (CHROMIUM overrides), or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None)
