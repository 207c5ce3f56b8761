"""The table "Who may do what" is pinned: whoever changes a permission sees, and shows, what it changes."""

from __future__ import annotations

import csv
import os
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask

from marketplace.core.permissions import ROLES_TOWARDS
from marketplace.core.subjects import SUBJECTS
from marketplace.pages.permissions_page import table
from marketplace.vocabulary import STAFF_ROLES
from tests import factories
from tests.factories import client

PINNED = Path(__file__).parent / "who_may_do_what.csv"


def as_text(app: Flask) -> str:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["kind", "thing", "what", "from", "to", "permission", "who"])
    for line in table(app):
        states, who = " ".join(name for name, _label in line.states), " ".join(line.holders)
        writer.writerow([line.kind, line.thing, line.what, states, line.to_state[0], line.permission, who])
    return out.getvalue()


def test_the_table_is_the_one_that_was_read_last(shared_app: Flask) -> None:
    made = as_text(shared_app)
    if os.environ.get("RENEW"):
        PINNED.write_text(made, encoding="utf-8")
    pinned = PINNED.read_text(encoding="utf-8") if PINNED.exists() else ""
    gone = sorted(set(pinned.splitlines()) - set(made.splitlines()))
    new = sorted(set(made.splitlines()) - set(pinned.splitlines()))
    assert made == pinned, (
        "who may do what has changed. Read these lines; when they are meant, renew the file with "
        "`RENEW=1 .venv/bin/python -m pytest tests/core/test_who_may_do_what.py` and commit it.\n"
        + "\n".join([*(f"- {line}" for line in gone), *(f"+ {line}" for line in new)])
    )


def test_every_role_of_a_lifecycle_says_who_plays_it() -> None:
    played = {role for one in SUBJECTS.values() if one.lifecycle for role in one.lifecycle.roles}
    assert played <= set(ROLES_TOWARDS), (
        f"say in ROLES_TOWARDS of marketplace/core/permissions.py who plays {sorted(played - set(ROLES_TOWARDS))}"
    )


@pytest.mark.parametrize("role", STAFF_ROLES.codes)
def test_all_staff_read_the_page_in_both_languages(ctx: Flask, role: str) -> None:
    person = factories.user(staff=(role,))
    for locale, words in (("vi", "Ai được làm gì"), ("en", "Who may do what")):
        answer = client(ctx, person, locale=locale).get("/staff/permissions")
        assert answer.status_code == 200 and words in answer.text


def test_nobody_else_reads_it(ctx: Flask) -> None:
    assert client(ctx).get("/staff/permissions").status_code in {302, 401}
    member = factories.user()
    factories.member(member, factories.organisation())
    for path in ("/staff/permissions", "/staff/permissions.csv"):
        assert client(ctx, member).get(path).status_code == 403


def test_filters_and_the_export(ctx: Flask) -> None:
    web = client(ctx, factories.user(staff=("auditor",)), locale="en")
    officers = web.get("/staff/permissions?role=staff.deal_officer&kind=move").text
    assert "Dispute settled" in officers and "Read: /staff/deals" not in officers
    assert "Read: /staff/deals" in web.get("/staff/permissions?q=staff+deals").text
    assert "Nothing matches" in web.get("/staff/permissions?q=there+is+no+such+thing").text
    assert web.get("/staff/permissions?page=2").text.count("<tr>") > 10
    rows = list(csv.reader(StringIO(web.get("/staff/permissions.csv?role=staff.moderator").data.decode("utf-8-sig"))))
    assert ["Moderator", "Technology", "Suspend", "Published", "Suspended"] in [row[:5] for row in rows]
