"""The places in the rail: everybody is shown what opens to them, in the same order, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from marketplace.core.access import Actor
from marketplace.core.rail import Place, places_for, register_place
from marketplace.vocabulary import STAFF_ROLES
from tests import factories

START = ["/dashboard", "/my/searches"]
TRADE = ["/staff/leads", "/staff/deals"]
WORK, TOPICS = "/staff/work", "/staff/topics"
OPERATION = [WORK, "/moderation", "/imports", "/staff/texts", "/staff/held-notifications", "/staff/files"]
DECISIONS = ["/moderation/decided", "/moderation/figures"]
MONEY = ["/money", "/money/payments", "/money/refunds", "/money/messages", "/money/reconcile", "/money/charges",
         "/money/fees", "/money/accounts", "/money/statements", "/money/bank-accounts"]
LAST = ["/staff/permissions", "/mailbox", "/styleguide"]


@pytest.mark.parametrize(
    ("role", "between"),
    [
        ("moderator", [*OPERATION, *TRADE, "/staff/matching"]),
        ("deal_officer", [WORK, TOPICS, *TRADE, "/staff/complaints", "/staff/pairs", "/staff/matching"]),
        ("manager", [WORK, TOPICS, *DECISIONS, *TRADE, "/staff/complaints", "/staff/pairs", "/staff/matching", *MONEY,
                     "/staff/deliveries", "/staff/proposals"]),
        ("accountant", [WORK, *MONEY, "/staff/proposals"]),
        ("leadership", [TOPICS, *DECISIONS, *TRADE, "/staff/matching", "/money"]),
        ("auditor", [*DECISIONS, *TRADE, "/staff/matching", *MONEY]),
        ("admin", [WORK, "/staff/texts", *DECISIONS, *TRADE, "/staff/matching", "/staff", "/staff/accounts",
                   "/staff/background", "/staff/retention", "/staff/deliveries", "/staff/proposals"]),
    ],
)
def test_staff_see_what_opens_to_them(shared_app: Flask, role: str, between: list[str]) -> None:
    with shared_app.app_context():
        groups = places_for(Actor(user_id=1, staff_roles=frozenset({role})))
    shown = [place.href for _heading, places in groups for place in places]
    assert shown == [*START, "/my/organisations", *between, *LAST], (
        "the places of the rail changed: see register_place in the wiring of the feature, and say the new "
        "order here when it is meant"
    )


def test_members_see_what_is_their_organisations(shared_app: Flask) -> None:
    with shared_app.app_context():
        groups = places_for(Actor(user_id=1, org_id=1, org_ids=frozenset({1})))
    assert [heading for heading, _places in groups] == ["", "Our organisation"], (
        "the groups of the rail changed: see marketplace/core/rail.py"
    )
    assert [place.href for place in groups[1][1]] == [
        "/my/listings", "/my/needs", "/my/answers", "/my/leads", "/my/deals", "/my/money", "/my/organisation"], (
        "the places of the rail changed: see register_place in the wiring of the feature, and say the new "
        "order here when it is meant"
    )


def test_every_place_has_a_picture_in_the_sprite(shared_app: Flask) -> None:
    sprite = (Path(shared_app.static_folder or "") / "img" / "icons.svg").read_text(encoding="utf-8")
    with shared_app.app_context():
        groups = places_for(Actor(user_id=1, org_id=1, org_ids=frozenset({1}), staff_roles=frozenset(STAFF_ROLES.codes)))
    wrong = [place.href for _heading, places in groups for place in places if f'id="{place.icon}"' not in sprite]
    assert not wrong, f"copy the symbol into static/img/icons.svg, or name one that stands there: {wrong}"


def test_a_place_needs_a_group_that_exists() -> None:
    with pytest.raises(ValueError, match="GROUPS"):
        register_place("cellar", Place("Cellar", "/cellar", "key", 1), lambda actor: True)


def test_a_page_is_at_one_place_the_nearest(ctx: Flask) -> None:
    accountant = factories.client(ctx, factories.user("Phùng Thu Trang", staff=("accountant",)))
    for path, place in (("/money/fees", "/money/fees"), ("/money/entries", "/money/accounts"),
                        ("/money/trial-balance", "/money/accounts")):
        here = re.findall(r'class="rail-link" href="([^"]+)" aria-current="page"', accountant.get(path).text)
        assert here == [place], path
