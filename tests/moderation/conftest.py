"""The desk, for tests of actions (`desk`) and of pages (`web`)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.moderation.factories import Desk


@pytest.fixture
def desk(ctx: Flask) -> Desk:
    return Desk()


class Web:
    """The desk with web clients."""

    def __init__(self, app: Flask, desk: Desk) -> None:
        self.app, self.desk = app, desk

    def client(self, who: str, locale: str = "en") -> FlaskClient:
        """A client of a person of the desk by name; `anonymous` has none."""
        desk = self.desk
        people = {
            "anonymous": (None, None),
            "stranger": (desk.stranger_user, desk.stranger_org),
            "colleague": (desk.colleague_user, desk.org),
            "supplier": (desk.supplier_user, desk.org),
            "moderator": (desk.moderator_user, None),
            "other": (desk.other_user, None),
            "insider": (desk.insider_user, desk.org),
        }
        person, org = people[who]
        return factories.client(self.app, person, org, locale)


@pytest.fixture
def web(ctx: Flask, desk: Desk) -> Iterator[Web]:
    yield Web(ctx, desk)
