"""A new state of a deal is one row of `deals/lifecycle.py`, its migration, its translation and the words of its page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.thorough
def test_with_one_more_state_every_page_of_deals_still_works() -> None:
    """A process of its own, since the tables and the routes are made from the lifecycle when they are imported."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.deals.one_more_state", "-p", "no:cacheprovider",
               "-o", "addopts=", "tests/deals/added_state.py"]
    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "TEST_BACKEND": "sqlite"}
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
