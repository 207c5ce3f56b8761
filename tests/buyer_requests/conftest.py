"""Fixtures of tests of needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.buyer_requests.factories import Cast


@pytest.fixture
def cast(ctx: Flask) -> Cast:
    """The cast, for tests of actions and queries."""
    return Cast()


class Scene:
    """The cast and the web: things are made inside `with scene.app.app_context()`, pages are asked for outside."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.cast = Cast("agency", "Sở Tài nguyên Xanh")

    def client(self, who: str = "", locale: str = "vi") -> FlaskClient:
        cast = self.cast
        people = {
            "": (None, None), "buyer": (cast.buyer_user, cast.org), "colleague": (cast.colleague_user, cast.org),
            "invited": (cast.invited_user, cast.invited_org), "stranger": (cast.stranger_user, cast.stranger_org),
            "moderator": (cast.moderator_user, None),
        }
        person, org = people[who]
        return factories.client(self.app, person, org, locale)

    def make(self, build: Callable[[Cast], object]) -> str:
        """Build something about one need and return the need's code."""
        with self.app.app_context():
            made = build(self.cast)
            return str(getattr(made, "code", None) or made.buyer_request.code)  # type: ignore[attr-defined]


@pytest.fixture
def scene(app: Flask) -> Iterator[Scene]:
    yield Scene(app)
