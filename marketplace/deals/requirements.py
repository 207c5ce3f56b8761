"""What must be true of a deal before a move, in one place: buttons, the next step, jobs and verbs all ask here.

The workflow says who moves a deal from where (`deals.lifecycle`); this module says what else must be true. A higher tier
holds a move back with `register_requirement(action, check)`, and releases or changes one of these by registering another
check under the same name. `docs/deals.md` shows how.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, true

from marketplace.core.access import Actor
from marketplace.core.errors import DomainError, IllegalMove, Invalid, Missing, NotAllowed
from marketplace.core.permissions import COMMIT, Permission
from marketplace.deals.actions.contract import missing
from marketplace.deals.file_access import has_file
from marketplace.deals.lifecycle import DEAL, IN_FORCE, OPEN_MILESTONE_STATES
from marketplace.deals.models import Deal
from marketplace.deals.regime_table import PROCEDURES, TAKING_EFFECT
from marketplace.negotiation.actions.terms import ON_BOTH_SIDES
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.vocabulary import CURRENCIES


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


def ready(action: str) -> ColumnElement[bool]:
    """Return the deals against whose move nothing stands, as SQL; a requirement without SQL is asked of each deal."""
    return and_(true(), *(one.met() for one in _registered.get(action, {}).values()))


def demanded(action: str) -> tuple[Permission, ...]:
    """Return the permissions that a move demands of a person, besides what its row of the lifecycle says."""
    asked = (one.permission for one in _registered.get(action, {}).values())
    return tuple(dict.fromkeys(permission for permission in asked if permission is not None))


def binding(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back who may not commit the organisation; the exchange itself binds nobody."""
    if reader.is_system or reader.may(COMMIT):
        return None
    return Problem(
        NotAllowed(N_("Only an administrator or signer of your organisation may do this: it binds the organisation."))
    )


def one_side(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back who belongs to the other side too, or has bound it: nobody makes both sides of a deal."""
    if reader.is_system or not deal.is_on_both_sides(reader):
        return None
    return Problem(NotAllowed(ON_BOTH_SIDES))


def verified(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back until both organisations are verified."""
    if deal.supplier.verified and deal.buyer.verified:
        return None
    return Problem(NotAllowed(N_("Both organisations must be verified before the deal goes on.")))


def _both_verified() -> ColumnElement[bool]:
    verified_now = Organisation.verified
    return and_(Deal.supplier.has(verified_now), Deal.buyer.has(verified_now))


def allowed(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back a technology that an officer found to be banned from transfer: nothing but leaving is left."""
    procedure = PROCEDURES[deal.regime]
    return Problem(Invalid("", procedure.stops)) if procedure.forbidden else None


def contract_complete(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back until every item that the law names is written and the terms have a schedule."""
    lacks = missing(deal)
    if lacks:
        return Problem(
            Missing(lacks, N_("The contract is not complete yet: some items that the law names are empty.")),
            N_("Complete the contract: %(count)s of the items the law names are still empty."), {"count": len(lacks)},
            turn="both", target="write_contract", button=N_("Write the contract"),
        )
    if not deal.milestones:
        return Problem(Invalid("", N_("The agreed terms have no schedule; agree on at least one milestone first.")))
    return None


_FOREIGN_MONEY = re.compile(
    r"[$€£¥₩]|\b(" + "|".join(code for code in CURRENCIES.codes if code != "VND") + r")\b|đô[ -]?la|\beuro\b", re.IGNORECASE
)


def price_in_dong(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back a price in foreign money between parties in Vietnam."""
    domestic = deal.frozen["terms"].get("direction", "domestic") == "domestic"
    if not domestic or not _FOREIGN_MONEY.search(str(deal.contract.get("price", ""))):
        return None
    return Problem(
        Invalid("item_price", N_("Between parties in Vietnam the price is stated in đồng only, without conversion."))
    )


def regime(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back a contract that by law does not take effect by agreement alone."""
    procedure = PROCEDURES[deal.regime]
    if procedure.takes_effect:
        return None
    return Problem(
        Invalid("", procedure.stops),
        N_("The contract is signed. By law it does not take effect by agreement alone; see the notice below."),
        turn=procedure.turn,
    )


def agreed_day(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back until the agreed day of effect has come."""
    if deal.effective_on is None or deal.effective_on <= clock.today():
        return None
    day = clock.format_date(deal.effective_on)
    return Problem(
        Invalid("", N_("The contract takes effect on %(day)s, as agreed."), day=day),
        N_("The contract takes effect on %(day)s, as agreed; the exchange records it that day."), {"day": day},
    )


def all_delivered(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back until every milestone is reported; what is not accepted yet is accepted, or not, with the minutes."""
    if not any(one.state in OPEN_MILESTONE_STATES for one in deal.milestones):
        return None
    return Problem(Invalid("", N_("Report every milestone as delivered first.")))


def proof(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back until the minutes, the result and the value are stated and proven by files."""
    if deal.value_realised is None or deal.minutes_on is None or not (deal.minutes_no and deal.result):
        return Problem(Invalid("", N_("State the minutes, the result and the value before you complete the deal.")))
    if not has_file(deal, "minutes"):
        return Problem(Invalid("minutes", N_("Attach the signed acceptance minutes.")))
    if not has_file(deal, "evidence"):
        return Problem(Invalid("evidence", N_("Attach evidence of the result.")))
    return None


def origin(deal: Deal, reader: Actor, action: str) -> Problem | None:
    """Hold back every way out of a dispute but the one to where it began."""
    if action == f"resume_{deal.disputed_from}":
        return None
    message = N_("The deal goes on from where the dispute began.")
    return Problem(IllegalMove(deal.state, message, label=DEAL.label(deal.state)))


def ending_asked(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back an agreement to what nobody asked for."""
    return None if deal.ending_asked_by else Problem(Invalid("", N_("Nobody has asked to end the contract.")))


for _action, _checks in {
    "draft": (one_side, verified, allowed),
    "present": (one_side, verified, allowed, contract_complete, price_in_dong),
    "sign": (one_side, verified, allowed),
    "conclude": (verified, allowed),
    "begin_delivery": (one_side,),
    "hand_over": (one_side, all_delivered),
    "return_defects": (one_side,),
    "complete": (binding, one_side, verified, all_delivered, proof),
    "terminate": (binding, one_side, ending_asked),
}.items():
    for _check in _checks:
        register_requirement(_action, _check, permission=COMMIT if _check is binding else None)
for _state in IN_FORCE:
    register_requirement(f"resume_{_state}", partial(origin, action=f"resume_{_state}"), name="origin")
register_requirement("take_effect", one_side)
register_requirement("take_effect", regime, met=lambda: Deal.regime.in_(TAKING_EFFECT))
register_requirement("take_effect", verified, met=_both_verified)
register_requirement(
    "take_effect", agreed_day, met=lambda: Deal.effective_on.is_(None) | (Deal.effective_on <= clock.today())
)


def may_bind(deal: Deal, reader: Actor) -> bool:
    """Tell whether this person may commit one of the sides."""
    return bool(deal.roles_of(reader) & {"supplier", "buyer"}) and (binding(deal, reader) or one_side(deal, reader)) is None


def check_binding(deal: Deal, reader: Actor) -> None:
    """Raise NotAllowed unless the person may commit one side of the deal."""
    if not deal.roles_of(reader) & {"supplier", "buyer"}:
        raise NotAllowed
    if problem := binding(deal, reader) or one_side(deal, reader):
        raise problem.error

