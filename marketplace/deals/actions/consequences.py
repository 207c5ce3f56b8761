"""What follows from a move of a deal, by move. A higher tier adds to it with `register_consequence(action, effect)`.

Effects run in the order of registration, within the move's transaction; a repeated message that moves nothing runs none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from marketplace.buyer_requests.lifecycle import NEED
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.events import transition
from marketplace.core.extensions import db
from marketplace.deals.actions import contract, reservation
from marketplace.deals.actions.milestones import accept_the_rest
from marketplace.deals.lifecycle import IN_FORCE
from marketplace.deals.models import Deal
from marketplace.deals.regime_table import PROCEDURES
from marketplace.negotiation.actions.terms import close_terms, open_terms
from marketplace.values import clock

Effect = Callable[[Deal, Actor], object]


@dataclass(frozen=True)
class Consequence:
    """One effect of a move. `before`: it runs before the state changes, as the database ties some columns to the state."""

    name: str
    effect: Effect
    before: bool = False


_registered: dict[str, dict[str, Consequence]] = {}


def register_consequence(
    action: str, effect: Effect, *, name: str = "", before: bool = False, replaces: bool = False
) -> None:
    """Let `effect` follow from a move; `name` is the function's name unless given. Doing it again is silence.

    With `replaces` it takes the place of the consequence of that name. Raises ValueError when another effect has the name
    and is not to be replaced, or when there is none to replace.
    """
    name, known = name or effect.__name__.strip("_"), _registered.setdefault(action, {})
    if name in known and known[name].effect is effect:
        return
    if (name in known) != replaces:
        raise ValueError(f"{action}: consequence {name!r} " + ("exists already" if name in known else "does not exist"))
    known[name] = Consequence(name, effect, before)


def carry_out(deal: Deal, action: str, actor: Actor, *, before: bool) -> None:
    """Run what follows from a move: what comes before the change of state, or what comes after it."""
    for consequence in list(_registered.get(action, {}).values()):
        if consequence.before == before:
            consequence.effect(deal, actor)


def _remember_origin(deal: Deal, actor: Actor) -> None:
    deal.disputed_from, deal.disputed_by = deal.state, deal.side_of(actor)


def _forget_origin(deal: Deal, actor: Actor) -> None:
    deal.disputed_from = ""


def _settle_dispute(deal: Deal, actor: Actor) -> None:
    deal.disputed_by = ""


def _stamp_completion(deal: Deal, actor: Actor) -> None:
    deal.completed_at = clock.now()


def _set_dates(deal: Deal, actor: Actor) -> None:
    """The later signature is the day of signing; a contract takes effect on the agreed day, never before it is signed.

    By law the agreed day counts for nothing where a certificate or permit is needed.
    """
    deal.signed_on = max(one.signed_on for one in deal.valid_signatures)
    agreed = max(deal.effective_on or deal.signed_on, deal.signed_on)
    deal.effective_on = agreed if PROCEDURES[deal.regime].agreed_day else None


def _solve_need(deal: Deal, actor: Actor) -> None:
    """A need counts as solved when a contract is signed (docs/domain.md §3.2), also one that was still open for answers."""
    need = db.session.get(BuyerRequest, deal.need_id) if deal.need_id else None
    for action in ("shortlist", "negotiate", "solve"):
        if need is not None and NEED.row(action, need.state, {"system"}) is not None:
            transition(need, NEED, action, SYSTEM, {"system"}, data={"deal_id": deal.id})


def _fill_in_contract(deal: Deal, actor: Actor) -> None:
    contract.fill_in(deal)


def _reopen_terms(deal: Deal, actor: Actor) -> None:
    """The technology stays reserved meanwhile: new terms that are not exclusive release it when both accept them."""
    open_terms(deal.lead)
    contract.drop_agreed_texts(deal)


def _void_signatures(deal: Deal, actor: Actor) -> None:
    deal.round += 1


def _begin_licence(deal: Deal, actor: Actor) -> None:
    deal.effective_on = deal.effective_on or clock.today()
    reservation.begin_licence(deal, deal.effective_on)


def _hand_ownership(deal: Deal, actor: Actor) -> None:
    if deal.frozen["terms"].get("transfer_right") == "ownership":
        reservation.transfer(deal, actor)


def _leave(deal: Deal, actor: Actor) -> None:
    close_terms(deal.lead, actor)
    reservation.release(deal, actor)


def _forget_ending(deal: Deal, actor: Actor) -> None:
    deal.ending_asked_by = deal.ending_code = deal.ending_text = ""


_RESUME = tuple(f"resume_{state}" for state in IN_FORCE)
for _action, _effects in {
    "conclude": (_set_dates,), "dispute": (_remember_origin,), "complete": (_stamp_completion, accept_the_rest),
    "terminate": (_forget_origin,), **dict.fromkeys(_RESUME, (_forget_origin,)),
}.items():
    for _effect in _effects:
        register_consequence(_action, _effect, before=True)
for _action, _effects in {
    "draft": (_fill_in_contract,), "renegotiate": (_reopen_terms,), "redraft": (_void_signatures,),
    "conclude": (_solve_need,), "take_effect": (_begin_licence,), "complete": (_hand_ownership, _forget_ending),
    "cancel": (_leave,), "terminate": (_settle_dispute, _leave, _forget_ending),
    **dict.fromkeys(_RESUME, (_settle_dispute,)),
    # Where an ending cannot be agreed to, none is asked for.
    "hand_over": (_forget_ending,), "resume_acceptance": (_settle_dispute, _forget_ending),
}.items():
    for _effect in _effects:
        register_consequence(_action, _effect)
