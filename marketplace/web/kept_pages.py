"""Pages of guests that are kept: all guests get the same page at the same address, as long as what it says is so.

A kept page is shown again only when every statement that was run to make it gives the same rows again, the visibility
rule's among them (`core.readings`); so nothing is shown that its reader may not see, and nothing old. What is spared is
making it. A page that holds a token or a nonce is never kept, nor one for somebody with a message waiting.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from threading import Lock
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, request, session
from flask.typing import ResponseReturnValue

from marketplace.core.access import actor
from marketplace.core.extensions import db, wrote
from marketplace.core.readings import Readings, recording
from marketplace.values import clock
from marketplace.web.i18n import language

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

#: What a process keeps at most, in bytes, and for how long it keeps a page that says how long ago something was.
MOST_BYTES, MOMENT = 24_000_000, timedelta(seconds=60)
#: What a page takes beside its text: statements, parameters, digests.
BESIDE = 6_000
_ITS_OWN = {"Content-Type", "Content-Length"}


@dataclass
class KeptPage:
    """One page as bytes, what it rests on, and its other encodings, made when first asked for."""

    body: bytes
    readings: Readings
    made_at: datetime
    encoded: dict[str, bytes] = field(default_factory=dict)

    def still_true(self) -> bool:
        """Return whether the page would be the same if it were made now."""
        if self.readings.asked_time and abs(clock.now() - self.made_at) >= MOMENT:
            return False
        return self.readings.still_true(db.session.connection())

    @property
    def size(self) -> int:
        """Bytes that it takes, its other encodings included before they are made."""
        return len(self.body) * 5 // 4 + BESIDE


class KeptPages:
    """The pages of one process, those used last; at most `most` bytes."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._pages: OrderedDict[object, KeptPage] = OrderedDict()
        self._most, self._size, self._lock = most, 0, Lock()

    @property
    def size(self) -> int:
        """Bytes that are kept now."""
        return self._size

    def get(self, key: object) -> KeptPage | None:
        """Return what is kept under a key, whether it is true still or not."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
        return page

    def put(self, key: object, page: KeptPage) -> None:
        """Keep a page instead of the one before; the ones used longest ago make room."""
        with self._lock:
            before = self._pages.pop(key, None)
            self._size -= before.size if before else 0
            self._pages[key] = page
            self._size += page.size
            while self._size > self._most:
                self._size -= self._pages.popitem(last=False)[1].size


def kept_for_guests(view: View) -> View:
    """Let a view's pages be kept for guests. The view reads nothing but the address, the language and the database,
    and what it reads elsewhere it says with `rests_on`. Put it under `access`.
    """

    @wraps(view)
    def shown(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if request.method != "GET" or session.get("_flashes") or actor().signed_in:
            return view(*args, **kwargs)
        pages: KeptPages = current_app.extensions["kept_pages"]
        key = (request.host_url, request.script_root, request.path, request.query_string, language(), clock.today())
        page = pages.get(key)
        if page is not None and page.still_true():
            for act in page.readings.repeated:
                act()
            return _answer(page)
        with recording() as readings:
            answer = current_app.make_response(view(*args, **kwargs))
        if not _may_be_kept(answer, readings):
            return answer
        page = KeptPage(answer.get_data(), readings, clock.now())
        pages.put(key, page)
        return _answer(page)

    return cast(View, shown)


def _may_be_kept(answer: Response, readings: Readings) -> bool:
    if not readings.whole or wrote(db.session) or session.modified or "csrf_token" in g or "csp_nonce" in g:
        return False
    plain = answer.mimetype == "text/html" and not answer.is_streamed and {*answer.headers.keys()} <= _ITS_OWN
    return plain and answer.status_code == 200


def _answer(page: KeptPage) -> Response:
    g.kept_page = page
    return Response(page.body, content_type="text/html; charset=utf-8")


def register(app: Flask) -> None:
    """Give the application its pages."""
    app.extensions["kept_pages"] = KeptPages()
