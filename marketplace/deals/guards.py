"""What must be true of a deal before a move, beyond who moves it from where (that is the table's)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from marketplace.core.access import Actor
from marketplace.core.errors import Invalid, Missing, NotAllowed
from marketplace.core.permissions import COMMIT
from marketplace.deals.actions.contract import missing
from marketplace.deals.file_access import has_file
from marketplace.deals.models import Deal
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.vocabulary import CURRENCIES

Guard = Callable[[Deal, Actor], None]

#: Why a signed contract does not take effect here; the other regimes are in `vocabulary.REGIMES`.
REGIME_STOPS: Mapping[str, str] = MappingProxyType({
    "registration": N_("This transfer must be registered: it takes effect with the registration certificate, which the "
                       "exchange does not handle yet."),
    "permit": N_("This technology is restricted: the contract takes effect with a transfer permit, which the exchange "
                 "does not handle yet."),
    "unclassified": N_("A deal officer must first decide under which rules this transfer falls."),
    "banned": N_("This technology is banned from transfer."),
})
_FOREIGN_MONEY = re.compile(
    r"[$€£¥₩]|\b(" + "|".join(code for code in CURRENCIES.codes if code != "VND") + r")\b|đô[ -]?la|\beuro\b", re.IGNORECASE
)


def _binds(deal: Deal, actor: Actor) -> None:
    """Raise NotAllowed unless the actor may commit the side."""
    if not actor.is_system and not actor.may(COMMIT):
        raise NotAllowed(N_("Only an administrator or signer of your organisation may do this: it binds the organisation."))


def check_verified(deal: Deal, actor: Actor) -> None:
    """Raise NotAllowed unless both organisations are verified at this moment."""
    if not (deal.supplier.verified and deal.buyer.verified):
        raise NotAllowed(N_("Both organisations must be verified before the deal goes on."))


def check_allowed(deal: Deal, actor: Actor) -> None:
    """Raise Invalid for a technology that an officer found to be banned from transfer: nothing but leaving is left."""
    if deal.regime == "banned":
        raise Invalid("", REGIME_STOPS["banned"])


def _contract_complete(deal: Deal, actor: Actor) -> None:
    lacks = missing(deal)
    if lacks:
        raise Missing(lacks, N_("The contract is not complete yet: some items that the law names are empty."))
    if not deal.milestones:
        raise Invalid("", N_("The agreed terms have no schedule; agree on at least one milestone first."))


def _price_in_dong(deal: Deal, actor: Actor) -> None:
    domestic = deal.frozen["terms"].get("direction", "domestic") == "domestic"
    if domestic and _FOREIGN_MONEY.search(str(deal.contract.get("price", ""))):
        raise Invalid("item_price", N_("Between parties in Vietnam the price is stated in đồng only, without conversion."))


def _regime_lets_pass(deal: Deal, actor: Actor) -> None:
    if deal.regime != "voluntary":
        raise Invalid("", REGIME_STOPS[deal.regime])


def _day_has_come(deal: Deal, actor: Actor) -> None:
    if deal.effective_on is not None and deal.effective_on > clock.today():
        raise Invalid("", N_("The contract takes effect on %(day)s, as agreed."), day=clock.format_date(deal.effective_on))


def _all_delivered(deal: Deal, actor: Actor) -> None:
    # What is delivered but not accepted yet is accepted, or not, as a whole with the minutes.
    if any(one.state not in {"delivered", "accepted"} for one in deal.milestones):
        raise Invalid("", N_("Report every milestone as delivered first."))


def _accepted_with_proof(deal: Deal, actor: Actor) -> None:
    if deal.value_realised is None or deal.minutes_on is None or not (deal.minutes_no and deal.result):
        raise Invalid("", N_("State the minutes, the result and the value before you complete the deal."))
    if not has_file(deal, "minutes"):
        raise Invalid("minutes", N_("Attach the signed acceptance minutes."))
    if not has_file(deal, "evidence"):
        raise Invalid("evidence", N_("Attach evidence of the result."))


def _ending_was_asked(deal: Deal, actor: Actor) -> None:
    if not deal.ending_asked_by:
        raise Invalid("", N_("Nobody has asked to end the contract."))


#: Per move, in the order in which they are checked. Nobody is kept in a deal because the other side lost its
#: verification: moves that leave it (cancel, dispute, terminate) do not ask for one.
GUARDS: Mapping[str, tuple[Guard, ...]] = MappingProxyType({
    "draft": (check_verified, check_allowed),
    "present": (check_verified, check_allowed, _contract_complete, _price_in_dong),
    "conclude": (check_verified, check_allowed),
    "take_effect": (_regime_lets_pass, check_verified, _day_has_come),
    "hand_over": (_all_delivered,),
    "complete": (_binds, check_verified, _all_delivered, _accepted_with_proof),
    "terminate": (_binds, _ending_was_asked),
})


def check_binding(deal: Deal, actor: Actor) -> None:
    """Raise NotAllowed unless the actor may commit one side of the deal."""
    if not deal.roles_of(actor) & {"supplier", "buyer"}:
        raise NotAllowed
    _binds(deal, actor)
