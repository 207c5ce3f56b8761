"""Pages that are kept: who opens the same address again gets the same page, as long as what it says is so.

All guests share theirs; a person has their own, by everything that says who they are and for whom they act. A kept page
is shown again only when nothing was committed since (`core.data_mark`), or when every statement that was run to make it
gives the same rows again, the visibility rule's among them (`core.readings`); so nothing is shown that its reader may
not see, and nothing old. What is spared is making it. Tokens and nonces are not kept but written anew into each answer;
a page for somebody with a message waiting is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from operator import attrgetter
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from marketplace.core.access import actor
from marketplace.core.data_mark import Mark, mark
from marketplace.core.extensions import db, wrote
from marketplace.core.readings import Readings, recording
from marketplace.values import clock
from marketplace.web.bounded_cache import BoundedCache
from marketplace.web.headers import csp_nonce
from marketplace.web.i18n import language

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

#: For how long a page is kept that says how long ago something was.
MOMENT = timedelta(seconds=60)
#: What a page takes beside its text: statements, parameters, digests.
BESIDE = 6_000
_ITS_OWN = {"Content-Type", "Content-Length"}
#: What is written anew into each answer, by its name in `g`.
_ANEW: dict[str, Callable[[], str]] = {"csrf_token": generate_csrf, "csp_nonce": csp_nonce}


@dataclass
class KeptPage:
    """One page as bytes, what it rests on, and its other encodings, made when first asked for.

    `pieces` are the page's parts when it holds tokens: every second one is the name of what stands there.
    """

    body: bytes
    readings: Readings
    made_at: datetime
    mark: Mark | None = None
    pieces: Sequence[bytes] = ()
    encoded: dict[str, bytes] = field(default_factory=dict)

    def still_true(self) -> bool:
        """Return whether the page would be the same if it were made now."""
        if self.readings.asked_time and abs(clock.now() - self.made_at) >= MOMENT:
            return False
        present = mark()
        if present is not None and present == self.mark:
            return self.readings.still_checked()
        if not self.readings.still_true(db.session.connection()):
            return False
        self.mark = present
        return True

    @property
    def size(self) -> int:
        """Bytes that it takes, its other encodings included before they are made."""
        return len(self.body) * (1 if self.pieces else 5) // (1 if self.pieces else 4) + BESIDE


class KeptPages(BoundedCache[KeptPage]):
    """The pages of one process, those used last, true still or not; at most `most` bytes."""

    def __init__(self, most: int) -> None:
        super().__init__(most, attrgetter("size"))


def keeps_page(view: View) -> View:
    """Let a view's pages be kept. The view reads nothing but the address, the language, the actor and the database,
    and what it reads elsewhere it says with `rests_on`. Put it under `access`.
    """

    @wraps(view)
    def shown(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        pages: KeptPages = current_app.extensions["kept_pages"]
        if request.method != "GET" or session.get("_flashes") or not pages.most:
            return view(*args, **kwargs)
        present, who = mark(), actor()
        place = (request.host_url, request.script_root, request.path, request.query_string)
        key = (place, language(), clock.today(), who)
        page = pages.get(key)
        if page is not None and page.still_true():
            for act in page.readings.repeated:
                act()
            return _answer(page)
        before = _remembered()
        with recording() as readings:
            answer = current_app.make_response(view(*args, **kwargs))
        if not _may_be_kept(answer, readings) or _remembered() != before:
            return answer
        page = _page(answer.get_data(), readings, present)
        pages.put(key, page)
        return answer if page.pieces else _answer(page)

    return cast(View, shown)


def _remembered() -> dict[str, Any]:
    """Return what the reader's cookie holds beside the token of forms, which each answer gives anew."""
    return {name: value for name, value in session.items() if name != "csrf_token"}


def _may_be_kept(answer: Response, readings: Readings) -> bool:
    if not readings.whole or wrote(db.session):
        return False
    plain = answer.mimetype == "text/html" and not answer.is_streamed and {*answer.headers.keys()} <= _ITS_OWN
    return plain and answer.status_code == 200


def _page(body: bytes, readings: Readings, present: Mark | None) -> KeptPage:
    secrets = {str(g.get(name)).encode(): name.encode() for name in _ANEW if name in g}
    if not secrets:
        return KeptPage(body, readings, clock.now(), present)
    parts = re.split(b"(" + b"|".join(map(re.escape, secrets)) + b")", body)
    parts[1::2] = [secrets[part] for part in parts[1::2]]
    return KeptPage(b"".join(parts[::2]), readings, clock.now(), present, parts)


def _answer(page: KeptPage) -> Response:
    body = page.body
    if page.pieces:
        now = {name: _ANEW[name.decode()]().encode() for name in {*page.pieces[1::2]}}
        body = b"".join(now[part] if place % 2 else part for place, part in enumerate(page.pieces))
    else:
        g.kept_page = page
    return Response(body, content_type="text/html; charset=utf-8")


def register(app: Flask) -> None:
    """Give the application its pages."""
    app.extensions["kept_pages"] = KeptPages(app.extensions["settings"].kept_pages_mb * 1_000_000)
