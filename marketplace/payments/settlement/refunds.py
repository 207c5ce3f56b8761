"""Verbs on refunds and credits. Lock order: payment request, payment, refund, then the ledger.

A refund pays out a credit: what was paid too much, or was paid and credited since. Without one it is refused, since the
organisation would owe the same again. Whoever asks for it does not approve it, and a large one takes two who approve.
"""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy import func, select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.calendar_days import working_calendar
from marketplace.core.codes import hold_counter, next_code
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import record, transition
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Reason, legal_transition
from marketplace.core.outbox import enqueue
from marketplace.payments.invoicing.actions import settle as settle_request
from marketplace.payments.invoicing.lifecycle import INVOICE, OPEN
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.invoicing.queries import rest
from marketplace.payments.ledger import Leg, chart, credit, debit, post, reverse
from marketplace.payments.ledger.actions import PREFIX as ENTRIES
from marketplace.payments.ledger.models import JournalEntry, JournalLine
from marketplace.payments.settlement.actions import data_of, locked, money_of
from marketplace.payments.settlement.lifecycle import PAYMENT, REFUND, RESERVING
from marketplace.payments.settlement.models import CARD, Payment, Refund
from marketplace.payments.settlement.queries import held_refund, refundable, refunded
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.vocabulary import REFUND_REASONS

PREFIX = "HT"
CARD_REFUNDS = "card_refunds"  # the consumer of the outbox that sends refunds to the card provider
STEP_DAYS = 2  # working days for each step of the staff
WHY = Reason(REFUND_REASONS, words_with=())  # the code says enough
NO_CREDIT = N_("At most what was paid too much or credited, and was not paid back yet.")


def _due() -> datetime:
    return clock.due_at(clock.now(), STEP_DAYS, working_calendar())


def request(payment: Payment, amount: int, reason_code: str, reason: str, actor: Actor) -> Refund:
    """Ask for a refund of a payment whose rows are `locked`; `amount` in its minor units.

    Raises NotAllowed, and Invalid on `amount` or `reason_code`.
    """
    if "accountant" not in payment.roles_of(actor) or actor.user_id is None:
        raise NotAllowed
    WHY.check(reason_code, reason)
    hold_counter(ENTRIES)  # nobody uses the same credit for something else now
    if not 0 < amount <= refundable(payment):
        raise Invalid("amount", NO_CREDIT)
    made = Refund(code=next_code(PREFIX), payment_id=payment.id, payment=payment, amount=amount, reason_code=reason_code,
                  reason=reason.strip(), requested_by_id=actor.user_id, due_at=_due())
    db.session.add(made)
    db.session.flush()
    record(made, "refund.request", actor, reason_code=reason_code, reason=reason, data=_data(made))
    return made


def _data(refund: Refund) -> dict[str, object]:
    return {**data_of(refund.payment), "code": refund.code, "amount": refund.amount}


def held(refund_id: int) -> Refund:
    """Return a refund, its payment request, payment and its own row locked, in this order. Raises NotFound."""
    payment_id = db.session.scalar(select(Refund.payment_id).where(Refund.id == refund_id))
    if payment_id is not None:
        locked(payment_id)
    return held_refund(refund_id)


def approve(refund: Refund, actor: Actor) -> bool:
    """Approve a refund whose rows are `held`; False when a second approval is still needed.

    Raises NotAllowed for whoever asked for it or approved it before, and IllegalMove.
    """
    roles = refund.roles_of(actor)
    if legal_transition(REFUND, refund, "approve", roles) is None:
        return True
    large = refund.amount > current_app.extensions["settings"].refund_two_approvers_above
    if refund.first_approved_by_id is None and large:
        refund.first_approved_by_id = actor.user_id
        refund.lock += 1
        record(refund, "refund.first_approval", actor, data=_data(refund))
        return False
    refund.approved_by_id, refund.due_at = actor.user_id, _due()
    refund.lock += 1
    transition(refund, REFUND, "approve", actor, roles, data=_data(refund))
    if refund.payment.channel == CARD:
        enqueue(CARD_REFUNDS, {"refund_id": refund.id}, key=f"refund:{refund.code}:{refund.attempt + 1}")
    return True


def reject(refund: Refund, actor: Actor, reason: str) -> None:
    """Reject a refund whose rows are `held`. Raises NotAllowed, IllegalMove, Invalid on `reason`."""
    refund.lock += 1
    transition(refund, REFUND, "reject", actor, refund.roles_of(actor), reason=reason, data=_data(refund))


