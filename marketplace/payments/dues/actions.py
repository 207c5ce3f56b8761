"""Verbs on dues: the payer reports, the payee confirms or contests; waiving takes both sides, opening again an officer.

The caller holds the due's row (`queries.held`). Nobody speaks for both sides. The ledger is posted last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed, Stale
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Reason, legal_transition
from marketplace.core.permissions import COMMIT
from marketplace.files.actions import Received, add, attach
from marketplace.negotiation.actions.terms import ON_BOTH_SIDES
from marketplace.payments.dues.lifecycle import DUE, WAIVABLE
from marketplace.payments.dues.making import MARKS, facts, move
from marketplace.payments.dues.models import Due, DueClaim, DueConfirm, DueReopening
from marketplace.payments.ledger import chart, credit, debit, post, reverse
from marketplace.payments.ledger.models import JournalEntry
from marketplace.values import clock
from marketplace.values.text import N_

PROOF, TIER = "payment_proof", "confidential"
_NEEDED = N_("Please fill this in.")


@dataclass(frozen=True)
class Claim:
    """What the payer says of a payment; of one that was contested the proof of before may stand."""

    amount: int | None
    paid_on: date | None
    reference: str
    proof: Received | None = None


@dataclass(frozen=True)
class Reopening:
    """What an officer writes who opens a confirmed payment again."""

    payer_text: str
    payee_text: str
    reason: str


def claim(due: Due, actor: Actor, said: Claim, lock: int) -> DueClaim:
    """Report a payment, or one that was contested again.

    Raises NotAllowed, IllegalMove, Stale, and Invalid on `amount`, `paid_on` or `file`.
    """
    again = bool(DUE.row("claim_again", due.state, {"payer"}))
    action, before = "claim_again" if again else "claim", due.open_claim
    _check(due, action, actor, lock)
    amount, paid_on = _check_amount(due, said.amount), _check_day("paid_on", said.paid_on)
    if said.proof is None and before is None:
        raise Invalid("file", N_("Attach the proof of the payment, such as the transfer slip."))
    kept = before.attachment_id if before else 0
    if said.proof is not None:
        stored = add(said.proof, actor)
        kept = attach(stored, due, PROOF, TIER, clock.format_date(paid_on), any_name=True).id
    if before is not None:
        before.closed_at = clock.now()
        db.session.flush()  # one open report at a time
    made = DueClaim(due=due, amount=amount, paid_on=paid_on, reference=said.reference, attachment_id=kept,
                    by_id=actor.user_id)
    db.session.add(made)
    db.session.flush()
    _forget_waiver(due)
    move(due, action, actor, amount=amount, claim_id=made.id)
    return made


def confirm(due: Due, actor: Actor, amount: int | None, received_on: date | None, lock: int) -> DueConfirm:
    """Confirm what was received of a reported payment: all that is left, or a part of it.

    Raises NotAllowed, IllegalMove, Stale, and Invalid on `amount` or `received_on`.
    """
    _check(due, "confirm", actor, lock)
    received, day = _check_amount(due, amount), _check_day("received_on", received_on)
    reported = _open_claim(due)
    made = DueConfirm(due_id=due.id, claim_id=reported.id, amount=received, received_on=day, by_id=actor.user_id)
    due.confirms.append(made)
    db.session.flush()
    reported.closed_at = clock.now()
    action = "confirm" if received == due.rest else "confirm_part"
    due.confirmed += received
    move(due, action, actor, amount=received, confirm_id=made.id)
    paid, owed = (chart.of_deal(part, due.deal_id, due.currency) for part in ("paid", "owed"))
    post(_key(made), [debit(paid, received), credit(owed, received)], kind="due_paid", actor=actor,
         text=f"Xác nhận đã nhận: {due.title}", happened_on=day, subject=(Due.subject_kind, due.id))
    return made


def contest(due: Due, actor: Actor, reason: str, lock: int) -> None:
    """Say that what was reported did not arrive. Raises NotAllowed, IllegalMove, Stale, Invalid without a reason."""
    _check(due, "contest", actor, lock, reason)
    _open_claim(due).contested_reason = reason
    move(due, "contest", actor, reason=reason)


def withdraw(due: Due, actor: Actor, lock: int) -> None:
    """Take a report of a payment back. Raises NotAllowed, IllegalMove, Stale."""
    action = "withdraw_rest" if due.confirmed else "withdraw_claim"
    _check(due, action, actor, lock)
    _open_claim(due).closed_at = clock.now()
    move(due, action, actor)


def ask_waiver(due: Due, actor: Actor, reason: str, lock: int) -> None:
    """Ask the other side to waive a payment. Raises NotAllowed, IllegalMove, Stale, Invalid without a reason."""
    side = _binding(due, actor)
    if due.state not in WAIVABLE:
        raise IllegalMove(due.state, label=DUE.label(due.state))
    _check_lock(due, lock)
    if due.waive_asked_by:
        raise Stale(N_("A waiver is asked for already; it waits for an answer."))
    Reason().check("", reason)
    due.waive_asked_by, due.waive_asked_by_id, due.waive_reason = side, actor.user_id, reason
    due.lock += 1
    record(due, "due.ask_waiver", actor, reason=reason, data=facts(due, actor))


def waive(due: Due, actor: Actor, lock: int) -> None:
    """Agree to waive a payment as the other side asked. Raises NotAllowed, IllegalMove, Stale."""
    _check(due, "waive", actor, lock)
    was_owed = due.state not in DUE.in_groups("planned")
    reason, due.next_reminder_on = due.waive_reason, None
    move(due, "waive", actor, reason=reason)
    if was_owed:
        agreed, owed = (chart.of_deal(part, due.deal_id, due.currency) for part in ("agreed", "owed"))
        post(f"due:{due.id}:waive", [debit(agreed, due.amount), credit(owed, due.amount)], kind="due_waived",
             text=f"Miễn: {due.title}", actor=actor, subject=(Due.subject_kind, due.id))


def answer_waiver(due: Due, actor: Actor, lock: int) -> None:
    """Refuse to waive a payment, or take the own side's request back. Raises NotAllowed, Stale."""
    side = _binding(due, actor)
    _check_lock(due, lock)
    if not due.waive_asked_by:
        raise Stale(N_("Nobody asks to waive this payment any more."))
    withdrawn = due.waive_asked_by == side
    _forget_waiver(due)
    due.lock += 1
    if withdrawn:
        record(due, "due.withdraw_waiver", actor, data=facts(due, actor))
    else:
        record(due, "due.refuse_waiver", actor, data=facts(due, actor))


