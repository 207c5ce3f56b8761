"""Permissions have names: roles are told apart in one file, and an actor is filled in in one file."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from marketplace.core import permissions
from marketplace.core.access import GUEST, Actor
from marketplace.core.permissions import PERMISSIONS, ROLES_TOWARDS
from marketplace.vocabulary import MEMBER_ROLES, STAFF_ROLES
from tests.test_conventions import modules

ROLES = {*STAFF_ROLES.codes, *MEMBER_ROLES.codes}
#: Where roles stand by name: the permissions, the code set, and lifecycle tables (roles towards a thing).
NAMING = ("core/permissions.py", "vocabulary/people.py", "/lifecycle.py")
#: What an actor knows of a person's roles.
HELD = {"staff_roles", "org_roles"}
#: Where an `Actor` is made of anything but a person as they are: nobody, the system, an account without roles, a whole
#: organisation as reader, and the demo's people, whose story is told before they exist.
ACTORS = ("/access.py", "organisations/actors.py", "organisations/actors.py", "accounts/signals.py",
          "negotiation/eligibility.py", "notifications/actions.py", "pages/demo/world.py")


def strings(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Tuple | ast.List | ast.Set) and node.elts:
        found = [one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        return found if len(found) == len(node.elts) else []
    return []


def asks_a_role(node: ast.AST) -> bool:
    """True for `"admin" in actor.staff_roles`, `StaffGrant.role == "admin"` and sets of role names."""
    if set(strings(node)) <= ROLES and len(strings(node)) > 1:
        return True
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    named = any(isinstance(one, ast.Constant) and one.value in ROLES for one in sides)
    held = any(
        isinstance(one, ast.Attribute)
        and (one.attr in HELD or (one.attr == "role" and isinstance(one.value, ast.Name) and one.value.id == "StaffGrant"))
        for one in sides
    )
    return named and held


def found(test: object) -> Iterator[str]:
    for _path, name, tree in modules():
        for node in ast.walk(tree):
            if callable(test) and test(name, node):
                yield f"{name}:{getattr(node, 'lineno', 0)}"


def test_roles_are_named_only_in_the_permissions() -> None:
    wrong = list(found(lambda name, node: not name.endswith(NAMING) and asks_a_role(node)))
    assert not wrong, (
        "ask actor.may(PERMISSION), permission.held_by(roles) or StaffGrant.role.in_(PERMISSION.roles); a set of roles "
        f"gets its name in marketplace/core/permissions.py: {wrong}"
    )


def test_an_actor_is_filled_in_one_place() -> None:
    def makes(name: str, node: ast.AST) -> bool:
        return (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Actor"
                and not name.endswith(ACTORS))

    wrong = list(found(makes))
    assert not wrong, f"take actor_of(user) or people(ids)[id].acting_for(org_id) from organisations: {wrong}"


def test_every_permission_is_reachable_by_its_name() -> None:
    named = {value.name: name for name, value in vars(permissions).items() if isinstance(value, permissions.Permission)}
    assert {name: name.upper() for name in PERMISSIONS} == named, "NAME = _add(\"name\", …): the same word twice"
    nobody = [one.name for one in PERMISSIONS.values() if one.level in {"staff", "member"} and not one.roles]
    assert not nobody, f"permissions that nobody can hold: {nobody}"


def test_staff_hold_by_their_roles_only() -> None:
    for role in STAFF_ROLES.codes:
        held = {one.name for one in PERMISSIONS.values() if Actor(user_id=1, staff_roles=frozenset({role})).may(one)}
        assert held >= {"staff", "signed_in"} and not held & {"acting", "verified", "edit_content"}, role
    assert not any(GUEST.may(one) for one in PERMISSIONS.values() if one.level not in {"public", "development"})


def test_roles_of_lifecycles_are_explained() -> None:
    assert {"moderator", "officer"} <= set(ROLES_TOWARDS)
