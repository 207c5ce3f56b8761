"""How much is tried: each kind of thing once (`make test`), or everything everywhere (TESTS=all, `make test-all`)."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., None])
#: True when every value goes into every form, and every page is looked at in every look.
ALL = os.environ.get("TESTS") == "all"


def often(times: int, few: int = 0) -> int:
    """Return how often something random is tried: `times` with TESTS=all, else `few`, a quarter unless it is said."""
    return times if ALL else few or max(times // 4, 1)


def sqlite_first(test: Test) -> Test:
    """Mark a test that PostgreSQL runs with TESTS=all only, because what it tries does not depend on the database."""
    return pytest.mark.thorough(test) if os.environ.get("TEST_BACKEND") == "postgres" else test
