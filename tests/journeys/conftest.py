"""People at their desks: a moderator, and a market of one supplier and one agency, all with browsers of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests import factories
from tests.journeys.walking import Walker
from tests.moderation.factories import form_of

Decide = Callable[..., str]


@pytest.fixture(autouse=True)
def _tokens_only_here(shared_app: Flask) -> Iterator[None]:
    """Walkers send CSRF tokens; the clients of other tests do not."""
    yield
    shared_app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def moderator(app: Flask) -> Walker:
    with app.app_context():
        person = factories.user("Đặng Thu Hà", email="ha.dang@example.vn", staff=("moderator",))
        return Walker(app, person)


@pytest.fixture
def decide(moderator: Walker) -> Decide:
    """Find the oldest case of a kind in the queue, claim it, decide."""

    def run(kind: str, action: str = "approve", **changes: str) -> str:
        page = moderator.open(f"/moderation?kind={kind}")
        claims = [part for part in page.split('"') if part.endswith("/claim") and part.startswith(f"/moderation/{kind}/")]
        assert claims, f"nothing of kind {kind} waits: {page[:200]}"
        moderator.send(claims[0])
        return moderator.send("/decide", **form_of(kind, action, **changes))

    return run
