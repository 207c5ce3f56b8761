"""The table of who is told what: complete, translated, without names for those who may not know them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from marketplace.core.access import SYSTEM
from marketplace.core.extensions import db
from marketplace.deals.lifecycle import DEAL, MILESTONE
from marketplace.negotiation.lifecycle import COMPLAINT, LEAD, TERMS
from marketplace.notifications.models import Notification
from marketplace.notifications.rendering import PLACES
from marketplace.notifications.rules import BY_ACTION, SILENT, STAFF, TABLE
from marketplace.notifications.topics import MESSAGES, TOPICS
from marketplace.web.i18n import catalogue
from tests.notifications.world import World, mails, said, told

ROOT = Path(__file__).resolve().parents[2] / "marketplace"
#: docs/deals.md, Events.
RECORDS = """lead.introduce lead.message lead.thread_read terms.propose complaint.open deal.open deal.contract_saved
deal.sign deal.ask_ending deal.refuse_ending deal.publicity deal.officer deal.classify deal.file_added deal.note
deal.reminded milestone.reminded""".split()


def recorded() -> set[str]:
    """Return every event of these things that the code records by name."""
    known = re.compile(r'record\(\s*[\w.]+,\s*"((?:lead|terms|complaint|deal|milestone)\.\w+)"')
    return {name for path in ROOT.rglob("*.py") for name in known.findall(path.read_text(encoding="utf-8"))}


def moves() -> set[str]:
    return {f"{table.name}.{row.action}" for table in (LEAD, TERMS, COMPLAINT, DEAL, MILESTONE) for row in table.table}


def test_every_event_is_told_or_silent_for_a_reason() -> None:
    happening = moves() | set(RECORDS) | recorded()
    missing = happening - set(BY_ACTION) - set(SILENT)
    assert not missing, f"say in notifications/rules.py who is told, or in SILENT why nobody is: {sorted(missing)}"
    assert not set(BY_ACTION) & set(SILENT)
    assert all(len(reason) > 10 for reason in SILENT.values())


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.message)
def test_every_row_names_a_topic_and_places_that_its_readers_may_fill(row) -> None:
    places = set(re.findall(r"%\((\w+)\)s", MESSAGES[row.message]))
    assert places <= {*PLACES, "title", "code", "number", "reason", "days", "milestone", "due_on"}
    assert row.topic in TOPICS
    if any(audience in STAFF for audience in row.to):
        assert "party" not in places, "staff belong to no side"
    else:
        assert not places & {"supplier", "buyer"}, "a side reads of the other side, as far as it may know it"
    assert MESSAGES[row.message] in catalogue("vi")._catalog


def test_messages_are_not_two_rows_of_one_key() -> None:
    assert len({row.message for row in TABLE}) == len(TABLE)


def test_every_sentence_reads_whole_in_both_languages_and_leads_somewhere(ctx: Flask) -> None:
    world = World()
    people = {person.id: person for name, person in vars(world).items() if name.endswith("_user")}
    for action, rows in BY_ACTION.items():
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
            assert row.subject_kind == action.partition(".")[0]
    letters = {(mail.user_id, mail.key) for mail in mails()}
    rows = db.session.query(Notification)
    assert letters == {(row.user_id, f"notification:{row.event_id}:{row.user_id}") for row in rows}
