"""Figures kept for a minute: what a hot page counts must not be counted for every visitor."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from flask import current_app

T = TypeVar("T")
KEEP_SECONDS = 60


def kept(name: str, count: Callable[[], T]) -> T:
    """Return `count()` of at most a minute ago, the same for everybody; tests count anew every time."""
    if current_app.testing:
        return count()
    cache: dict[str, tuple[float, T]] = current_app.extensions.setdefault("short_cache", {})
    known = cache.get(name)
    if known is None or time.monotonic() - known[0] > KEEP_SECONDS:
        known = cache[name] = (time.monotonic(), count())
    return known[1]


def forget(name: str) -> None:
    """Have something counted anew; other processes keep theirs until its minute is over."""
    current_app.extensions.get("short_cache", {}).pop(name, None)
