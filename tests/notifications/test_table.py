"""The table of who is told what: complete, translated, without names for those who may not know them."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from marketplace.authoring.lifecycle import REVISION
from marketplace.authoring.notifications import SILENT
from marketplace.core.access import SYSTEM
from marketplace.core.extensions import db
from marketplace.core.subjects import SUBJECTS
from marketplace.notifications.models import Notification
from marketplace.notifications.recipients import STAFF_AUDIENCES
from marketplace.notifications.rendering import PLACES
from marketplace.notifications.rules import STAFF, by_action, registered, rules, rules_of, silent
from marketplace.notifications.topics import MESSAGES, TOPICS
from marketplace.web.i18n import catalogue
from tests.notifications.world import World, mails, said, told

ROOT = Path(__file__).resolve().parents[2] / "marketplace"
VERSIONED = ("listing", "need")
REVIEWED = ("organisation", "listing", "need")
TRADE = {"lead", "terms", "complaint", "deal", "milestone"}
#: The kinds that may stand at the beginning of an event's name where it is made: f"{kind.name}.create".
KINDS = {
    "kind.subject_kind": ("fee_rule", "waiver_rule"),
    "kind.name": VERSIONED, "thing.subject_kind": VERSIONED, "subject.kind": REVIEWED, "subject.subject_kind": REVIEWED,
}
#: Where the name of an event stands in a variable, by file and function: the events that it may be.
IN_A_VARIABLE = {
    "accounts/signals.py:handle": "user.confirm user.change_password user.reset_password",
    "authoring/actions.py:_move": "",  # moves of the lifecycle of versions
    "authoring/attachments.py:change_file": " ".join(
        f"{kind}.{verb}_file" for kind in VERSIONED for verb in ("remove", "move", "caption")),
    "core/events.py:transition": "",  # moves of the lifecycles
    "core/recorded_reading.py:record_reading": "",  # its callers say what is read
    "core/reminder.py:remind": "lead.remind deal.remind",
    "matching/actions.py:mark": "match.suggest match.dismiss match.clear",
    "matching/feedback.py:record_feedback": "match.useful match.not_useful match.take_back",
}


def names_of(node: ast.expr, module: str) -> set[str] | None:
    """Return the events that an expression may name; None when only a run knows."""
    match node:
        case ast.Constant(value=str(action)):
            return {action}
        case ast.Name(id=name):
            value = getattr(importlib.import_module(module), name, None)
            return {value} if isinstance(value, str) else None
        case ast.IfExp(body=one, orelse=other):
            parts = names_of(one, module), names_of(other, module)
            return None if None in parts else set().union(*filter(None, parts))
        case ast.JoinedStr(values=[ast.FormattedValue(value=what), ast.Constant(value=str(verb))]):
            kinds = KINDS.get(ast.unparse(what))
            return {kind + verb for kind in kinds} if kinds else None
    return None


def calls(tree: ast.AST, function: str = "") -> Iterator[tuple[str, ast.expr]]:
    """Yield every name given to `record`, `record_reading` or an `Entry` of many, with the function around the call."""
    for node in ast.iter_child_nodes(tree):
        name = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
        records = name in {"record", "record_reading"}
        if isinstance(node, ast.Call) and (records or (name == "Entry" and len(node.args) >= 3)):
            yield function, node.args[1]
        yield from calls(node, node.name if isinstance(node, ast.FunctionDef) else function)


def recorded() -> set[str]:
    """Return every event that the code records by name. Fails where a name stands in a variable that is not listed."""
    found, spoken = set[str](), set[str]()
    for path in sorted(ROOT.rglob("*.py")):
        module = ".".join(("marketplace", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
        for function, node in calls(ast.parse(path.read_text(encoding="utf-8"))):
            known = names_of(node, module)
            if known is None:
                spoken.add(f"{path.relative_to(ROOT).as_posix()}:{function}")
            found |= known or set()
    assert spoken == set(IN_A_VARIABLE), (
        "write the name of the event out where it is recorded, or list the function and the names it may be in "
        f"IN_A_VARIABLE; take off what is gone: {sorted(spoken ^ set(IN_A_VARIABLE))}"
    )
    return found | {name for names in IN_A_VARIABLE.values() for name in names.split()}


def moves() -> set[str]:
    of_things = {f"{one.kind}.{row.action}" for one in SUBJECTS.values() if one.lifecycle for row in one.lifecycle.table}
    return of_things | {f"{kind}.{row.action}" for kind in VERSIONED for row in REVISION.table}


@pytest.mark.usefixtures("shared_app")
def test_every_event_is_told_or_silent_for_a_reason() -> None:
    happening = moves() | recorded()
    missing = happening - set(by_action()) - set(silent())
    assert not missing, (
        f"say in the notifications module of the feature who is told, or in its silent why nobody is: {sorted(missing)}"
    )
    both = set(by_action()) & set(silent())
    assert not both, f"told, and said to be told to nobody: {sorted(both)}"
    timed = {row.action for row in rules() if row.clock} | {"saved_search.found", "saved_search.digest"}
    dead = (set(by_action()) | set(silent())) - happening - timed
    assert not dead, f"no such event happens, and no clock tells it: {sorted(dead)}"
    assert all(len(reason) > 10 for reason in silent().values()), (
        "give the reason of a silence in words, in SILENT of <feature>/notifications.py or silent= of the "
        "move"
    )


@pytest.mark.usefixtures("shared_app")
def test_a_silent_move_says_so_where_the_move_is() -> None:
    of_things = {f"{one.kind}.{row.action}" for one in SUBJECTS.values() if one.lifecycle for row in one.lifecycle.table}
    shared = {f"{kind}.{verb}" for kind in VERSIONED for verb in SILENT}  # verbs that versions have as well
    elsewhere = {action for declared in registered() for action in declared.silent} & of_things - shared
    assert not elsewhere, f"give these rows of their lifecycle.py `silent=` instead: {sorted(elsewhere)}"


@pytest.mark.usefixtures("shared_app")
def test_every_row_names_a_topic_and_places_that_its_readers_may_fill() -> None:
    for row in rules():
        places = set(re.findall(r"%\((\w+)\)s", MESSAGES[row.message]))
        assert places <= {*PLACES, "title", "code", "number", "reason", "days", "milestone", "due_on", "sender", "count",
                          "stale_on", "deadline_on", "name", "amount", "about", "due"}, row
        assert row.topic in TOPICS, row
        if any(audience in STAFF for audience in row.to):
            assert "party" not in places, f"staff belong to no side: {row.message}"
        else:
            assert not places & {"supplier", "buyer"}, f"a side reads of the other, as far as it may know it: {row.message}"
        assert MESSAGES[row.message] in catalogue("vi")._catalog, row.message
    assert set(STAFF) == {*STAFF_AUDIENCES, "officer"}, (
        "name the audience in STAFF of notifications/rules.py and in STAFF_AUDIENCES of notifications/recipients.py"
    )


@pytest.mark.usefixtures("shared_app")
def test_a_key_is_one_sentence() -> None:
    texts: dict[str, set[str]] = {}
    for row in rules():
        texts.setdefault(row.message, set()).add(row.text)
        assert len(row.message) <= 60, f"a message id is a short name of at most 60 characters: {row.message}"
    assert not {key: found for key, found in texts.items() if len(found) > 1}, "a stored key must read as one sentence"


def test_every_sentence_reads_whole_in_both_languages_and_leads_somewhere(ctx: Flask) -> None:
    world = World()
    people = {person.id: person for name, person in vars(world).items() if name.endswith("_user")}
    trade = {action: groups for action, groups in by_action().items() if action.partition(".")[0] in TRADE}
    for action, groups in trade.items():
        rows = [row for group in groups for row in rules_of(group, action)]
        by = next((row.by for row in rows if row.by), "")
        name = "officer" if by == "exchange" else by or "buyer"
        actor = SYSTEM if action.endswith((".reminded", ".expire")) else getattr(world, name)
        event = world.happens(action, actor, kind="message")
        found = told(event)
        assert found or action in {"deal.begin_delivery", "deal.hand_over", "milestone.deliver"}, action  # the buyer acted
        for user_id, row in found.items():
            vietnamese, english = (said(row, people[user_id], locale) for locale in ("vi", "en"))
            assert not re.search(r"%|None|\{", vietnamese + english), (action, vietnamese, english)
            assert not english.startswith("Something has") and vietnamese != english, (action, english)
            assert re.fullmatch(r"/(leads|deals|complaints)/[A-Z]{2}-2026-\d{6}(/terms/1)?", row.href), row.href
            assert row.subject_kind == action.partition(".")[0], (
                f"an event is kept with the kind that its name begins with: {action}"
            )
    letters = {(mail.user_id, mail.key) for mail in mails()}
    rows = db.session.query(Notification)
    assert letters == {(row.user_id, f"notification:{row.event_id}:{row.user_id}") for row in rows}
