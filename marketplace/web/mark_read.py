"""A page says that its reader has seen a thing; who keeps what they were told of it (notifications) listens."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app

from marketplace.core.access import Actor, actor

Listener = Callable[[Actor, str], None]


def register_seen(app: Flask, listener: Listener) -> None:
    """Let `listener(actor, path)` know what people have seen."""
    app.extensions.setdefault("seen", []).append(listener)


def note_seen(path: str) -> None:
    """Say that the present reader has seen what stands at `path` and below; only where the request may write."""
    for listener in current_app.extensions.get("seen", ()):
        listener(actor(), path)
