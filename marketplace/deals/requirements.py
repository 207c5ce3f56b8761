"""What must be true of a deal before a move, in one place: buttons, the next step, jobs and verbs all ask here.

The workflow says who moves a deal from where (`deals.lifecycle`); what else must be true is registered here, by
`deals.conditions` for what deals themselves ask. What is done to a deal without moving it, such as signing, writing the
contract or accepting a milestone, is an action here too. A higher tier holds an action back with
`register_requirement(action, check)`, and releases or changes one by registering another check under the same name.
`docs/deals.md` shows how.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, true

from marketplace.core.access import Actor
from marketplace.core.errors import DomainError, IllegalMove
from marketplace.core.permissions import Permission
from marketplace.deals.lifecycle import DEAL
from marketplace.deals.models import Deal


@dataclass(frozen=True)
class Problem:
    """What stands against a move. The verb raises `error`, and the page says its message where the button would be.

    With `step` (a message id) the problem is itself what comes next: the page says that sentence with `params`, that it is
    the turn of `turn` (supplier, buyer, both, exchange or nobody), and offers `button` leading to `target`: a path, an
    anchor of the record page, or the name of a page of deals.
    """

    error: DomainError
    step: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    turn: str = "nobody"
    target: str = ""
    button: str = ""


#: Requirements that the form of a move itself fills in: they keep nobody from opening it.
SUPPLIED = ("proof",)
#: Returns what stands against the move of a deal by this person, or None.
Check = Callable[[Deal, Actor], Problem | None]


@dataclass(frozen=True)
class Requirement:
    """A registered check. `met` gives the same rule as SQL, for jobs that look for the deals that are ready.

    `permission` is what the check asks of a person, where it asks for one: the page *Who may do what* says so.
    """

    name: str
    check: Check
    met: Callable[[], ColumnElement[bool]] = true
    permission: Permission | None = None


_registered: dict[str, dict[str, Requirement]] = {}


def register_requirement(
    action: str, check: Check, *, name: str = "", met: Callable[[], ColumnElement[bool]] = true, replaces: bool = False,
    permission: Permission | None = None,
) -> None:
    """Let `check` hold back a move; `name` is the function's name unless given. Doing it again is silence.

    With `replaces` it takes the place of the requirement of that name, so that a higher tier can release what a lower one
    holds back. Say the `permission` without which it holds everybody back, if there is one. Raises ValueError when the
    name is taken and not to be replaced, or when there is none to replace.
    """
    name, held = name or getattr(check, "__name__", ""), _registered.setdefault(action, {})
    if name in held and held[name].check is check:
        return
    if (name in held) != replaces:
        raise ValueError(f"{action}: requirement {name!r} " + ("exists already" if name in held else "does not exist"))
    held[name] = Requirement(name, check, met, permission)


def requirements(deal: Deal, action: str, reader: Actor, *, without: Collection[str] = ()) -> list[Problem]:
    """Return what stands against a move by this person, in the order in which it is told; `without` leaves names out.

    Nobody is kept in a deal because the other side lost its verification: moves that leave it do not ask for one.
    """
    asked = (one for one in _registered.get(action, {}).values() if one.name not in without)
    return [problem for one in asked if (problem := one.check(deal, reader)) is not None]


def require(deal: Deal, action: str, reader: Actor, *, without: Collection[str] = ()) -> None:
    """Raise the first thing that stands against a move by this person."""
    for problem in requirements(deal, action, reader, without=without):
        raise problem.error


def stands_against(deal: Deal, action: str, reader: Actor) -> list[Problem]:
    """Return what keeps an action from this person's page: the workflow first, then its requirements.

    What the form of the action itself supplies keeps nobody from opening it.
    """
    if action in DEAL.actions and DEAL.row(action, deal.state, deal.roles_of(reader)) is None:
        return [Problem(IllegalMove(deal.state, label=DEAL.label(deal.state)))]
    return requirements(deal, action, reader, without=SUPPLIED)


def offered(deal: Deal, reader: Actor) -> frozenset[str]:
    """Return the moves of the workflow that this person can make now."""
    return frozenset(action for action in DEAL.actions if not stands_against(deal, action, reader))


def ready(action: str) -> ColumnElement[bool]:
    """Return the deals against whose move nothing stands, as SQL; a requirement without SQL is asked of each deal."""
    return and_(true(), *(one.met() for one in _registered.get(action, {}).values()))


def demanded(action: str) -> tuple[Permission, ...]:
    """Return the permissions that a move demands of a person, besides what its row of the lifecycle says."""
    asked = (one.permission for one in _registered.get(action, {}).values())
    return tuple(dict.fromkeys(permission for permission in asked if permission is not None))
