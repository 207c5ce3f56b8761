"""The two sides of deals."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.deals.factories import Trade
from tests.negotiation.fixtures import cast, lead

__all__ = ("cast", "lead", "trade")


@pytest.fixture
def trade(ctx: Flask) -> Trade:
    return Trade()
