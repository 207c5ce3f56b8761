"""Each package of pyproject.toml has an exact version and digests in constraints.txt (`make lock`)."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCKED = (ROOT / "constraints.txt").read_text()
ANEW = "pyproject.toml has changed and constraints.txt has not: run `make lock` and commit both"


def wanted() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [text for texts in project["optional-dependencies"].values() for text in texts]
    return [Requirement(text) for text in [*project["dependencies"], *extras]]


def locked() -> dict[str, list[str]]:
    """Return the versions of each package; one that differs by Python has more than one."""
    versions = defaultdict(list)
    for name, version in re.findall(r"^([\w.\-]+)(?:\[[^\]]*\])?==([^\s;]+)", LOCKED, re.MULTILINE):
        versions[canonicalize_name(name)].append(version)
    return versions


def test_each_package_has_an_exact_version_within_its_bounds() -> None:
    known = locked()
    odd = [
        str(requirement) for requirement in wanted()
        if not (versions := known.get(canonicalize_name(requirement.name), []))
        or not all(requirement.specifier.contains(version, prereleases=True) for version in versions)
    ]
    assert not odd, f"{ANEW} ({', '.join(odd)})"


def test_each_package_that_was_asked_for_is_still_asked_for() -> None:
    asked = re.findall(r"^([\w.\-]+)==[^\n]*(?:\n +--hash[^\n]*)*\n +# via(?: |\n +#   )marketplace", LOCKED, re.MULTILINE)
    gone = set(map(canonicalize_name, asked)) - {canonicalize_name(requirement.name) for requirement in wanted()}
    assert asked, "pyproject.toml states no requirement that this test can read; mend its reader"
    assert not gone, f"{ANEW} ({', '.join(sorted(gone))})"


def test_each_version_has_digests_and_no_address_stands_anywhere() -> None:
    blocks = re.split(r"\n(?=[\w])", LOCKED)
    bare = [block.split("\n")[0] for block in blocks if not block.startswith("#") and "--hash=sha256:" not in block]
    assert not bare, f"lock {bare} with their hashes: run the command in the first lines of constraints.txt"
    assert "://" not in LOCKED, "constraints.txt may name packages of the index only, no address"
    assert "--" not in LOCKED.replace("--hash=sha256:", ""), "an option of the one who made it"
