"""A page says that its reader has seen a thing; who keeps what they were told of it (notifications) listens."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app, request

from marketplace.core.access import Actor, actor
from marketplace.web.application import SAFE
from marketplace.web.fetch_metadata import opened_by_reader

Listener = Callable[[Actor, str], None]


def register_seen(app: Flask, listener: Listener) -> None:
    """Let `listener(actor, path)` know what people have seen."""
    app.extensions.setdefault("seen", []).append(listener)


def note_seen(path: str) -> None:
    """Say that the present reader has seen what stands at `path` and below; only where the request may write.

    A page that a link from elsewhere opened, or that the browser fetched ahead, marks nothing.
    """
    if request.method in SAFE and not opened_by_reader():
        return
    for listener in current_app.extensions.get("seen", ()):
        listener(actor(), path)
