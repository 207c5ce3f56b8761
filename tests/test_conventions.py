"""Conventions of the house as tests; each failure says what to do."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from marketplace.core.access import mark_of
from marketplace.core.subjects import SUBJECTS
from marketplace.translations.__main__ import problems
from tests import template_width

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "marketplace"

#: Tiers (docs/architecture.md): a module may import only from its own tier or a lower one. A lower number is a lower tier.
#: `core` and `values` are one unit each, but for the modules named here, on which both stand.
PURE = {"values", "values.text", "vocabulary", "core.errors", "core.lifecycle"}
TIERS: dict[str, int] = {
    **dict.fromkeys(PURE, 0),
    **dict.fromkeys(["core", "mail", "search", "web", "translations"], 1),
    "history": 2,
    "accounts": 2,
    "files": 3,
    "notifications": 3,
    "organisations": 4,
    "authoring": 5,
    "listings": 6,
    "buyer_requests": 6,
    "matching": 7,
    "answers": 7,
    "negotiation": 8,
    "deals": 9,
    "payments": 10,
    "moderation": 11,
    "importing": 11,
    "reporting": 11,
    "browse": 11,
    "saved_searches": 11,
    "semantic": 11,
    "pages": 12,
    "features": 13,
    "cli": 14,
    "serve": 13,
    "": 15,  # marketplace/__init__.py: the table of contents
}
MOST_SEARCH = 4_500  # lines of marketplace/search: the rule of relevance stands in it once
#: What another feature may use; its views, forms and api stay its own.
PRIVATE = {"views", "forms", "api"}


@cache
def modules() -> tuple[tuple[Path, str, ast.Module], ...]:
    """Return every module with its name from the root; they are parsed once for all tests, which only read them."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return tuple((path, path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def unit_of(path: Path) -> str:
    """Return the unit of TIERS that a file belongs to."""
    return unit_named([part.removesuffix(".py") for part in path.relative_to(PACKAGE).parts])


def unit_named(parts: list[str]) -> str:
    """Return the unit of a dotted name within the package: its two first parts where TIERS knows them, else the first."""
    pair = ".".join(parts[:2])
    return pair if pair in TIERS else "" if parts[0] == "__init__" else parts[0]


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("marketplace"):
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("marketplace"):
                    yield node.lineno, alias.name


def test_every_route_carries_an_access_mark(shared_app: Flask) -> None:
    bare = sorted({rule.endpoint for rule in shared_app.url_map.iter_rules() if mark_of(shared_app, rule.endpoint) is None})
    assert not bare, f"put @access(...) under the route, or mark_endpoints() for a third party's: {bare}"


def test_routes_are_lower_case_with_hyphens(shared_app: Flask) -> None:
    odd = [
        rule.rule
        for rule in shared_app.url_map.iter_rules()
        if not rule.endpoint.startswith(("static", "bootstrap", "security"))
        and not re.fullmatch(r"(/([a-z0-9.-]+|<[^>]+>)+)*/?", rule.rule)
    ]
    assert not odd, f"write URLs in kebab-case: {odd}"


def test_imports_respect_the_tiers() -> None:
    wrong = []
    for path, name, tree in modules():
        own = unit_of(path)
        assert own in TIERS, f"give {own} a tier in tests/test_conventions.py"
        for line, target in imports(tree):
            parts = target.split(".")[1:]
            unit = unit_named(parts) if parts else ""
            unit = unit if unit in TIERS else ""
            if own in {"", "features", "cli", "translations"} or unit == own:
                continue
            if TIERS[unit] > TIERS[own] or (own in PURE and unit not in PURE):
                wrong.append(f"{name}:{line} ({own}) imports {target}: a lower tier never names a higher one")
            elif TIERS[own] >= 2 and TIERS[unit] >= 2 and len(parts) > 1 and parts[1] in PRIVATE:
                wrong.append(f"{name}:{line} imports {target}: views, forms and api belong to their feature")
    assert not wrong, "\n".join(wrong)


def test_texts_are_normalised_in_bounded_time() -> None:
    """`values.text.normal` drops marks without end; the history hashes what was cleaned before, and must not change it."""
    own = {PACKAGE / "values" / "text.py", PACKAGE / "core" / "events.py"}
    others = [path for path in PACKAGE.rglob("*.py") if path not in own]
    found = [path for path in others if "unicodedata.normalize" in path.read_text(encoding="utf-8")]
    assert found == [PACKAGE / "importing" / "encodings.py"], "one letter at a time there"


def test_no_import_stands_inside_a_function() -> None:
    wrong = []
    for _path, name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                wrong += [
                    f"{name}:{inner.lineno}" for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom)
                ]
    assert not wrong, f"move these imports to the top of the file: {wrong}"


