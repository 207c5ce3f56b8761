"""The two sides of deals."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.deals.factories import Trade


@pytest.fixture
def trade(ctx: Flask) -> Trade:
    return Trade()
