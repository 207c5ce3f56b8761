"""Parts of pages that are kept: the row of a result, a group of filters. Keyed by everything that was rendered.

A part is made of its key alone: the key holds every value that the part shows, so whoever's page brings the same values
gets the same text, and a value that has changed, or may not be seen any more, asks for another part. Whether something
may be seen is decided before, by the statements that brought the values.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from flask import Flask, current_app, request
from markupsafe import Markup

from marketplace.web.i18n import language

#: What a process keeps at most, in bytes, and what a part takes beside its text.
MOST_BYTES, BESIDE = 12_000_000, 1_000


class KeptFragments:
    """The parts of one process, those used last; at most `most` bytes."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._parts: OrderedDict[Hashable, Markup] = OrderedDict()
        self._most, self._size, self._lock = most, 0, Lock()

    @property
    def size(self) -> int:
        """Bytes that are kept now, about: letters beyond Latin take two."""
        return self._size

    def get(self, key: Hashable, make: Callable[[], Markup]) -> Markup:
        """Return what is kept under a key, made when it is not there."""
        with self._lock:
            found = self._parts.get(key)
            if found is not None:
                self._parts.move_to_end(key)
                return found
        made = make()
        with self._lock:
            if key not in self._parts:
                self._parts[key] = made
                self._size += _size(made)
            while self._size > self._most:
                self._size -= _size(self._parts.popitem(last=False)[1])
        return made


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
