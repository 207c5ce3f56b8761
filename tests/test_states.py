"""What must stand somewhere for every state of every workflow: a message here says what is missing, and where."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from marketplace.authoring.lifecycle import REVISION
from marketplace.buyer_requests.lifecycle import NEED
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.proposals import PROPOSAL
from marketplace.deals.lifecycle import DEAL, GROUP_LABELS, MILESTONE, TAB_LABELS
from marketplace.deals.progress import NEXT
from marketplace.files.lifecycle import FILE
from marketplace.importing.lifecycle import IMPORT_RUN
from marketplace.listings.lifecycle import LISTING
from marketplace.mail.lifecycle import MAIL
from marketplace.negotiation.lifecycle import COMPLAINT, LEAD, TERMS
from marketplace.notifications.lifecycle import HELD
from marketplace.organisations.lifecycle import ORGANISATION
from marketplace.payments.dues.lifecycle import DUE
from marketplace.payments.fees.lifecycle import CHARGE
from marketplace.payments.invoicing.lifecycle import INVOICE
from marketplace.payments.settlement.lifecycle import PAYMENT, REFUND

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "marketplace"
EVERY = (DEAL, MILESTONE, LISTING, NEED, REVISION, LEAD, TERMS, COMPLAINT, ORGANISATION, IMPORT_RUN, MAIL, HELD,
         PROPOSAL, CHARGE, DUE, INVOICE, PAYMENT, REFUND, FILE)
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
    """A new workflow must be listed above."""
    declared = {
        name
        for path in PACKAGE.rglob("*.py")
        for name in re.findall(r'Lifecycle\(\s*name="(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert declared == {one.name for one in EVERY}, "list the new workflow in EVERY of tests/test_states.py"


#: Features with states of their own, by their package, which is also the folder of their templates.
OWN = {
    "deals": (DEAL, MILESTONE), "listings": (LISTING,), "buyer_requests": (NEED,), "authoring": (REVISION,),
    "negotiation": (LEAD, TERMS, COMPLAINT), "organisations": (ORGANISATION,), "importing": (IMPORT_RUN,), "mail": (MAIL,),
    "notifications": (HELD,), "core": (PROPOSAL,), "payments": (CHARGE, DUE, INVOICE, PAYMENT, REFUND), "files": (FILE,),
}
#: Not a part of the application's rules: the demonstration plays people through their states.
TOLD = "pages/demo"
STATE = re.compile(r"(^|[._])state$|^STATES?$")
IN_TEMPLATE = re.compile(r"""state\s*(?:==|!=|(?:not )?in)\s*(\([^)]*\)|\[[^\]]*\]|["'][a-z_]*["'])""")


def foreign_to(folder: str) -> set[str]:
    """Return the names of states that only other features have."""
    own = {name for one in OWN.get(folder, ()) for name in one.names}
    return {name for one in EVERY for name in one.names} - own


def words_in(*nodes: ast.AST) -> set[object]:
    """Return the constants in code, but for the names of groups that `in_groups` is asked for."""
    calls = [call for node in nodes for call in ast.walk(node) if isinstance(call, ast.Call)]
    groups = {part for call in calls if ast.unparse(call.func).endswith("in_groups")
              for part in ast.walk(call)}
    parts = [part for node in nodes for part in ast.walk(node) if isinstance(part, ast.Constant)]
    return {part.value for part in parts if part not in groups}


def names_states(node: ast.AST, foreign: set[str]) -> bool:
    """True where code asks for the state of another feature's thing by a word: a comparison, IN, or a value to be set."""
    match node:
        case ast.Compare(left=left, comparators=others):
            sides = [left, *others]
            return any(STATE.search(ast.unparse(side)) for side in sides) and bool(words_in(*sides) & foreign)
        case ast.Call(func=ast.Attribute(value=column, attr="in_" | "not_in"), args=args):
            return bool(STATE.search(ast.unparse(column)) and words_in(*args) & foreign)
        case ast.keyword(arg=str(name), value=value):
            return bool(STATE.search(name) and words_in(value) & foreign)
        case ast.Call(func=ast.Attribute(value=group, attr="get"), args=[first, *_rest]):
            return bool(re.search(r"(states|counts)$", ast.unparse(group)) and words_in(first) & foreign)
    return False


def test_no_feature_asks_for_the_state_of_another_by_a_word() -> None:
    """A state that is renamed, split or added changes its own feature only."""
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(TOLD):
            foreign = foreign_to(name.split("/")[0])
            wrong += [f"{name}:{node.lineno}: {ast.unparse(node)[:80]}"
                      for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                      if names_states(node, foreign)]
    for path in sorted((ROOT / "templates").rglob("*.*")):
        folder = path.relative_to(ROOT / "templates").parts[0]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            asked = {word for part in IN_TEMPLATE.findall(line) for word in re.findall(r"[a-z_]+", part)}
            if asked & foreign_to(folder) and folder not in {"components", "styleguide"}:
                wrong.append(f"templates/{folder}/{path.name}:{number}: {line.strip()[:80]}")
    assert not wrong, (
        "ask for a group of states (Lifecycle.in_groups), a constant of that feature's lifecycle.py or a property of the "
        "thing, not for a state by its name:\n" + "\n".join(wrong)
    )


@pytest.mark.parametrize("code", [
    'deal.state == "delivering"', 'Organisation.state.in_(("verified", "closed"))', 'row.values(state="sent")',
    'run.state in {"open"}', 'counts.get("changes_requested", 0)',
])
def test_every_way_of_asking_for_a_state_is_seen(code: str) -> None:
    assert any(names_states(node, foreign_to("pages")) for node in ast.walk(ast.parse(code))), code
    assert IN_TEMPLATE.findall('{% if need.state in ("open", "solved") %}{% if one.state == "sent" and x %}') == [
        '("open", "solved")', '"sent"']
