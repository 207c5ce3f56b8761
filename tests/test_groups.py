"""What the groups of tests name is there, and what PostgreSQL must see is named; each failure says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tests.browser.places import FACES, PAGES
from tests.faults.planted import FAULTS
from tests.groups import NO_DATABASE, ON_BOTH, ON_POSTGRES, ROOT, elsewhere, on_postgres

TESTS = ROOT / "tests"
#: What shows that a test is about something that the two databases do differently.
DIFFERS = re.compile(
    r"\bthreading\.(?:Thread|Barrier)\b|\bThreadPoolExecutor\b|\bsubprocess\.Popen\b|\bracing\b|\.dialect\b|\bown_database\b"
)


def named(path: Path, names: Iterable[str]) -> bool:
    """True when a file is in one of the files and folders named."""
    return any(path == ROOT / name or ROOT / name in path.parents for name in names)


def test_what_the_groups_name_is_there_and_named_once() -> None:
    names = [*on_postgres(), *NO_DATABASE]
    gone = [name for name in names if not (ROOT / name).exists()]
    assert not gone, f"tests/groups.py names what is not there: {gone}"
    assert len(names) == len(set(names)), "tests/groups.py names something twice"


def test_what_runs_on_both_databases_is_named_for_postgresql_first() -> None:
    astray = set(ON_BOTH) - set(on_postgres())
    assert not astray, f"{sorted(astray)}: ON_BOTH names again what ON_POSTGRES names"
    assert elsewhere(ROOT / "tests/deals/test_winning.py"), (
        "tests/deals/test_winning.py races, so it belongs in ON_POSTGRES of tests/groups.py"
    )
    assert not elsewhere(ROOT / "tests/bad_input/test_forms.py"), (
        "forms are tried on both databases: name them in ON_BOTH of tests/groups.py"
    )
    assert not elsewhere(ROOT / "tests/deals/test_pages.py"), (
        "pages of deals are tried on SQLite: take them out of ON_POSTGRES of tests/groups.py"
    )


def test_what_differs_between_the_databases_runs_on_postgresql() -> None:
    files = [path for path in TESTS.rglob("test_*.py") if not named(path, ("tests/browser", "tests/test_groups.py"))]
    differs = [path for path in files if DIFFERS.search(path.read_text(encoding="utf-8"))]
    forgotten = [str(path.relative_to(ROOT)) for path in differs if not named(path, [*on_postgres(), *NO_DATABASE])]
    assert not forgotten, f"{forgotten} run several writers or look at the database: name them in ON_POSTGRES"


def test_every_feature_with_tables_is_tried_on_both_databases() -> None:
    features = {path.parent.name for path in (ROOT / "marketplace").glob("*/models.py")} - {"mail"}  # its tests are in core
    forgotten = sorted(name for name in features if not any(path.startswith(f"tests/{name}/") for path in on_postgres()))
    assert not forgotten, f"no test of {forgotten} runs on PostgreSQL: name one in ON_POSTGRES (tests/groups.py)"


def test_every_rule_of_visibility_is_asked_of_both_databases() -> None:
    tried = next(paths for reason, paths in ON_POSTGRES.items() if reason.startswith("visibility"))
    rules = {path.parent.name for path in (ROOT / "marketplace").glob("*/visibility.py")}
    forgotten = sorted(name for name in rules if not any(path.startswith(f"tests/{name}/") for path in tried))
    assert not forgotten, f"the visibility of {forgotten} is not tried on PostgreSQL: name its test in ON_POSTGRES"


def test_faults_that_only_postgresql_shows_are_looked_for_there() -> None:
    paths = {path.split("::")[0] for fault in FAULTS if fault.postgres for path in fault.tests.split()}
    assert not paths - set(on_postgres()), "these must stand in ON_POSTGRES (tests/groups.py)"


def test_each_page_that_axe_leaves_out_names_one_that_it_looks_at() -> None:
    places = [place for of_person in PAGES.values() for place in of_person]
    by_axe = {place.name for place in places if not place.like}
    astray = [place.name for place in places if place.like and place.like not in by_axe]
    assert not astray, f"{astray}: `like` must name a place without `like` (tests/browser/places.py)"
    assert {place.name for place in places}.issuperset(FACES), (
        "a name in FACES is no page: name the page in PAGES of tests/browser/places.py"
    )