def reopen(due: Due, actor: Actor, said: Reopening, lock: int) -> None:
    """Open a confirmed payment again: its entries are reversed, and it is owed whole.

    Raises NotAllowed, IllegalMove, Stale, and Invalid on `payer_text`, `payee_text` or `reason`.
    """
    _check(due, "reopen", actor, lock, said.reason)
    for name in ("payer_text", "payee_text"):
        if not getattr(said, name).strip():
            raise Invalid(name, N_("Write what this side says."))
    reopened = [one for one in due.confirms if one.reopened_at is None]
    for one in reopened:
        one.reopened_at = clock.now()
    db.session.add(DueReopening(due_id=due.id, payer_text=said.payer_text, payee_text=said.payee_text,
                                reason=said.reason, by_id=actor.user_id))
    with db.session.no_autoflush:  # state and sum change in one statement
        due.confirmed, due.next_reminder_on = 0, clock.today() + timedelta(days=MARKS[2])
        move(due, "reopen", actor, reason=said.reason)
    for one in reopened:
        entry = db.session.scalars(select(JournalEntry).where(JournalEntry.key == _key(one))).one()
        reverse(entry, f"{entry.key}:reopen", text=f"Mở lại: {due.title}", actor=actor)


def offered(due: Due, actor: Actor) -> frozenset[str]:
    """Return what this person can do now: moves of the table, `withdraw`, and what is asked or answered about a waiver."""
    if due.is_on_both_sides(actor):
        return frozenset()
    found = {row.action for row in DUE.actions_for(due.state, due.roles_of(actor))} - {"claim_interest"}
    side = due.side_of(actor)
    if side and actor.may(COMMIT) and due.state in WAIVABLE:
        if not due.waive_asked_by:
            found.add("ask_waiver")
        else:
            found.add("withdraw_waiver" if due.waive_asked_by == side else "refuse_waiver")
    if "withdraw_claim" in found:
        found = (found - {"withdraw_claim", "withdraw_rest"}) | {"withdraw"}
    return frozenset(found - {"confirm_part"})


def _key(one: DueConfirm) -> str:
    return f"due_confirm:{one.id}"


def _open_claim(due: Due) -> DueClaim:
    found = due.open_claim
    if found is None:
        raise Stale
    return found


def _binding(due: Due, actor: Actor) -> str:
    """Return the side that the actor may commit. Raises NotAllowed."""
    side = due.side_of(actor)
    if not side or not actor.may(COMMIT):
        raise NotAllowed
    if due.is_on_both_sides(actor):
        raise NotAllowed(ON_BOTH_SIDES)
    return side


def _check(due: Due, action: str, actor: Actor, lock: int, reason: str = "") -> None:
    legal_transition(DUE, due, action, due.roles_of(actor), "", reason)
    if due.is_on_both_sides(actor):
        raise NotAllowed(ON_BOTH_SIDES)
    _check_lock(due, lock)


def _check_lock(due: Due, lock: int) -> None:
    if lock != due.lock:
        raise Stale(N_("The other side has acted since you opened the page."))


def _check_amount(due: Due, amount: int | None) -> int:
    if amount is None:
        raise Invalid("amount", _NEEDED)
    if amount <= 0:
        raise Invalid("amount", N_("An amount is more than nothing."))
    if amount > due.rest:
        raise Invalid("amount", N_("This is more than what is left to be paid."))
    return amount


def _check_day(name: str, day: date | None) -> date:
    if day is None:
        raise Invalid(name, _NEEDED)
    if day > clock.today():
        raise Invalid(name, N_("This day lies in the future."))
    return day


def _forget_waiver(due: Due) -> None:
    due.waive_asked_by, due.waive_asked_by_id, due.waive_reason = "", None, ""
