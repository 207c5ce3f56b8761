"""Permissions have names: roles are told apart in one file, and an actor is filled in in one file."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from marketplace.core import permissions
from marketplace.core.access import GUEST, Actor
from marketplace.core.permissions import PERMISSIONS, ROLES_TOWARDS
from marketplace.vocabulary import MEMBER_ROLES, STAFF_ROLES
from tests.test_conventions import ROOT, modules

TEMPLATES = ROOT / "templates"
ROLES = {*STAFF_ROLES.codes, *MEMBER_ROLES.codes}
SET_VERBS = {"isdisjoint", "issubset", "issuperset", "intersection", "difference", "union", "get", "__contains__"}
#: Where roles stand by name: the permissions, the code set, and lifecycle tables (roles towards a thing).
NAMING = ("core/permissions.py", "vocabulary/people.py", "/lifecycle.py")
#: What an actor knows of a person's roles.
HELD = {"staff_roles", "org_roles"}
#: Where an `Actor` is made of anything but a person as they are, how often, and why it cannot be `actors.actor_of`.
ACTORS = {
    "marketplace/core/access.py": (2, "nobody, and the recurring jobs: no person"),
    "marketplace/organisations/actors.py": (1, "the builder"),
    "marketplace/accounts/queries.py": (1, "an account without its roles: what a person does to it"),
    "marketplace/negotiation/eligibility.py": (1, "what a whole organisation may see: no person"),
    "marketplace/pages/demo/world.py": (2, "it gives the roles itself; no statement for each of thousands of acts"),
}


def role_words(node: ast.AST | None) -> set[str]:
    """Return the names of roles of which an expression consists: one of them, a collection of nothing else, its call."""
    match node:
        case ast.Constant(value=str(word)) if word in ROLES:
            return {word}
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts) if parts:
            words = [role_words(part) for part in parts]
            return set().union(*words) if all(words) else set()
        case ast.Call(func=ast.Name(id="set" | "frozenset" | "tuple" | "list"), args=[one]):
            return role_words(one)
    return set()


def asks_a_role(node: ast.AST) -> bool:
    """True where code compares, combines or looks up names of roles, and for collections and tables of them."""
    match node:
        case ast.Compare(left=left, comparators=others):
            return any(role_words(one) for one in (left, *others))
        case ast.BinOp(left=left, right=right):
            return bool(role_words(left) or role_words(right))
        case ast.Call(func=ast.Attribute(value=who, attr=verb), args=args):  # `args` holds the parameters of an address
            return verb in SET_VERBS and ast.unparse(who) != "args" and any(role_words(one) for one in (who, *args))
        case ast.Dict(keys=keys):
            return bool(keys) and all(role_words(key) for key in keys)
        case ast.MatchValue(value=value):
            return bool(role_words(value))
        case ast.Assign(value=value) | ast.AnnAssign(value=value):
            return bool(role_words(value))
        case ast.Tuple() | ast.List() | ast.Set():
            return len(role_words(node)) > 1
    return False


def towards_a_thing(tree: ast.AST) -> set[ast.AST]:
    """Return the nodes of functions that ask `thing.roles_of(actor)`, or are that: words of the thing's lifecycle table."""
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    asked = {one: {node.attr for node in ast.walk(one) if isinstance(node, ast.Attribute)} for one in functions}
    asking = [one for one in functions if (one.name == "roles_of" or "roles_of" in asked[one]) and not asked[one] & HELD]
    return {node for one in asking for node in ast.walk(one)}


def test_roles_are_named_only_in_the_permissions() -> None:
    wrong = []
    for _path, name, tree in modules():
        if not name.endswith(NAMING):
            allowed = towards_a_thing(tree)
            wrong += [f"{name}:{node.lineno}" for node in ast.walk(tree) if asks_a_role(node) and node not in allowed]
    assert not wrong, (
        "ask actor.may(PERMISSION), permission.held_by(roles) or StaffGrant.role.in_(PERMISSION.roles); a set of roles "
        f"gets its name in marketplace/core/permissions.py: {wrong}"
    )


@pytest.mark.parametrize("code", [
    '"admin" in actor.staff_roles', 'StaffGrant.role == "admin"', 'actor.staff_roles & {"admin"}', '{"admin", "auditor"}',
    'actor.org_roles.isdisjoint({"signer"})', '{"admin": 1, "auditor": 2}', 'ADMIN = "admin"',
    'set(("admin",)) <= held', 'who.get("admin")', 'match role:\n  case "admin": pass',
])
def test_every_way_of_asking_for_a_role_is_seen(code: str) -> None:
    assert any(asks_a_role(node) for node in ast.walk(ast.parse(code))), code


def test_templates_ask_for_permissions() -> None:
    word = f"[\"'](?:{'|'.join(sorted(ROLES))})[\"']"
    asked = re.compile(rf"(?:==|!=|\bin)\s*[(\[]?\s*{word}|{word}\s*(?:==|!=|(?:not\s+)?in\b)|_roles\b.*{word}")
    wrong = [
        f"{path.relative_to(TEMPLATES)}:{number}"
        for path in sorted(TEMPLATES.rglob("*.*"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if asked.search(line)
    ]
    assert not wrong, f"ask may(\"permission\"), or give the template a flag: {wrong}"


def test_an_actor_is_filled_in_one_place() -> None:
    made = Counter(
        name for _path, name, tree in modules() for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "Actor"
    )
    assert made == {name: count for name, (count, _why) in ACTORS.items()}, (
        "take actor_of(user) or people(ids)[id].acting_for(org_id) from organisations.actors, of an account alone "
        "account_of(user) from accounts.queries; what can be neither stands in ACTORS with its reason"
    )


def test_every_permission_is_reachable_by_its_name() -> None:
    named = {value.name: name for name, value in vars(permissions).items() if isinstance(value, permissions.Permission)}
    assert {name: name.upper() for name in PERMISSIONS} == named, "NAME = _add(\"name\", …): the same word twice"
    nobody = [one.name for one in PERMISSIONS.values() if one.level in {"staff", "member"} and not one.roles]
    assert not nobody, f"permissions that nobody can hold: {nobody}"


def test_staff_hold_by_their_roles_only() -> None:
    for role in STAFF_ROLES.codes:
        held = {one.name for one in PERMISSIONS.values() if Actor(user_id=1, staff_roles=frozenset({role})).may(one)}
        assert held >= {"staff", "signed_in"} and not held & {"acting", "verified", "edit_content"}, role
    assert not any(GUEST.may(one) for one in PERMISSIONS.values() if one.level not in {"public", "development"}), (
        "a permission that nobody may hold without signing in was given to a guest; set its level in "
        "core/permissions.py"
    )


def test_roles_of_lifecycles_are_explained() -> None:
    assert {"moderator", "officer"} <= set(ROLES_TOWARDS), (
        "say in ROLES_TOWARDS of core/permissions.py who plays each role of the lifecycle tables"
    )