def send(refund: Refund, actor: Actor, bank_reference: str = "") -> None:
    """Note that a refund whose rows are `held` is on its way, and book it.

    Of a bank transfer the accountant gives the bank's reference; card refunds are sent by the outbox (as system), and a
    failed one again by an accountant. Raises NotAllowed, IllegalMove, Invalid on `bank_reference`.
    """
    roles = refund.roles_of(actor)
    if legal_transition(REFUND, refund, "send", roles) is None:
        return
    if refund.payment.channel != CARD and not bank_reference.strip():
        raise Invalid("bank_reference", N_("Please fill this in."))
    refund.attempt += 1
    refund.bank_reference, refund.due_at = bank_reference.strip(), _due()
    refund.lock += 1
    transition(refund, REFUND, "send", actor, roles, data=_data(refund))
    payment = refund.payment
    legs = [debit(chart.receivable(payment.org_id), refund.amount, payment.invoice_id),
            credit(money_of(payment), refund.amount)]
    post(_key(refund), legs, kind="refund", text=f"{refund.code} {payment.code}", actor=actor,
         subject=(Refund.subject_kind, refund.id))


def _key(refund: Refund) -> str:
    return f"refund:{refund.code}:{refund.attempt}"


def send_again(refund: Refund, actor: Actor) -> None:
    """Have a card refund that failed, its rows `held`, sent again by the outbox. Raises NotAllowed, IllegalMove."""
    if legal_transition(REFUND, refund, "send", refund.roles_of(actor)) is None:
        return
    enqueue(CARD_REFUNDS, {"refund_id": refund.id}, key=f"refund:{refund.code}:{refund.attempt + 1}")


def settle(refund: Refund, actor: Actor) -> None:
    """Note that a refund whose rows are `held` has arrived, as the statement or the provider says."""
    if transition(refund, REFUND, "settle", actor, refund.roles_of(actor), data=_data(refund)) is None:
        return
    refund.lock += 1
    payment = refund.payment
    if payment.state not in PAYMENT.in_groups("received"):
        return  # a dispute has overtaken it
    whole = refunded([payment.id])[payment.id] >= payment.amount
    transition(payment, PAYMENT, "refund_all" if whole else "refund_part", actor if actor.is_system else SYSTEM, {"system"},
               data=data_of(payment, refunded=refund.amount))


def fail(refund: Refund, actor: Actor, reason: str) -> None:
    """Note that a refund whose rows are `held` did not arrive; what was booked is reversed. Raises Invalid on `reason`."""
    if transition(refund, REFUND, "fail", actor, refund.roles_of(actor), reason=reason, data=_data(refund)) is None:
        return
    refund.lock += 1
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.key == _key(refund))).one()
    reverse(entry, f"{_key(refund)}:failed", text=f"{refund.code} {refund.payment.code}", actor=actor)


def use_credit(invoice: Invoice, actor: Actor) -> int:
    """Settle a payment request whose row is locked out of the organisation's other credits; return how much, in VND.

    Raises NotAllowed, IllegalMove when nothing is to be paid, Invalid when there is no credit.
    """
    if not invoice.roles_of(actor):
        raise NotAllowed
    left = rest(invoice)
    if invoice.state not in OPEN or left <= 0:
        raise IllegalMove(invoice.state, label=INVOICE.label(invoice.state))
    hold_counter(ENTRIES)  # nobody else uses the same credit now
    account = chart.receivable(invoice.org_id)
    legs: list[Leg] = []
    for item, amount in _credits(account.id, invoice.org_id):
        part = min(amount, left - sum(leg.amount for leg in legs))
        if part > 0:
            legs.append(debit(account, part, item))
    used = sum(leg.amount for leg in legs)
    if not used:
        raise Invalid("", N_("The organisation has no credit."))
    count = db.session.scalar(select(func.count()).select_from(JournalEntry).where(
        JournalEntry.key.like(f"credit_use:{invoice.code}:%"))) or 0
    post(f"credit_use:{invoice.code}:{count + 1}", [*legs, credit(account, used, invoice.id)], kind="credit_use",
         text=f"{invoice.code}", actor=actor, subject=(Invoice.subject_kind, invoice.id))
    invoice.lock += 1
    record(invoice, "invoice.use_credit", actor, data={"org_id": invoice.org_id, "code": invoice.code, "amount": used})
    settle_request(invoice)
    return used


def _credits(account_id: int, org_id: int) -> list[tuple[int | None, int]]:
    """Return the credits of a receivable account by payment request (None: without one), less what refunds reserve."""
    lines = select(JournalLine.item_id, -func.sum(JournalLine.amount)).where(JournalLine.account_id == account_id).group_by(
        JournalLine.item_id).having(func.sum(JournalLine.amount) < 0)
    found = {item: int(amount) for item, amount in db.session.execute(lines)}
    reserved = (
        select(Payment.invoice_id, func.sum(Refund.amount)).join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.org_id == org_id, Refund.state.in_(RESERVING),
               func.coalesce(Payment.invoice_id, 0).in_([item or 0 for item in found]))
        .group_by(Payment.invoice_id)
    )
    for item, amount in db.session.execute(reserved):
        found[item] = found.get(item, 0) - int(amount)
    return sorted(((item, amount) for item, amount in found.items() if amount > 0), key=lambda pair: pair[0] or 0)
