"""Figures kept for a minute: what a hot page counts must not be counted for every visitor."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app

from marketplace.core.readings import apart, rests_on

T = TypeVar("T")
KEEP_SECONDS = 60
#: How many figures a process keeps at most; the oldest goes first.
MOST = 500


def kept(name: str, count: Callable[[], T], *, forgotten: bool = False) -> T:
    """Return `count()` of at most a minute ago, the same for everybody.

    Tests count anew every time, but for what is `forgotten` at every change (`forget`).
    """
    if current_app.testing and not forgotten:
        return count()
    cache = _cache()
    known = cache.get(name)
    if known is None or time.monotonic() - known[0] > KEEP_SECONDS:
        for oldest in list(cache)[: max(0, len(cache) + 1 - MOST)]:
            cache.pop(oldest, None)
        with apart():
            known = cache[name] = (time.monotonic(), count())
    found: T = known[1]
    rests_on(lambda: bool(kept(name, count, forgotten=forgotten) == found))
    return found


def forget(name: str) -> None:
    """Count `name` anew at the next call in this process; other processes do within a minute."""
    _cache().pop(name, None)


def _cache() -> dict[str, tuple[float, Any]]:
    cache: dict[str, tuple[float, Any]] = current_app.extensions.setdefault("short_cache", {})
    return cache
