"""The page "Who may do what": every page and every move of the exchange, and the roles that may open or make it.

Nothing is written down here: pages come from the routes and their permissions, moves from the lifecycle tables of the
registered subjects, who plays a role of those tables from `core.permissions.ROLES_TOWARDS`, and what a move demands besides
from `Subject.demands`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.authoring.lifecycle import REVISION
from marketplace.core.access import access, mark_of
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.permissions import ROLES_TOWARDS, STAFF, Permission
from marketplace.core.subjects import SUBJECTS
from marketplace.pages.export import PERMISSIONS, PermissionLine
from marketplace.values.text import N_, fold
from marketplace.vocabulary import MEMBER_ROLES, STAFF_ROLES
from marketplace.web.i18n import language
from marketplace.web.paging import Paging, requested_page
from marketplace.web.spreadsheet import csv_answer

bp = Blueprint("permissions", __name__)
#: Gives the permissions that a move demands besides the role of its row.
Demands = Callable[[str], Sequence[Permission]]
SIZE = 50
#: Characters of a search in the table that are looked at.
LONGEST = 200
KINDS = {"page": N_("Pages"), "move": N_("Moves")}
METHODS = {"GET": N_("Read"), "POST": N_("Send"), "GET/POST": N_("Read and send")}
#: Who holds a permission that asks for no role.
LEVELS = {
    "public": N_("Everybody"), "development": N_("Everybody, but not in production"), "signed_in": N_("Every account"),
    "acting": N_("Every member of an organisation"), "verified": N_("Every member of a verified organisation"),
    "system": N_("Recurring jobs"),
}


@dataclass(frozen=True)
class PermissionRow:
    """One page, or one move by one role. `holders` are levels, `member.<role>` and `staff.<role>`."""

    kind: str
    what: str  # "GET /staff/deals", or the move's action
    permission: str  # the permission's name, or the role towards the thing
    why: str  # message id: what the permission allows, or who plays the role
    holders: tuple[str, ...]
    thing: str = ""  # of a move: the kind of thing
    thing_label: str = ""  # message ids of the thing, of the button, of the states
    label: str = ""
    states: tuple[tuple[str, str], ...] = ()  # from which a move is made: names and labels
    to_state: tuple[str, str] = ("", "")
    demands: tuple[Permission, ...] = ()  # what the move asks of a person besides the role

    def words(self) -> tuple[str, ...]:
        """Return the cells in the reader's language: who, thing, what, from, to, permission."""
        from_, to = ", ".join(_(label) for _name, label in self.states), self.to_state[1]
        return (
            ", ".join(holder_word(one) for one in self.holders), _(self.thing_label) if self.thing_label else "",
            _(self.label) if self.label else self._address(), from_, _(to) if to else "",
            "; ".join(_(label) for label in (self.why, *(one.label for one in self.demands))),
        )

    def _address(self) -> str:
        """Return what is done at which address; what differs from thing to thing is left out of it."""
        method, _space, address = self.what.partition(" ")
        return f"{_(METHODS[method])}: {re.sub('<[^>]*>', '…', address)}" if address else self.what


def holders_of(permission: Permission | None) -> tuple[str, ...]:
    """Return who holds a permission; of none at all, recurring jobs."""
    if permission is None:
        return ("system",)
    if permission.level in {"staff", "member"}:
        order = STAFF_ROLES.codes if permission.level == "staff" else MEMBER_ROLES.codes
        return tuple(f"{permission.level}.{role}" for role in order if role in permission.roles)
    return (permission.level,)


def holder_word(holder: str) -> str:
    """Return the name of a role, or of who needs none, in the reader's language."""
    level, _dot, role = holder.partition(".")
    if role:
        return (STAFF_ROLES if level == "staff" else MEMBER_ROLES).label(role, language())
    return _(LEVELS[level])


def table(app: Flask) -> list[PermissionRow]:
    """Return every page by address, then every move by thing."""
    return [*_pages(app), *_moves()]


def _pages(app: Flask) -> Iterator[PermissionRow]:
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ())))
    for rule in rules:
        permission = mark_of(app, rule.endpoint)
        if permission is None or rule.endpoint.endswith("static"):
            continue
        methods = "/".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        yield PermissionRow("page", f"{methods} {rule.rule}", permission.name, permission.label, holders_of(permission))


def _moves() -> Iterator[PermissionRow]:
    tables: list[tuple[str, str, Lifecycle, Demands]] = [
        ("revision", N_("Version of a technology or need"), REVISION, lambda _action: ()),
        *((one.kind, one.label, one.lifecycle, one.demands) for one in SUBJECTS.values() if one.lifecycle),
    ]
    for kind, thing, lifecycle, demands in sorted(tables, key=lambda one: one[0]):
        for row in lifecycle.table:
            states = tuple((state, lifecycle.label(state)) for state in row.from_states)
            for role in row.roles:
                why, permission = ROLES_TOWARDS[role]
                asked = tuple(demands(row.action)) if permission else ()
                holders = _holders_of_all(permission, asked)
                yield PermissionRow("move", row.action, role, why, holders, kind, thing, row.label, states, (row.to_state,
                           lifecycle.label(row.to_state)), asked)


def _holders_of_all(permission: Permission | None, asked: Iterable[Permission]) -> tuple[str, ...]:
    """Return who holds a permission and each of those that are asked as well."""
    every = [set(holders_of(one)) for one in asked]
    return tuple(holder for holder in holders_of(permission) if all(holder in one for one in every))


def _wanted(lines: Iterable[PermissionRow]) -> list[PermissionRow]:
    """Return the lines that the query string asks for; unknown values ask for nothing."""
    kind, role = request.args.get("kind", ""), request.args.get("role", "")
    words = {*fold(request.args.get("q", "")[:LONGEST]).split()}
    found = [line for line in lines if (kind not in KINDS or line.kind == kind) and (not role or role in line.holders)]
    if words:
        texts = [(line, fold(" ".join((*line.words(), line.what)))) for line in found]
        found = [line for line, text in texts if all(word in text for word in words)]
    return found


def _roles() -> list[tuple[str, str]]:
    """Return what one may filter by: each role, and who needs none."""
    staff = [f"staff.{code}" for code in STAFF_ROLES.codes]
    members = [f"member.{code}" for code in MEMBER_ROLES.codes]
    return [(one, holder_word(one)) for one in (*staff, *members, *LEVELS)]


@bp.get("/staff/permissions")
@access(STAFF)
def show() -> ResponseReturnValue:
    """Show who may do what."""
    number, offset = requested_page(SIZE)
    lines = _wanted(table(current_app))
    kept = {name: request.args[name] for name in ("kind", "role", "q") if request.args.get(name)}
    variables: dict[str, Any] = {
        "lines": lines[offset : offset + SIZE], "paging": Paging(number, SIZE, len(lines)), "filters": request.args,
        "kinds": KINDS, "roles": _roles(),
        "export": url_for("permissions.export") + (f"?{urlencode(kept)}" if kept else ""),
    }
    return render_template("pages/permissions.html", **variables)


@bp.get("/staff/permissions.csv")
@access(STAFF)
def export() -> ResponseReturnValue:
    """Return the same lines as CSV: one for each role and each state."""
    rows = (
        PermissionLine(holder_word(holder), words[1], words[2], _(label) if label else "", words[4], words[5])
        for line in _wanted(table(current_app)) for words in [line.words()]
        for holder in line.holders for _state, label in line.states or (("", ""),)
    )
    return csv_answer("permissions", PERMISSIONS, rows)
