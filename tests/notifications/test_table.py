"""The table of who is told what: complete, translated, without names for those who may not know them."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from marketplace.authoring.lifecycle import REVISION
from marketplace.core.access import SYSTEM
from marketplace.core.extensions import db
from marketplace.core.subjects import SUBJECTS
from marketplace.notifications.models import Notification
from marketplace.notifications.recipients import STAFF_AUDIENCES
from marketplace.notifications.rendering import PLACES
from marketplace.notifications.rules import STAFF, by_action, rules, rules_of, silent
from marketplace.notifications.topics import MESSAGES, TOPICS
from marketplace.web.i18n import catalogue
from tests.notifications.world import World, mails, said, told

ROOT = Path(__file__).resolve().parents[2] / "marketplace"
TRADE = {"lead", "terms", "complaint", "deal", "milestone"}
#: Kinds whose events are recorded under a name made of the kind: f"{kind.name}.create" in authoring, and in moderation.
VERSIONED = ("listing", "need")
REVIEWED = ("organisation", "listing", "need")
#: Verbs that stand in a variable where they are recorded.
SPOKEN = {"listing": ("remove_file", "move_file", "caption_file"), "need": ("remove_file", "move_file", "caption_file"),
          "match": ("suggest", "dismiss", "clear", "useful", "not_useful", "take_back"),
          "held_notification": ("release", "drop"),
          "user": ("confirm", "change_password", "reset_password", "two_factor_on")}


def recorded() -> set[str]:
    """Return every event that the code records by name."""
    plain = re.compile(r'record\(\s*[\w.]+,\s*"([a-z_]+\.[a-z_]+)"')
    made = re.compile(r'f"\{(kind\.name|thing\.subject_kind|subject\.kind|subject\.subject_kind)\}\.([a-z_]+)"')
    found = {f"{kind}.{verb}" for kind, verbs in SPOKEN.items() for verb in verbs}
    for path in ROOT.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        found |= set(plain.findall(source))
        for who, verb in made.findall(source):
            found |= {f"{kind}.{verb}" for kind in (VERSIONED if who in {"kind.name", "thing.subject_kind"} else REVIEWED)}
    return found


def moves() -> set[str]:
    of_things = {f"{one.kind}.{row.action}" for one in SUBJECTS.values() if one.lifecycle for row in one.lifecycle.table}
    return of_things | {f"{kind}.{row.action}" for kind in VERSIONED for row in REVISION.table}


def test_every_event_is_told_or_silent_for_a_reason(shared_app: Flask) -> None:
    assert shared_app
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
    assert all(len(reason) > 10 for reason in silent().values())


def test_every_row_names_a_topic_and_places_that_its_readers_may_fill(shared_app: Flask) -> None:
    assert shared_app
    for row in rules():
        places = set(re.findall(r"%\((\w+)\)s", MESSAGES[row.message]))
        assert places <= {*PLACES, "title", "code", "number", "reason", "days", "milestone", "due_on", "sender", "count",
                          "stale_on", "deadline_on", "name"}, row
        assert row.topic in TOPICS, row
        if any(audience in STAFF for audience in row.to):
            assert "party" not in places, f"staff belong to no side: {row.message}"
        else:
            assert not places & {"supplier", "buyer"}, f"a side reads of the other, as far as it may know it: {row.message}"
        assert MESSAGES[row.message] in catalogue("vi")._catalog, row.message
    assert set(STAFF) == {*STAFF_AUDIENCES, "officer"}


def test_a_key_is_one_sentence(shared_app: Flask) -> None:
    assert shared_app
    texts: dict[str, set[str]] = {}
    for row in rules():
        texts.setdefault(row.message, set()).add(row.text)
        assert len(row.message) <= 60
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
            assert row.subject_kind == action.partition(".")[0]
    letters = {(mail.user_id, mail.key) for mail in mails()}
    rows = db.session.query(Notification)
    assert letters == {(row.user_id, f"notification:{row.event_id}:{row.user_id}") for row in rows}
