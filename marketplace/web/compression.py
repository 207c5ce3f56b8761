"""Pages are sent compressed, and why what is secret in them stays so.

Who sees only how long answers are, and can make a person's browser ask for an address with words of theirs in it, could
guess a token of the page letter by letter (BREACH). So an answer to somebody with a session is compressed only when the
browser says that a page of ours, or the person, asked for it (`Sec-Fetch-Site`): what another site makes a browser ask
for is never compressed, nor are the pages of signing in. A guest without a session has no secret in a page.
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, current_app, g, request

from marketplace.web.fetch_metadata import asked_by_reader
from marketplace.web.kept_pages import KeptPage

#: Answers shorter than this fit in a packet as they are; how hard is tried.
LEAST, LEVEL = 1_000, 5
TYPES = {
    "text/html", "text/plain", "text/css", "text/csv", "text/javascript", "application/json", "application/ld+json",
    "application/problem+json", "image/svg+xml",
}


def compress(response: Response) -> Response:
    """Compress an answer when its reader's browser takes it and nobody else has a hand in what was asked."""
    if response.mimetype not in TYPES or response.is_streamed or response.direct_passthrough:
        return response
    if response.status_code in {204, 206, 304} or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    if not (request.accept_encodings["gzip"] > 0 and _is_safe()):
        return response
    body = response.get_data()
    if len(body) < LEAST:
        return response
    kept: KeptPage | None = g.get("kept_page")
    if kept is not None and kept.body == body:
        packed = kept.encoded.get("gzip")
        if packed is None:
            packed = kept.encoded["gzip"] = _packed(body)
    else:
        packed = _packed(body)
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"
    return response


def _packed(body: bytes) -> bytes:
    return gzip.compress(body, LEVEL, mtime=0)


def _is_safe() -> bool:
    """Return whether no other site can have chosen what is asked, or there is no secret to be guessed."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return True
    return request.blueprint != "security" and asked_by_reader()


def register(app: Flask) -> None:
    """Compress every answer, last of all. To be called first: what is registered first runs last."""
    app.after_request(compress)
