"""Parts of pages that are kept: the row of a result, a group of filters. Keyed by everything that was rendered.

A part is made of its key alone: the key holds every value that the part shows, so whoever's page brings the same values
gets the same text, and a value that has changed, or may not be seen any more, asks for another part. Whether something
may be seen is decided before, by the statements that brought the values.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from flask import Flask, current_app, request
from markupsafe import Markup

from marketplace.web.bounded_cache import BoundedCache
from marketplace.web.i18n import language

#: What a process keeps at most, in bytes, and what a part takes beside its text.
MOST_BYTES, BESIDE = 12_000_000, 1_000


class KeptFragments:
    """The parts of one process, those used last; at most `most` bytes, about: letters beyond Latin take two."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._parts: BoundedCache[Markup] = BoundedCache(most, _size)

    @property
    def size(self) -> int:
        """Bytes that are kept now."""
        return self._parts.size

    def get(self, key: Hashable, make: Callable[[], Markup]) -> Markup:
        """Return what is kept under a key, made when it is not there."""
        found = self._parts.get(key)
        if found is None:
            found = make()
            self._parts.put(key, found)
        return found


def _size(part: Markup) -> int:
    return len(part) * 2 + BESIDE


def kept_part(name: str, shown: Hashable, caller: Callable[[], Markup]) -> Markup:
    """Return a part of a page: `{% call kept_part("row", values) %}…{% endcall %}`, where … shows only these values."""
    parts: KeptFragments = current_app.extensions["kept_fragments"]
    return parts.get((name, request.script_root, language(), shown), caller)


def register(app: Flask) -> None:
    """Give the application its parts, and templates the function."""
    app.extensions["kept_fragments"] = KeptFragments()
    app.jinja_env.globals["kept_part"] = kept_part
