"""What must stand somewhere for every state of every workflow: a message here says what is missing, and where."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from marketplace.authoring.lifecycle import REVISION
from marketplace.buyer_requests.lifecycle import NEED
from marketplace.core.lifecycle import Lifecycle
from marketplace.deals.lifecycle import DEAL, GROUP_LABELS, MILESTONE, TAB_LABELS
from marketplace.deals.progress import NEXT
from marketplace.files.lifecycle import FILE
from marketplace.importing.lifecycle import IMPORT_RUN
from marketplace.listings.lifecycle import LISTING
from marketplace.mail.lifecycle import MAIL
from marketplace.negotiation.lifecycle import COMPLAINT, LEAD, TERMS
from marketplace.notifications.lifecycle import HELD
from marketplace.organisations.lifecycle import ORGANISATION

ROOT = Path(__file__).resolve().parent.parent
EVERY = (DEAL, MILESTONE, LISTING, NEED, REVISION, LEAD, TERMS, COMPLAINT, ORGANISATION, IMPORT_RUN, MAIL, HELD, FILE)
#: Lists with tabs: the groups that stand under no tab. A draft is found by its version; what is deleted is not listed.
TABLESS: dict[Lifecycle, set[str]] = {
    DEAL: set(), COMPLAINT: set(), LISTING: {"draft", "deleted"}, NEED: {"draft", "deleted"},
    REVISION: {"approved", "closed"},
}
LONGEST = 20  # characters of the column `state`


@pytest.mark.parametrize("lifecycle", EVERY, ids=lambda one: one.name)
def test_every_state_has_an_icon_of_the_sprite_and_fits_its_column(lifecycle: Lifecycle) -> None:
    sprite = (ROOT / "static" / "img" / "icons.svg").read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    lacks = sorted(f"{state.name}: {state.icon}" for state in lifecycle.states if state.icon not in known)
    assert not lacks, f"{lifecycle.name}: choose icons of static/img/icons.svg for {lacks}"
    long = [name for name in lifecycle.names if len(name) > LONGEST]
    assert not long, f"{lifecycle.name}: names of states have at most {LONGEST} characters: {long}"


@pytest.mark.parametrize("lifecycle", TABLESS, ids=lambda one: one.name)
def test_every_state_stands_under_a_tab_of_its_list(lifecycle: Lifecycle) -> None:
    lacks = [state.name for state in lifecycle.states if not state.tab and state.group not in TABLESS[lifecycle]]
    assert not lacks, f"{lifecycle.name}: give these states a tab in its lifecycle.py: {lacks}"


def test_every_group_and_tab_of_deals_has_a_label() -> None:
    missing = {*DEAL.groups} ^ {*GROUP_LABELS} | {*DEAL.tabs} ^ {*TAB_LABELS}
    assert not missing, f"deals/lifecycle.py: GROUP_LABELS and TAB_LABELS must name exactly the groups and tabs: {missing}"


def test_every_state_of_a_deal_says_what_comes_next() -> None:
    missing = {*DEAL.names} ^ {*NEXT}
    assert not missing, f"deals/progress.py: NEXT has no words for, or too many: {sorted(missing)}"


def test_no_workflow_is_left_out_here() -> None:
    """A new lifecycle.py must be listed above."""
    declared = {
        name
        for path in (ROOT / "marketplace").glob("*/lifecycle.py") if path.parent.name != "core"
        for name in re.findall(r'Lifecycle\(\s*name="(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert declared == {one.name for one in EVERY}, "list the new workflow in EVERY of tests/test_states.py"
