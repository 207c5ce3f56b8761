"""The people of a conversation, and one that is negotiating: for the tests of negotiation and of deals."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.negotiation.models import Lead
from tests.negotiation.factories import Cast


@pytest.fixture
def cast(ctx: Flask) -> Cast:
    return Cast()


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return cast.lead_in("negotiating")
