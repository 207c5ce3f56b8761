"""How much is tried: each kind of thing once (`make test`), or everything everywhere (TESTS=all, `make test-all`)."""

from __future__ import annotations

import os

import pytest

#: True when every value goes into every form, and every page is looked at in every look.
ALL = os.environ.get("TESTS") == "all"
#: True in the groups of `make test`, which run a test on the one database where it can fail (tests/groups.py).
ONCE = os.environ.get("TESTS") == "once"


def often(times: int, few: int = 0) -> int:
    """Return how often something random is tried: `times` with TESTS=all, else `few`, a quarter unless it is said."""
    return times if ALL else few or max(times // 4, 1)


#: Marks a test that PostgreSQL runs with TESTS=all only, because what it tries does not depend on the database.
sqlite_first = pytest.mark.sqlite_first
