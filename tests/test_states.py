"""What must stand somewhere for every state of every workflow: a message here says what is missing, and where."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from marketplace.authoring.lifecycle import REVISION
from marketplace.buyer_requests.lifecycle import NEED
from marketplace.core.lifecycle import Lifecycle
from marketplace.deals.lifecycle import DEAL, GROUP_LABELS, TAB_LABELS
from marketplace.deals.progress import NEXT
from marketplace.listings.lifecycle import LISTING
from marketplace.negotiation.lifecycle import COMPLAINT

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "marketplace"
DECLARED = re.compile(r'Lifecycle\(\s*name="(\w+)"')


def workflows() -> dict[str, tuple[Lifecycle, ...]]:
    """Return the workflows that the package declares, by the feature, which is also the folder of its templates."""
    found: dict[str, tuple[Lifecycle, ...]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        names, parts = DECLARED.findall(path.read_text(encoding="utf-8")), path.relative_to(PACKAGE).with_suffix("").parts
        if names:
            module = importlib.import_module(".".join(("marketplace", *parts)))
            own = {one.name: one for one in vars(module).values() if isinstance(one, Lifecycle) and one.name in names}
            assert {*own} == {*names}, f"{path}: a workflow is a constant of its module"
            found[parts[0]] = (*found.get(parts[0], ()), *own.values())
    return found


#: Features with states of their own, and all workflows.
OWN = workflows()
EVERY = tuple(one for own in OWN.values() for one in own)
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


def test_the_workflows_are_found() -> None:
    assert len(EVERY) >= 16 and {DEAL, LISTING, NEED, REVISION, COMPLAINT} <= {*EVERY}, (
        "a lifecycle was not found: make it a module constant of <feature>/lifecycle.py"
    )


#: Not a part of the application's rules: the demonstration plays people through their states.
TOLD = "pages/demo"
STATE = re.compile(r"(^|[._])state$|^STATES?$")
IN_TEMPLATE = re.compile(r"""state\s*(?:==|!=|(?:not )?in)\s*(\([^)]*\)|\[[^\]]*\]|["'][a-z_]*["'])""")


#: What a value by the key "state" is looked for in; a choice between words is the look of a step, not a state.
PLAIN = (ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Name)


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


def members_of(node: ast.AST | None) -> list[ast.expr]:
    """Return the keys of a dictionary, or the members of another collection, as they stand in the code; else nothing."""
    match node:
        case ast.Call(args=[ast.Dict() | ast.Set() | ast.Tuple() | ast.List() as inner]):  # frozenset, MappingProxyType
            return members_of(inner)
        case ast.Dict(keys=keys):
            return [key for key in keys if key is not None]
        case ast.Set(elts=members) | ast.Tuple(elts=members) | ast.List(elts=members):
            return members
    return []


def tables_in(tree: ast.AST) -> dict[str, set[object]]:
    """Return the words that the dictionaries and sets of a module have as keys and members, by their names."""
    found: dict[str, set[object]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = words_in(*members_of(node.value))
    return found


def is_a_list_of_states(node: ast.AST, folder: str) -> bool:
    """True for a dictionary or collection that holds states of one other feature and nothing else, two at least."""
    members, foreign = members_of(node), foreign_to(folder)
    words = {part.value for part in members if isinstance(part, ast.Constant)}
    spread = [part for part in members if isinstance(part, ast.Starred)]
    own = {name for one in OWN.get(folder, ()) for name in (*one.groups, *one.tabs)}
    if len(words) + len(spread) < 2 or len(words) + len(spread) != len(members) or not words or words <= own:
        return False
    return words <= foreign and any(words <= {*one.names} for one in EVERY)


def names_states(node: ast.AST, foreign: set[str], tables: Mapping[str, set[object]] | None = None) -> bool:
    """True where code asks for the state of another feature's thing by a word: a comparison, IN, a value to be set, or a
    dictionary or set of the module (`tables`) that is asked by a state.
    """
    def words(*parts: ast.AST) -> set[object]:
        named = [(tables or {}).get(part.id, set()) for part in parts if isinstance(part, ast.Name)]
        return words_in(*parts).union(*named)

    match node:
        case ast.Compare(left=left, comparators=others):
            sides = [left, *others]
            return any(STATE.search(ast.unparse(side)) for side in sides) and bool(words(*sides) & foreign)
        case ast.Call(func=ast.Attribute(value=column, attr="in_" | "not_in"), args=args):
            return bool(STATE.search(ast.unparse(column)) and words(*args) & foreign)
        case ast.Call(func=ast.Name(id="in_states" | "index_of_states"), args=[_model, *args]):
            return bool(words(*args) & foreign)
        case ast.keyword(arg=str(name), value=value):
            return bool(STATE.search(name) and words(value) & foreign)
        case ast.Dict(keys=keys, values=values):
            return any(isinstance(key, ast.Constant) and STATE.search(str(key.value)) and isinstance(value, PLAIN)
                       and bool(words(value) & foreign) for key, value in zip(keys, values, strict=True))
        case ast.Call(func=ast.Attribute(value=group, attr="get" | "pop"), args=[first, *_rest]):
            asked = re.search(r"(states|counts)$", ast.unparse(group)) and words_in(first) & foreign
            return bool(asked or (STATE.search(ast.unparse(first)) and words(group, *members_of(group)) & foreign))
        case ast.Subscript(value=group, slice=key):
            asked = re.search(r"(states|counts)$", ast.unparse(group)) and words_in(key) & foreign
            return bool(asked or (STATE.search(ast.unparse(key)) and words(group, *members_of(group)) & foreign))
    return False


def test_no_feature_asks_for_the_state_of_another_by_a_word() -> None:
    """A state that is renamed, split or added changes its own feature only."""
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(TOLD):
            folder, tree = name.split("/")[0], ast.parse(path.read_text(encoding="utf-8"))
            foreign, tables = foreign_to(folder), tables_in(tree)
            wrong += [f"{name}:{node.lineno}: {ast.unparse(node)[:80]}" for node in ast.walk(tree)
                      if names_states(node, foreign, tables) or is_a_list_of_states(node, folder)]
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
    'run.state in {"open"}', 'counts.get("changes_requested", 0)', 'counts["changes_requested"]',
    '{"delivering": 1, "one": 2}[deal.state]', 'WORDS = {"delivering": 1, "one": 2}\nWORDS[deal.state]',
    'WORDS: dict[str, int] = {"delivering": 1}\nWORDS.get(deal.state)',
    'DONE = frozenset({"completed"})\ndeal.state in DONE',
    'LIVE = ("delivering",)\nin_states(Deal, LIVE)', 'query({"state": ("delivering",)})',
    '{"signed": 1, "delivering": 2}', '("signed", *OTHERS)',
])
def test_every_way_of_asking_for_a_state_is_seen(code: str) -> None:
    tree = ast.parse(code)
    tables = tables_in(tree)
    assert any(names_states(node, foreign_to("pages"), tables) or is_a_list_of_states(node, "pages")
               for node in ast.walk(tree)), code
    assert IN_TEMPLATE.findall('{% if need.state in ("open", "solved") %}{% if one.state == "sent" and x %}') == [
        '("open", "solved")', '"sent"'], (
        "IN_TEMPLATE of this test no longer finds states in templates; mend its pattern"
    )


def test_no_check_lists_states_by_hand() -> None:
    """A list in a CHECK is made of the lifecycle's groups, so that a new state is in the right ones by itself."""
    by_hand = re.compile(r"state (NOT )?IN \('")
    odd = [
        f"{path.relative_to(ROOT)}:{text.lineno}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "CheckConstraint"
        for text in ast.walk(call)
        if isinstance(text, ast.Constant) and isinstance(text.value, str) and by_hand.search(text.value)
    ]
    assert not odd, f"make these lists of groups of the lifecycle, as core.columns.listed(LIFECYCLE.in_groups(...)): {odd}"
