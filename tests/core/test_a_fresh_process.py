"""What the application has loaded when it is imported, seen in a process of its own: the tests have imported everything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

CODE = """
import sys, marketplace.values.places
print(marketplace.values.places._data.cache_info().currsize, *sys.modules)
"""


@pytest.fixture(scope="module")
def said() -> list[str]:
    """How many data of places were read, then the names of the modules."""
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_every_table_is_known(said: list[str]) -> None:
    declared = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "marketplace").rglob("*.py") if "__tablename__ = " in path.read_text(encoding="utf-8")
    }
    unknown = declared - set(said)
    assert not unknown, f"{sorted(unknown)}: a table that is not imported is missing in migrations; import it in the wiring"
    assert len(declared) > 15


def test_the_names_of_places_are_read_when_they_are_asked_for(said: list[str]) -> None:
    assert said[0] == "0"
    assert "vietnam_provinces" not in said