def test_packages_do_not_import_in_circles() -> None:
    edges: dict[str, set[str]] = {}
    for path, _name, tree in modules():
        own = unit_of(path)
        for _line, target in imports(tree):
            parts = target.split(".")[1:]
            unit = unit_named(parts) if parts else ""
            unit = unit if unit in TIERS else ""
            if unit != own and own not in {"", "features", "cli"}:
                edges.setdefault(own, set()).add(unit)
    done: set[str] = set()

    def visit(unit: str, trail: tuple[str, ...]) -> None:
        assert unit not in trail, f"a circle of imports: {' → '.join((*trail, unit))}"
        if unit not in done:
            for other in sorted(edges.get(unit, ())):
                visit(other, (*trail, unit))
            done.add(unit)

    for unit in sorted(edges):
        visit(unit, ())


def test_files_functions_and_templates_stay_short() -> None:
    wrong = []
    for path, name, tree in modules():
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > 300:
            wrong.append(f"{name}: {lines} lines (300)")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > 40:
                    wrong.append(f"{name}:{node.lineno} {node.name}: {length} lines (40)")
    for path in sorted((ROOT / "templates").rglob("*.*")):
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > 120:
            wrong.append(f"{path.relative_to(ROOT)}: {lines} lines (120)")
    for path in sorted((ROOT / "static").rglob("*.css")) + sorted((ROOT / "static").rglob("*.js")):
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > 300:
            wrong.append(f"{path.relative_to(ROOT)}: {lines} lines (300)")
    assert not wrong, "split by meaning, or make a file that grew a package of the same name:\n" + "\n".join(wrong)


def test_search_stays_small() -> None:
    lines = sum(path.read_text(encoding="utf-8").count("\n") for path in (PACKAGE / "search").rglob("*.py"))
    assert lines <= MOST_SEARCH, f"marketplace/search has {lines} lines: what no engine needs belongs to browse"


def test_templates_and_style_sheets_are_narrow() -> None:
    assert list(template_width.wide_lines()) == [], template_width.ADVICE


def test_a_wide_line_is_broken_where_no_page_changes() -> None:
    word = "aaaaaaaaa"
    cases = {
        f'<p>{{{{ f({", ".join([word] * 20)}) }}}}</p>': f'{word},\n  {word}',  # between the parts of an expression
        f'<b>{"{% if x %}" + word + "{% endif %}" + "b" * 150}</b>': "\n  {%- endif %}",  # the dash takes the line end away
        f'<p>{{{{ _("{" ".join([word] * 20)}") }}}}</p>': f'{word} "\n  "{word}',  # inside a string
        f'<textarea>{" ".join([word] * 20)}</textarea>': f"{word} {word}",  # never: it would be typed
    }
    for line, expected in cases.items():
        assert expected in template_width.wrapped(line, ".html"), line


def test_templates_carry_no_inline_script_or_style() -> None:
    wrong = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        source = path.read_text(encoding="utf-8")
        for number, line in enumerate(source.splitlines(), 1):
            if re.search(r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\ssrc=)", line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}")
            if re.search(r"(src|href)=[\"']https?://", line):
                wrong.append(f"{path.relative_to(ROOT)}:{number} (outside address)")
    assert not wrong, f"the content policy forbids this; use a class or a module in static/js: {wrong}"


def literals(node: ast.expr) -> set[object]:
    """Return the constants that an expression consists of; nothing when it consists of more."""
    if isinstance(node, ast.Constant):
        return {node.value}
    if isinstance(node, ast.Tuple | ast.List | ast.Set) and node.elts:
        parts = [literals(one) for one in node.elts]
        return set().union(*parts) if all(parts) else set()
    return set()


