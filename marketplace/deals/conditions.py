"""What deals themselves ask for before something is done with one; `deals.requirements` keeps the list and is asked.

Each check returns what stands against an action, or None. Those of actions that are no move of the workflow also say in
which states and by which side they are done, because no table says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import partial
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, true

from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, Invalid, Missing, NotAllowed, Stale
from marketplace.core.permissions import COMMIT
from marketplace.deals.contract_texts import missing
from marketplace.deals.file_access import has_file
from marketplace.deals.lifecycle import DEAL, ENDED_WITHOUT_RESULT, IN_FORCE, MILESTONE, OPEN_MILESTONE_STATES
from marketplace.deals.models import Deal
from marketplace.deals.regime_table import PROCEDURES, TAKING_EFFECT
from marketplace.deals.requirements import Check, Problem, register_requirement
from marketplace.negotiation.actions.terms import ON_BOTH_SIDES
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.vocabulary import CURRENCIES

_NOT_ENDED = frozenset(DEAL.names) - set(ENDED_WITHOUT_RESULT)
#: States in which an ending may be asked for: those the other side can end it from.
ENDABLE = tuple(state for row in DEAL.rows("terminate") for state in row.from_states)


def of_a_side(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back who writes for neither side."""
    return None if deal.roles_of(reader) & {"supplier", "buyer"} else Problem(NotAllowed())


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


def state(deal: Deal, reader: Actor, among: Collection[str], message: str) -> Problem | None:
    """Hold back what is not done in this state of the deal."""
    return None if deal.state in among else Problem(IllegalMove(deal.state, message, label=DEAL.label(deal.state)))


def unsigned(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back a second signature of one side in one round."""
    if deal.side_of(reader) not in {one.side for one in deal.valid_signatures}:
        return None
    return Problem(Stale(N_("Your side has signed already. To sign another text, send the contract back to the draft.")))


def no_ending_asked(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back a second request while one waits."""
    return Problem(Stale(N_("An ending is asked for already; it waits for an answer."))) if deal.ending_asked_by else None


def ending_waits(deal: Deal, reader: Actor, own: bool) -> Problem | None:
    """Hold back an answer to no request, the refusal of the own one, and taking back the other side's."""
    if not deal.ending_asked_by:
        return Problem(Stale(N_("Nobody asks to end the contract any more.")))
    return None if (deal.ending_asked_by == deal.side_of(reader)) == own else Problem(NotAllowed())


def ending_asked(deal: Deal, reader: Actor) -> Problem | None:
    """Hold back an agreement to what nobody asked for."""
    return None if deal.ending_asked_by else Problem(Invalid("", N_("Nobody has asked to end the contract.")))


class _Asked(NamedTuple):
    """One requirement of one action, under the name by which a higher tier replaces it."""

    name: str
    check: Check
    met: Callable[[], ColumnElement[bool]] = true


def _in(states: Collection[str], message: str = N_("This is not possible in the present state.")) -> _Asked:
    return _Asked("state", partial(state, among=states, message=message))


_OF_A_SIDE, _BINDING, _ONE_SIDE = _Asked("of_a_side", of_a_side), _Asked("binding", binding), _Asked("one_side", one_side)
_VERIFIED, _ALLOWED = _Asked("verified", verified, _both_verified), _Asked("allowed", allowed)
_BINDS = (_OF_A_SIDE, _BINDING, _ONE_SIDE)
_DELIVERED = _Asked("all_delivered", all_delivered)
_IN_DELIVERY = (_in(("delivering",), N_("The deal is not being delivered now.")), _ONE_SIDE)
_REQUIREMENTS: dict[str, tuple[_Asked, ...]] = {
    "draft": (_ONE_SIDE, _VERIFIED, _ALLOWED),
    "write_contract": (_OF_A_SIDE, _in(("drafting",), N_("The contract is not being drafted any more."))),
    "present": (_ONE_SIDE, _VERIFIED, _ALLOWED, _Asked("contract_complete", contract_complete),
                _Asked("price_in_dong", price_in_dong)),
    "sign": (*_BINDS, _in(("awaiting_signature",), N_("The contract does not await signature now.")),
             _VERIFIED, _ALLOWED, _Asked("unsigned", unsigned)),
    "conclude": (_VERIFIED, _ALLOWED),
    "take_effect": (
        _ONE_SIDE, _Asked("regime", regime, lambda: Deal.regime.in_(TAKING_EFFECT)), _VERIFIED,
        _Asked("agreed_day", agreed_day, lambda: Deal.effective_on.is_(None) | (Deal.effective_on <= clock.today())),
    ),
    "begin_delivery": (_ONE_SIDE,),
    **dict.fromkeys(MILESTONE.actions, _IN_DELIVERY),
    "hand_over": (_ONE_SIDE, _DELIVERED),
    "return_defects": (_ONE_SIDE,),
    "complete": (_BINDING, _ONE_SIDE, _VERIFIED, _DELIVERED, _Asked("proof", proof)),
    "ask_ending": (*_BINDS, _in(ENDABLE), _Asked("no_ending_asked", no_ending_asked)),
    "refuse_ending": (*_BINDS, _Asked("ending_waits", partial(ending_waits, own=False))),
    "withdraw_ending": (*_BINDS, _Asked("ending_waits", partial(ending_waits, own=True))),
    "terminate": (_BINDING, _ONE_SIDE, _Asked("ending_asked", ending_asked)),
    "choose_publicity": (_OF_A_SIDE, _in(_NOT_ENDED, N_("The deal has ended; nothing of it is public."))),
    "add_file": (_OF_A_SIDE, _in(_NOT_ENDED, N_("The deal has ended; its file is closed."))),
    **{f"resume_{one}": (_Asked("origin", partial(origin, action=f"resume_{one}")),) for one in IN_FORCE},
}


def register() -> None:
    """Register every requirement of deals themselves."""
    for action, held in _REQUIREMENTS.items():
        for one in held:
            permission = COMMIT if one is _BINDING else None
            register_requirement(action, one.check, name=one.name, met=one.met, permission=permission)
