"""The registry of kinds of things: complete, the same in every application, and one rule of language."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from marketplace import create_app
from marketplace.browse.catalogues import CATALOGUES
from marketplace.core.access import SYSTEM
from marketplace.core.events import record
from marketplace.core.extensions import Base, db
from marketplace.core.reader_language import in_language
from marketplace.core.subjects import SUBJECTS, Ref, codes_of, known_by, register_subject, subject, subject_of
from marketplace.moderation.kind import REVIEWED
from marketplace.moderation.models import KINDS as CASE_KINDS
from marketplace.saved_searches.models import KINDS as SEARCH_KINDS
from tests import factories
from tests.notifications.world import World

ROOT = Path(__file__).resolve().parents[2] / "marketplace"
#: Tables that carry files and have no history of their own: what happens to them is an event of what they are part of.
WITHOUT_EVENTS = {"answer_version", "message", "listing_revision", "need_revision"}


@pytest.mark.usefixtures("shared_app")
def test_every_table_with_a_history_has_a_subject() -> None:
    tables = {mapper.class_.subject_kind: mapper.class_ for mapper in Base.registry.mappers
              if isinstance(getattr(mapper.class_, "subject_kind", None), str) and "subject_kind" not in mapper.columns}
    missing = tables.keys() - SUBJECTS.keys() - WITHOUT_EVENTS
    assert not missing, (
        f"declare a Subject for {sorted(missing)} and register it in the wiring of its feature (docs/contract.md); a table"
        " that has only files and no events stands in WITHOUT_EVENTS of this test instead"
    )
    sprite = (ROOT.parent / "static" / "img" / "icons.svg").read_text(encoding="utf-8")
    odd = {kind: one.icon for kind, one in SUBJECTS.items() if f'id="{one.icon}"' not in sprite}
    assert not odd, f"choose an icon of static/img/icons.svg: {odd}"
    assert {kind: one.model for kind, one in SUBJECTS.items()} == {kind: tables[kind] for kind in SUBJECTS}, (
        "a Subject names another model than the one whose subject_kind it is: set model= in the wiring of "
        "its feature"
    )


@pytest.mark.usefixtures("shared_app")
def test_every_recorded_event_is_of_a_registered_kind() -> None:
    wrong = []
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record" and len(node.args) > 1:
                action = node.args[1]
                text = action.value if isinstance(action, ast.Constant) else ""
                if text and not (re.fullmatch(r"[a-z_]+\.[a-z_]+", str(text)) and str(text).split(".")[0] in SUBJECTS):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: {text}")
    assert not wrong, f"an event is called kind.verb, and its kind has a Subject: {wrong}"


def test_several_applications_share_the_declarations() -> None:
    before = dict(SUBJECTS)
    create_app()
    assert dict(SUBJECTS) == before, (
        "a second application declared other Subjects: register them at import or with the same object "
        "each time"
    )
    with pytest.raises(ValueError, match="two features declare"):
        register_subject(replace(SUBJECTS["deal"]))
    assert dict(SUBJECTS) == before, (
        "a refused declaration changed the registry: check before adding in register_subject"
    )
    with pytest.raises(LookupError, match="register one in the wiring"):
        subject("horse")


@pytest.mark.parametrize(("language", "written_in", "shown"), [
    ("vi", "vi", "own"), ("en", "vi", "other"), ("en", "en", "own"), ("vi", "en", "other"), ("en", "", "other"),
])
def test_a_text_is_shown_in_the_readers_language_where_there_is_one(language: str, written_in: str, shown: str) -> None:
    assert in_language("own", "other", language, written_in) == shown
    assert in_language("own", "", language, written_in) == "own"


def test_every_declaration_answers_for_a_row(ctx: Flask) -> None:
    world = World()
    rows: list[Any] = [world.lead, world.terms, world.complaint, world.deal, world.deal.milestones[0], world.lead.listing,
                       world.supplier_org, world.supplier_user]
    for row in filter(None, rows):
        declared = subject_of(row)
        assert declared.title(row, "vi") and declared.title(row, "en"), declared.kind
        assert declared.row(row.id) is row, (
            f"Subject.row(id) gives another row: mend row= or model= of {declared.kind}"
        )
        address = declared.path(row, SYSTEM) or declared.own_path(row)
        assert address.startswith("/"), declared.kind
        assert set(declared.organisations(row)) <= {"owner", "supplier", "buyer"}, (
            f"Subject.organisations may name owner, supplier and buyer only: mend that of {declared.kind}"
        )
        assert db.session.query(declared.model).filter(declared.visible_to(SYSTEM)).all() is not None, (
            f"Subject.visible_to gives no condition for a query: mend that of {declared.kind}"
        )


def test_a_milestone_is_known_by_its_deal_and_an_account_by_nothing_else(ctx: Flask) -> None:
    world = World()
    event = world.happens("milestone.deliver", world.supplier)
    account = record(factories.user("Trần Văn Ba"), "user.confirm", SYSTEM)
    refs = [known_by(event), known_by(account)]
    assert refs == [Ref("deal", world.deal.id), Ref("user", account.subject_id)], (
        "mend Subject.parent: events of a milestone are known by its deal, those of an account by "
        "themselves"
    )
    assert codes_of(refs) == {Ref("deal", world.deal.id): world.deal.code}, (
        "mend Subject.code, which core.subjects.codes_of asks"
    )


@pytest.mark.usefixtures("shared_app")
def test_tables_that_name_kinds_name_those_of_the_registry() -> None:
    assert set(REVIEWED) == set(CASE_KINDS), "moderation_case.kind and the kinds that are reviewed differ"
    assert set(CATALOGUES) == set(SEARCH_KINDS), "saved_search.kind and the lists that can be searched differ"
    assert {*CASE_KINDS, *SEARCH_KINDS} <= set(SUBJECTS), (
        "declare a Subject for every kind that the CHECK constraints of cases and saved searches list"
    )