def texts_of(node: ast.expr | None, module: str) -> set[object]:
    """Return the constants that an expression consists of, also those that it names: NEED, Listing.subject_kind, KINDS."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set) and node.elts:
        several = [texts_of(one, module) for one in node.elts]
        return set().union(*several) if all(several) else set()
    name = ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""
    if not re.fullmatch(r"_?[A-Z][\w.]*", name):  # of a class, or a constant
        return literals(node) if node is not None else set()
    value: Any = vars(importlib.import_module(module))
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else getattr(value, part, None)
    parts = (value,) if isinstance(value, str) else value if isinstance(value, tuple | frozenset | set) else ()
    return set(parts) if all(isinstance(part, str) for part in parts) else set()


#: What a name ends in that holds a kind of thing.
OF_KINDS = re.compile(r"(^|[._])(kind|side|page|table|name|origin|ours|theirs)s?$")
#: Kinds whose names are also words of other things (a form field, a section): they count beside such a name only.
MISTAKABLE = {"match", "mail", "terms", "text", "user"}
#: A column of a table: rows of a kind are selected by it, `Event.subject_kind == Deal.subject_kind`.
COLUMN = re.compile(r"^[A-Z]\w*\.\w+$")
#: Where kinds are named all the same, each with its reason (docs/changes.md repeats them): a code that a CHECK lists, or a
#: page that is about these very kinds.
MAY_NAME_KINDS = {
    "marketplace/moderation/models.py": "the kinds that a CHECK lists",
    "marketplace/saved_searches/models.py": "the kinds that a CHECK lists",
    "marketplace/matching/store.py": "a match has two sides, a need and a technology: the table SIDES says what differs",
    "marketplace/matching/incremental.py": "the two directions in which a pair is computed",
    "marketplace/browse/rows.py": "the three faces of a result are three designs",
    "marketplace/browse/database_fallback.py": "a list without the engine has columns that no field declares",
}


def compares_kinds(node: ast.AST, module: str, foreign: set[str]) -> bool:
    """True where code decides by the name of a kind of another feature, written out or by a constant.

    A table at the top of a module, by constants of the things' own models, is the feature's own and may be.
    """
    match node:
        case ast.Compare(left=left, comparators=others):
            sides = [left, *others]
            named = set().union(*(texts_of(side, module) for side in sides))
            rest = [ast.unparse(side) for side in sides if not texts_of(side, module)]
            plain = bool(named - MISTAKABLE) or any(map(OF_KINDS.search, rest))
            return bool(named) and named <= foreign and not any(map(COLUMN.match, rest)) and bool(rest) and plain
        case ast.Dict(keys=keys):
            named = set().union(*(texts_of(key, module) for key in keys if key is not None))
            return len(named) > 1 and named <= foreign
        case ast.MatchValue(value=value):
            return bool(texts_of(value, module)) and texts_of(value, module) <= foreign
        case ast.Call(func=ast.Attribute(value=ast.Dict(keys=keys), attr="get")) | ast.Subscript(value=ast.Dict(keys=keys)):
            named = set().union(*(texts_of(key, module) for key in keys))
            return bool(named) and named <= foreign
        case ast.Call(func=ast.Attribute(attr="startswith" | "removeprefix" | "partition"), args=[first, *_rest]):
            return bool(named := {str(word).rstrip(".:") for word in texts_of(first, module)}) and named <= foreign
    return False


@pytest.mark.usefixtures("shared_app")
def test_kinds_of_things_are_asked_of_the_registry() -> None:
    owners = {kind: one.model.__module__.split(".")[1] for kind, one in SUBJECTS.items()}
    wrong = []
    for path, name, tree in modules():
        foreign = {kind for kind, owner in owners.items() if owner != unit_of(path)}
        if name not in MAY_NAME_KINDS:
            module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            wrong += [f"{name}:{node.lineno}: {ast.unparse(node)[:70]}" for node in ast.walk(tree)
                      if compares_kinds(node, module, foreign)]
    assert not wrong, (
        "a kind of thing is compared with a word here. Ask its Subject (marketplace/core/subjects.py): add what you need "
        "to know of it there, or in a table of your feature:\n" + "\n".join(wrong)
    )


@pytest.mark.parametrize("code", [
    'row.kind == "listing"', "kind in KINDS", 'ours == "need"', "side in {BuyerRequest.subject_kind, 'listing'}",
    "{BuyerRequest.subject_kind: 1, 'listing': 2}", 'lead.origin == "need"', "subject_kind != BuyerRequest.subject_kind",
    '{"listing": 1}.get(kind)', '{"listing": 1, "need": 2}',
    'action.startswith("need.")', 'match kind:\n  case "need": pass',
])
def test_every_way_of_comparing_a_kind_is_seen(code: str) -> None:
    module = "marketplace.saved_searches.models" if "KINDS" in code else "marketplace.buyer_requests.on_publish"
    foreign = {"listing", "need", "organisation"}
    assert any(compares_kinds(node, module, foreign) for node in ast.walk(ast.parse(code))), code


@pytest.mark.usefixtures("shared_app")
def test_templates_ask_things_not_their_kinds() -> None:
    word = "|".join(sorted(SUBJECTS))
    kinds = re.compile(rf"kind (==|!=|in|not in) \(?[\"'](?:{word})[\"']|[\"'](?:listing|need|organisation)[\"']:\s.*\}}\[")
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "templates").rglob("*.*"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if kinds.search(line) and path.parent.name not in {SUBJECTS["deal"].model.__module__.split(".")[1]}
    ]
    assert not wrong, f"give the template what it asks for (label, icon, a flag) instead of comparing a kind: {wrong}"


@pytest.mark.thorough
def test_every_text_is_translated() -> None:
    """`make check` says the same: `python -m marketplace.translations`."""
    wrong = [f"{text.where}: {text.message!r} ({why})" for text, why in problems()]
    assert not wrong, "add to marketplace/translations/vi/<feature>.po (python -m marketplace.translations):\n" + "\n".join(
        wrong[:40]
    )


@pytest.mark.parametrize("folder", ["marketplace", "templates", "static", "migrations", "tests", "docs", "bench"])
def test_no_machine_path_or_registry_address_is_committed(folder: str) -> None:
    bad = re.compile(r"(/root/|/work/|/home/\w+/|files\.pythonhosted|pypi\.org/simple)")
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".html", ".md", ".toml", ".txt", ".js", ".css", ".po"}
        and path.name != "test_conventions.py"
        and bad.search(path.read_text(encoding="utf-8"))
    ]
    assert not wrong, f"remove machine paths and registry addresses: {wrong}"
