"""One door for every move of a deal: the table says who and from where, guards what must be true, effects what follows.

The caller has locked the deal (`queries.for_change`): lead, listing, need and deal, in this order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from marketplace.buyer_requests.lifecycle import NEED
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import IllegalMove
from marketplace.core.events import Event, transition
from marketplace.core.extensions import db
from marketplace.core.lifecycle import legal_transition
from marketplace.deals.actions import contract, reservation
from marketplace.deals.actions.milestones import accept_the_rest
from marketplace.deals.event_data import data_of
from marketplace.deals.guards import GUARDS
from marketplace.deals.lifecycle import DEAL, IN_FORCE
from marketplace.deals.models import Deal
from marketplace.negotiation.actions.terms import close_terms, open_terms
from marketplace.values import clock
from marketplace.values.text import N_

Effect = Callable[[Deal, Actor], None]


def move(deal: Deal, action: str, actor: Actor, reason_code: str = "", reason: str = "") -> Event | None:
    """Make one move and everything that follows from it; None when it was already settled.

    Raises NotAllowed and IllegalMove from the table, Invalid and Missing from the guards.
    """
    roles = deal.roles_of(actor)
    if legal_transition(DEAL, deal, action, roles, reason_code, reason) is None:
        return None
    check(deal, action, actor)
    data = data_of(deal, actor)
    # Before the move, since the database ties some columns to the state and recording the event flushes.
    for effect in BEFORE.get(action, ()):
        effect(deal, actor)
    event = transition(deal, DEAL, action, actor, roles, reason_code=reason_code, reason=reason, data=data)
    deal.state_since = clock.now()
    for effect in AFTER.get(action, ()):
        effect(deal, actor)
    db.session.flush()
    return event


def check(deal: Deal, action: str, actor: Actor) -> None:
    """Raise what stands against a move that the table allows: the way back from a dispute, guards."""
    if action.startswith("resume_") and action != f"resume_{deal.disputed_from}":
        raise IllegalMove(deal.state, N_("The deal goes on from where the dispute began."), label=DEAL.label(deal.state))
    for guard in GUARDS.get(action, ()):
        guard(deal, actor)


def offered(deal: Deal, actor: Actor) -> frozenset[str]:
    """Return the moves the table offers this person now; of a dispute, only the way back to where it began."""
    rows = DEAL.actions_for(deal.state, deal.roles_of(actor))
    return frozenset(
        row.action for row in rows
        if not row.action.startswith("resume_") or row.action == f"resume_{deal.disputed_from}"
    )


def _remember_origin(deal: Deal, actor: Actor) -> None:
    deal.disputed_from, deal.disputed_by = deal.state, deal.side_of(actor)


def _forget_dispute(deal: Deal, actor: Actor) -> None:
    deal.disputed_from = ""


def _stamp_completion(deal: Deal, actor: Actor) -> None:
    deal.completed_at = clock.now()


def _settle_dispute(deal: Deal, actor: Actor) -> None:
    deal.disputed_by = ""


def _set_dates(deal: Deal, actor: Actor) -> None:
    """The later signature is the day of signing; a contract takes effect on the agreed day, never before it is signed.

    By law the agreed day counts for nothing where a certificate or permit is needed.
    """
    deal.signed_on = max(one.signed_on for one in deal.signatures if one.round == deal.round)
    if deal.regime in {"registration", "permit"}:
        deal.effective_on = None
    else:
        deal.effective_on = max(deal.effective_on or deal.signed_on, deal.signed_on)


def _solve_need(deal: Deal, actor: Actor) -> None:
    """A need counts as solved when a contract is signed (docs/domain.md §3.2), also one that was still open for answers."""
    need = db.session.get(BuyerRequest, deal.need_id) if deal.need_id else None
    for action in ("shortlist", "negotiate", "solve"):
        if need is not None and NEED.row(action, need.state, {"system"}) is not None:
            transition(need, NEED, action, SYSTEM, {"system"}, data={"deal_id": deal.id})


def _leave(deal: Deal, actor: Actor) -> None:
    close_terms(deal.lead, actor)
    reservation.release(deal, actor)


def _forget_ending(deal: Deal, actor: Actor) -> None:
    deal.ending_asked_by = deal.ending_code = deal.ending_text = ""


def _reopen_terms(deal: Deal, actor: Actor) -> None:
    """The technology stays reserved meanwhile: new terms that are not exclusive release it when both accept them."""
    open_terms(deal.lead)
    contract.drop_agreed_texts(deal)


def _void_round(deal: Deal, actor: Actor) -> None:
    deal.round += 1


def _begin_licence(deal: Deal, actor: Actor) -> None:
    deal.effective_on = deal.effective_on or clock.today()
    reservation.begin_licence(deal, deal.effective_on)


def _hand_ownership(deal: Deal, actor: Actor) -> None:
    if deal.frozen["terms"].get("transfer_right") == "ownership":
        reservation.transfer(deal, actor)


_RESUME = tuple(f"resume_{state}" for state in IN_FORCE)
BEFORE: Mapping[str, tuple[Effect, ...]] = MappingProxyType({
    "conclude": (_set_dates,),
    "dispute": (_remember_origin,),
    "complete": (_stamp_completion, accept_the_rest),
    "terminate": (_forget_dispute,),
    **dict.fromkeys(_RESUME, (_forget_dispute,)),
})
AFTER: Mapping[str, tuple[Effect, ...]] = MappingProxyType({
    "draft": (lambda deal, actor: contract.fill_in(deal),),
    "renegotiate": (_reopen_terms,),
    "redraft": (_void_round,),
    "conclude": (_solve_need,),
    "take_effect": (_begin_licence,),
    "complete": (_hand_ownership, _forget_ending),
    "cancel": (_leave,),
    "terminate": (_settle_dispute, _leave, _forget_ending),
    # Where an ending cannot be agreed to, none is asked for.
    "hand_over": (_forget_ending,),
    **dict.fromkeys(_RESUME, (_settle_dispute,)),
    "resume_acceptance": (_settle_dispute, _forget_ending),
})
