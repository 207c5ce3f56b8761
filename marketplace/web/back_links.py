"""Which address shows a page: some only take what is sent to them, and nobody can be led back there."""

from __future__ import annotations

from flask import request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, MethodNotAllowed


def shows(path: str) -> bool:
    """True when `path` answers to a GET."""
    adapter = request_ctx.url_adapter
    try:
        return adapter is not None and bool(adapter.match(path, method="GET"))
    except HTTPException:  # not found, or another method only
        return False


def only_takes(path: str) -> bool:
    """True when there is something at `path`, but nothing to look at."""
    adapter = request_ctx.url_adapter
    try:
        if adapter is not None:
            adapter.match(path, method="GET")
    except MethodNotAllowed:
        return True
    except HTTPException:
        return False
    return False


def page_of(path: str) -> str:
    """Return `path` when it can be opened, else the page that it belongs to: /leads/A/messages is sent from /leads/A."""
    if not only_takes(path):
        return path
    parts = path.rstrip("/").split("/")
    above = ("/".join(parts[:end]) for end in range(len(parts) - 1, 1, -1))
    return next((page for page in above if shows(page)), "/")


def here() -> str:
    """Return the address of this page with its query, as one to come back to."""
    shown = request.url_rule is not None and request.method in {"GET", "HEAD"}  # this very page: nothing to look up
    page = request.path if shown else page_of(request.path)
    query = request.query_string.decode(errors="replace")
    return f"{page}?{query}" if query and page == request.path else page
