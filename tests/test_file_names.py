"""A file's name says which kind of thing it holds: a role has the same name in every feature, the rest are
        listed nouns."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_wtf import FlaskForm

PACKAGE = Path(__file__).resolve().parent.parent / "marketplace"

#: What a feature may consist of (docs/architecture.md §1); a role that outgrows a file is a package of the same name.
ROLES = frozenset(
    """models lifecycle actions queries visibility search_document presenter file_access event_labels event_data timeline
    notifications consumers jobs forms views export wiring work_sources retention cli kind rules completeness""".split()
)
#: Nouns of a feature's own, beside the roles. Prefer a role; a new noun is the field's standard term, never a metaphor.
NOUNS: dict[str, str] = {
    "answers": "asked assessment comparison consequences content eligibility fit points",
    "accounts": """adapters closing common_words messages passkeys proposals recovery_codes security sessions
        sign_in_limits sign_ins
        signals unsent_forms""",
    "authoring": """attachments bulk case_holder conflict diff enquiries fields file_pages formatting form_fields kinds
        known pages search_fields shared_fields shared_forms steps topics_field""",
    "browse": """autocomplete catalogues database_fallback database_filters evaluation highlight indexer indexing lookup
        no_results query_fields query_parser range_values related rows search search_request spelling
        stated_bounds topic_pages
        topics""",
    "buyer_requests": "editor jsonld known on_publish reader_view hidden_files",
    "deals": """checked_files conditions contract_texts pdf pdf_fonts progress record regime_facts
        regime_table requirements
        snapshot text_merge""",
    "files": "access active_content checks images scanner store virus_check anonymous strip_child",
    "history": "checks keys merkle names seal_file",
    "importing": """cell_parsers columns dates delimited draft encodings field_values import_kinds import_runs
        json_documents legacy_encodings mapping preparation preview readers report result rows sheet_layout sheets staging
        text_cleaning uploads""",
    "listings": "card confirm_link editor known",
    "matching": """concepts duplicates evaluation explain factors features feedback formula full_pass full_pass_end
        incremental keywords scoring shingles store weights""",
    "moderation": """charts checklists confidential deadlines decision_log diff_view figures panels similar submission
        template_helpers""",
    "negotiation": """agreement answer_leads common_members eligibility terms_fields terms_prefill terms_rules
        terms_versions whose_turn""",
    "notifications": """digest holds occasions recipients rendering rules topics
        unsubscribe_link""",
    "organisations": "actors",
    "pages": """background_page dashboard demo demo_data front_page navigation permissions_page proposals_page
        public_figures retention_page sitemap styleguide texts todo todo_deals weekly_figures work_page topic_figures""",
    "payments": "banks cards dues fees figures invoicing ledger settlement",
    "saved_searches": "digest engine_query matcher unsubscribe_link",
    "semantic": "embedding_job vector_index",
}
#: What is no feature: its modules are named by what they are.
FOUNDATIONS = {"core", "values", "vocabulary", "web", "mail", "search", "translations"}


def names_in(folder: Path) -> set[str]:
    """Return the names of the modules and packages of a feature."""
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    return modules | {path.name for path in folder.iterdir() if path.is_dir() and any(path.iterdir())} - {"__pycache__"}


FEATURES = sorted(
    path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name not in {*FOUNDATIONS, "__pycache__"}
)


@pytest.mark.parametrize("feature", FEATURES)
def test_files_of_a_feature_have_the_names_of_roles_or_listed_nouns(feature: str) -> None:
    odd = names_in(PACKAGE / feature) - ROLES - set(NOUNS.get(feature, "").split())
    assert not odd, (
        f"{feature}: {sorted(odd)}: give the file the name of its role ({' '.join(sorted(ROLES))}), "
        f"or list the noun in NOUNS of tests/test_file_names.py"
    )


def test_every_listed_noun_is_a_file() -> None:
    gone = {
        feature: sorted(missing)
        for feature, nouns in NOUNS.items()
        if (missing := set(nouns.split()) - (names_in(PACKAGE / feature) if (PACKAGE / feature).exists() else set()))
    }
    assert not gone, f"these files are gone: take them off NOUNS in tests/test_file_names.py: {gone}"


def callers(name: str, module: str) -> set[str]:
    """Return the modules, as paths below the package, that import a name from `module` and call it."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = {
            alias.asname or alias.name
            for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == module
            for alias in node.names if alias.name == name
        }
        called = [node.func for node in ast.walk(tree) if known and isinstance(node, ast.Call)]
        plain = (one.value if isinstance(one, ast.Subscript) else one for one in called)
        if any(isinstance(one, ast.Name) and one.id in known for one in plain):
            found.add(path.relative_to(PACKAGE).as_posix())
    return found


def outside(paths: set[str], role: str) -> list[str]:
    """Return the modules of `paths` that are not the file or package of a role."""
    return sorted(path for path in paths if role not in path.removesuffix(".py").split("/"))


def descendants(base: type) -> Iterator[type]:
    """Yield the classes made from `base`, near and far."""
    for one in base.__subclasses__():
        yield one
        yield from descendants(one)


def test_forms_stand_in_the_forms_of_their_feature(shared_app: Flask) -> None:
    odd = {
        f"{one.__module__}.{one.__qualname__}"
        for one in descendants(FlaskForm)
        if one.__module__.startswith("marketplace.") and not {"forms", "shared_forms"} & set(one.__module__.split("."))
    }
    assert not odd, f"move these classes to the forms.py of their feature: {sorted(odd)}"


def test_columns_of_downloads_stand_in_the_export_of_their_feature() -> None:
    odd = outside(callers("Column", "marketplace.web.spreadsheet"), "export")
    assert not odd, f"move the columns of a download to the export.py of its feature: {odd}"


def test_retention_consumers_and_jobs_stand_in_the_file_of_their_role() -> None:
    """Core has no roles: its modules are named by what they are."""
    declared = {
        ("register_retention", "marketplace.core.retention"): "retention",
        ("register_file_retention", "marketplace.core.retention"): "retention",
        ("Consumer", "marketplace.core.events"): "consumers",
        ("Job", "marketplace.core.outbox"): "jobs",
    }
    odd = [
        f"{path}: move what calls {name}() to the {role}.py of its feature"
        for (name, module), role in declared.items()
        for path in outside(callers(name, module), role) if not path.startswith("core/")
    ]
    assert not odd, "\n".join(odd)
