"""Acceptance: the minutes, the result against what was agreed, and what the deal was worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.core.access import Actor
from marketplace.core.errors import Invalid
from marketplace.core.events import Event
from marketplace.deals.actions.files import attach_to_deal
from marketplace.deals.actions.transitions import move
from marketplace.deals.models import Deal
from marketplace.deals.requirements import SUPPLIED
from marketplace.files.actions import Received, add
from marketplace.values import clock
from marketplace.values.money import MAX_AMOUNT
from marketplace.values.text import N_


@dataclass(frozen=True)
class Acceptance:
    """What the transferee says when it accepts; the files may have been attached to the deal before."""

    minutes_no: str
    minutes_on: date | None
    result: str
    value_realised: int | None
    minutes: Received | None = None
    evidence: Received | None = None


def complete(deal: Deal, actor: Actor, said: Acceptance) -> Event | None:
    """Accept the whole and complete the deal. Raises what `move` raises, and Invalid for what is said."""
    return move(deal, "complete", actor, supply=lambda: _take(deal, actor, said), supplies=SUPPLIED)


def _take(deal: Deal, actor: Actor, said: Acceptance) -> None:
    """Write down what is said, and attach its files. Raises Invalid."""
    _check(deal, said)
    deal.minutes_no, deal.minutes_on = said.minutes_no, said.minutes_on
    deal.result, deal.value_realised = said.result, said.value_realised
    for role, received in (("minutes", said.minutes), ("evidence", said.evidence)):
        if received is not None:
            attach_to_deal(deal, actor, add(received, actor), role, part_of="deal.complete")


def _check(deal: Deal, said: Acceptance) -> None:
    if not said.minutes_no.strip():
        raise Invalid("minutes_no", N_("Give the number of the acceptance minutes."))
    if said.minutes_on is None:
        raise Invalid("minutes_on", N_("Give the date of the acceptance minutes."))
    if said.minutes_on > clock.today():
        raise Invalid("minutes_on", N_("The minutes cannot be dated in the future."))
    if deal.effective_on and said.minutes_on < deal.effective_on:
        message = N_("The contract took effect on %(day)s; the minutes cannot be older.")
        raise Invalid("minutes_on", message, day=clock.format_date(deal.effective_on))
    if not said.result.strip():
        raise Invalid("result", N_("Say what was achieved, against what was agreed."))
    if said.value_realised is None or said.value_realised < 0:
        raise Invalid("value_realised", N_("State the value realised in whole đồng; 0 when there was none."))
    if said.value_realised > MAX_AMOUNT:
        raise Invalid("value_realised", N_("This amount is too large."))
