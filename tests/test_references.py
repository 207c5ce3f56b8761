"""References in code and documentation lead somewhere, and nowhere outside the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXTS = {".py", ".md", ".html", ".css", ".js", ".toml"}
#: What the first builders called papers that were never part of the repository.
OUTSIDE = re.compile(
    r"(?<![\w/])(?:domain|architecture|style|look|anchors|dependencies)(?:\.md)?`? §|\.\./shared|\.md` of the design"
    r"|\b[Ii]ssues? #?\d|\b[Tt]he reviews?\b|\breview §"
)
#: The name of a page of documentation, or of another text in Markdown.
PAGE = re.compile(r"(?<![\w*.-])[\w-]+(?:\.(?:vi|en))?\.md\b")
SECTION = re.compile(r"docs/([a-z0-9-]+\.md)((?:[ ,]+(?:and )?§\d+(?:\.\d+)?)*)")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)")


def texts() -> Iterator[tuple[str, str]]:
    """Yield path and text of every file that may refer to another."""
    for folder in ("marketplace", "templates", "static", "migrations", "tests", "bench", "docs"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in TEXTS and path.name != Path(__file__).name:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    yield "README.md", (ROOT / "README.md").read_text(encoding="utf-8")


def test_no_reference_points_outside_the_repository() -> None:
    wrong = [f"{name}: {found.group(0)}" for name, text in texts() for found in OUTSIDE.finditer(text)]
    assert not wrong, "say it in docs/ and refer to it there (docs/domain.md §…):\n" + "\n".join(wrong)


def test_pages_that_are_named_are_in_the_repository() -> None:
    folders = ("docs", "marketplace", "templates", "tests", "bench")
    known = {path.name for folder in folders for path in (ROOT / folder).rglob("*.md")} | {"README.md"}
    wrong = [f"{name}: {page}" for name, text in texts() for page in PAGE.findall(text) if page not in known]
    assert not wrong, "say it in docs/ and refer to it there (docs/domain.md §…):\n" + "\n".join(wrong)


@pytest.mark.parametrize("said", [
    "see domain.md §3", "`architecture.md` §2", "as domain §3 says", "since issue 8", "Issue #12", "the review found",
    "review §3",
])
def test_every_way_of_referring_outside_is_seen(said: str) -> None:
    assert OUTSIDE.search(said), "OUTSIDE of this test no longer finds such a reference; mend its pattern"


def test_sections_that_are_referred_to_exist() -> None:
    wrong = []
    for name, text in texts():
        for found in SECTION.finditer(text):
            page = ROOT / "docs" / found.group(1)
            if not page.exists():
                wrong.append(f"{name}: docs/{found.group(1)} does not exist")
                continue
            content = page.read_text(encoding="utf-8")
            for section in re.findall(r"§(\d+(?:\.\d+)?)", found.group(2)):
                if not re.search(rf"^(?:#+ |- \*\*){re.escape(section)}\b", content, re.MULTILINE):
                    wrong.append(f"{name}: docs/{found.group(1)} has no section {section}")
    assert not wrong, "write the section, or mend the reference:\n" + "\n".join(wrong)


def test_links_between_pages_of_documentation_lead_somewhere() -> None:
    wrong = []
    for name, text in texts():
        if name.endswith(".md"):
            here = (ROOT / name).parent
            prose = re.sub(r"`[^`]*`", "", text)
            targets = [target.partition("#")[0] for target in LINK.findall(prose)]
            wrong += [f"{name}: {target}" for target in targets if not (here / target).exists()]
    assert not wrong, f"these links lead nowhere: {wrong}"


def test_modules_that_documentation_names_exist() -> None:
    named = re.compile(r"`marketplace/([a-z_/]+\.py)`|`marketplace\.([a-z_]+(?:\.[a-z_]+)*)`")
    wrong = []
    for name, text in texts():
        if name == "docs/renames.md":
            continue
        for path, dotted in named.findall(text):
            if path and not (ROOT / "marketplace" / path).exists():
                wrong.append(f"{name}: marketplace/{path}")
            if dotted and not any(exists(dotted, drop) for drop in (0, 1)):
                wrong.append(f"{name}: marketplace.{dotted}")
    assert not wrong, "name the module by its present name (docs/renames.md):\n" + "\n".join(wrong)


def exists(dotted: str, drop: int) -> bool:
    """Whether the dotted name is a module or package; `drop` leaves off the name of a function or class at its end."""
    parts = dotted.split(".")
    path = ROOT.joinpath("marketplace", *parts[: len(parts) - drop])
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


#: A test named in the documentation; ::name alone is one of the file named before it.
TEST = re.compile(r"`(tests/[\w/]+\.py)?::(test_\w+)`")


def test_tests_that_are_named_exist() -> None:
    wrong = []
    for page in sorted((ROOT / "docs").glob("*.md")):
        before = ""
        for found in TEST.finditer(page.read_text(encoding="utf-8")):
            before = found.group(1) or before
            file = ROOT / before
            if not file.is_file() or f"def {found.group(2)}(" not in file.read_text(encoding="utf-8"):
                wrong.append(f"docs/{page.name}: {before}::{found.group(2)}")
    assert not wrong, "these tests were renamed or are gone; say which test shows it now:\n" + "\n".join(wrong)
