"""Interest for late payment between the sides: the payee claims what was computed, the payer agrees or refuses.

A claim is a due of its own kind that is owed from the day on which the payer agrees; until then nothing is booked. The
caller holds the rows (`queries.held`).
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, NotAllowed, Stale
from marketplace.core.extensions import db
from marketplace.core.lifecycle import legal_transition
from marketplace.core.permissions import COMMIT
from marketplace.negotiation.actions.terms import ON_BOTH_SIDES
from marketplace.payments.dues.interest import KIND, accrued
from marketplace.payments.dues.lifecycle import DROPPED, DUE
from marketplace.payments.dues.making import MARKS, ON_DATE, move, post_fallen
from marketplace.payments.dues.models import Due
from marketplace.values import clock
from marketplace.values.text import N_

_NOTHING = N_("No interest is left to be claimed.")


def of_due(due: Due) -> list[Due]:
    """Return the claims of interest on a late payment, the oldest first."""
    rows = select(Due).where(Due.deal_id == due.deal_id, Due.of_kind == KIND, Due.of_id == due.id).order_by(Due.id)
    return list(db.session.scalars(rows))


def claimable(due: Due, claims: list[Due]) -> int:
    """Return the interest up to today that was not claimed yet; what was refused or taken back may be claimed again."""
    claimed = sum(one.amount for one in claims if one.state not in DROPPED)
    return max(accrued(due, clock.today()) - claimed, 0)


def may_claim(due: Due, actor: Actor, claims: list[Due]) -> bool:
    """Tell whether this person may claim interest on a late payment now."""
    signs = due.side_of(actor) == "payee" and actor.may(COMMIT) and not due.is_on_both_sides(actor)
    return signs and claimable(due, claims) > 0


def claim(due: Due, actor: Actor, lock: int) -> Due:
    """Claim the interest of a late payment up to today. Raises NotAllowed, Stale, IllegalMove when there is none."""
    if due.side_of(actor) != "payee" or not actor.may(COMMIT):
        raise NotAllowed
    _check(due, actor, lock)
    claims = of_due(due)
    amount = claimable(due, claims)
    if not amount:
        raise IllegalMove(due.state, _NOTHING)
    made = Due(key=f"{KIND}:{due.id}:{len(claims) + 1}", of_kind=KIND, of_id=due.id, deal_id=due.deal_id, deal=due.deal,
               payer_side=due.payer_side, title=f"Lãi chậm trả: {due.title}"[:300], amount=amount, currency=due.currency,
               pay_when=ON_DATE, due_on=clock.today(), asked_by_id=actor.user_id)
    db.session.add(made)
    db.session.flush()
    due.lock += 1
    move(made, "claim_interest", actor, amount=amount, of_due_id=due.id)
    return made


def agree(due: Due, actor: Actor, lock: int) -> None:
    """Agree to pay the interest: it is owed from today. Raises NotAllowed, IllegalMove, Stale."""
    legal_transition(DUE, due, "agree_interest", due.roles_of(actor))
    _check(due, actor, lock)
    due.due_on, due.agreed_by_id = clock.today(), actor.user_id
    due.next_reminder_on = due.due_on + timedelta(days=MARKS[2])
    move(due, "agree_interest", actor, amount=due.amount)
    post_fallen(due)


def refuse(due: Due, actor: Actor, reason: str, lock: int) -> None:
    """Refuse to pay the interest. Raises NotAllowed, IllegalMove, Stale, Invalid without a reason."""
    legal_transition(DUE, due, "refuse_interest", due.roles_of(actor), "", reason)
    _check(due, actor, lock)
    move(due, "refuse_interest", actor, reason=reason)


def withdraw(due: Due, actor: Actor, lock: int) -> None:
    """Take a claim of interest back. Raises NotAllowed, IllegalMove, Stale."""
    legal_transition(DUE, due, "withdraw_interest", due.roles_of(actor))
    _check(due, actor, lock)
    move(due, "withdraw_interest", actor)


def _check(due: Due, actor: Actor, lock: int) -> None:
    if due.is_on_both_sides(actor):
        raise NotAllowed(ON_BOTH_SIDES)
    if lock != due.lock:
        raise Stale(N_("The other side has acted since you opened the page."))
