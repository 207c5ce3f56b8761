"""Verbs on payment requests. Lock order: invoice, its charges, then the counters of codes and the ledger, posted last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.calendar_days import working_calendar
from marketplace.core.codes import next_code
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import record, transition
from marketplace.core.extensions import db
from marketplace.core.lifecycle import legal_transition
from marketplace.organisations.models import Organisation
from marketplace.payments.fees import actions as fees
from marketplace.payments.fees.amounts import vat_of
from marketplace.payments.fees.lifecycle import PENDING
from marketplace.payments.fees.models import Charge
from marketplace.payments.invoicing.lifecycle import INVOICE, OPEN, STANDING
from marketplace.payments.invoicing.models import CreditNote, Invoice, InvoiceLine
from marketplace.payments.invoicing.queries import rest
from marketplace.payments.ledger import chart, credit, debit, post, reverse
from marketplace.payments.ledger.models import JournalEntry
from marketplace.values import clock, places
from marketplace.values.text import N_

PREFIX, CREDIT_PREFIX = "DN", "GG"
DUE_DAYS = 10  # working days to pay
NOT_VERIFIED = N_("Payment is requested from verified organisations only; this one is not verified at present.")
#: Days after the due day on which it is marked and told that nothing, or too little, was paid.
MARKS = (1, 10, 30)


def draft(org: Organisation, actor: Actor) -> Invoice:
    """Return the one draft of an organisation, with all that waits. Raises Invalid when nothing does."""
    made = db.session.scalar(
        select(Invoice).where(Invoice.org_id == org.id, Invoice.state == INVOICE.initial).with_for_update(of=Invoice))
    if made is None:
        made = Invoice(org_id=org.id, org=org)
        if not made.roles_of(actor):
            raise NotAllowed
        db.session.add(made)
        db.session.flush()
        record(made, "invoice.draft", actor, data={"org_id": org.id})
    _fill(made)
    if not made.lines:
        raise Invalid("", N_("Nothing was charged that was not asked for yet."))
    return made


def _fill(invoice: Invoice) -> None:
    """Write the lines of a draft anew: one for each charge that waits, its rows locked."""
    charges = list(db.session.scalars(
        select(Charge).where(Charge.org_id == invoice.org_id, Charge.state == PENDING).order_by(Charge.id)
        .with_for_update(of=Charge).execution_options(populate_existing=True)))
    db.session.execute(delete(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id))
    vats = vat_of([(one.net, one.vat_bp) for one in charges])
    db.session.add_all(
        InvoiceLine(
            invoice_id=invoice.id, position=number, charge_id=one.id, net=one.net, vat_bp=one.vat_bp, vat=vat,
            text_vi=_words(one.rule.name_vi, one), text_en=_words(one.rule.name_en, one),
        ) for number, (one, vat) in enumerate(zip(charges, vats, strict=True), 1)
    )
    invoice.net, invoice.vat = sum(one.net for one in charges), sum(vats)
    invoice.total = invoice.net + invoice.vat
    db.session.flush()
    db.session.expire(invoice, ["lines"])


def _words(name: str, charge: Charge) -> str:
    return f"{name} ({charge.of_code})" if charge.of_code else name


def issue(invoice: Invoice, actor: Actor) -> None:
    """Issue a draft whose row is locked: it takes all that waits, gets its number, and stands in the ledger.

    Raises NotAllowed, IllegalMove, and Invalid when nothing waits or the organisation is not verified. A second time is
    silence.
    """
    if legal_transition(INVOICE, invoice, "issue", invoice.roles_of(actor)) is None:
        return
    if not invoice.org.verified:
        raise Invalid("", NOT_VERIFIED)
    _fill(invoice)
    if not invoice.lines:
        raise Invalid("", N_("Nothing was charged that was not asked for yet."))
    org, today = invoice.org, clock.today()
    place = places.label(org.province_code or None, org.ward_code or None, "vi")
    invoice.buyer = {"name": org.name, "tax_code": org.tax_code,
                     "address": ", ".join(part for part in (org.street, place) if part)}
    for line in invoice.lines:
        fees.move(line.charge, "invoice", actor if actor.is_system else SYSTEM, data={"org_id": invoice.org_id})
    invoice.code, invoice.issued_at = next_code(PREFIX), clock.now()
    invoice.due_on = clock.add_working_days(today, DUE_DAYS, working_calendar())
    invoice.lock += 1
    transition(invoice, INVOICE, "issue", actor, invoice.roles_of(actor), data=_data(invoice))
    _post(invoice, actor)


def _data(invoice: Invoice, **more: Any) -> dict[str, Any]:
    return {"org_id": invoice.org_id, "code": invoice.code or "", "total": invoice.total, **more}


def _post(invoice: Invoice, actor: Actor) -> None:
    by_kind: dict[str, int] = defaultdict(int)
    for line in invoice.lines:
        by_kind[line.charge.kind] += line.net
    legs = [debit(chart.receivable(invoice.org_id), invoice.total, invoice.id)]
    legs += [credit(chart.revenue(kind), net) for kind, net in sorted(by_kind.items())]
    if invoice.vat:
        legs.append(credit(chart.fixed(chart.VAT_OUTPUT), invoice.vat))
    post(key_of(invoice), legs, kind="invoice", text=f"Đề nghị thanh toán {invoice.code}", actor=actor,
         subject=(Invoice.subject_kind, invoice.id))


def key_of(invoice: Invoice) -> str:
    """Return under which key its issue stands in the ledger."""
    return f"invoice:{invoice.code}"


def cancel(invoice: Invoice, actor: Actor, reason: str) -> None:
    """Cancel a payment request whose row is locked, of which nothing was paid or credited; its charges wait again.

    What stands in the ledger is reversed, the number stays taken. Raises NotAllowed, IllegalMove, Invalid on `reason`.
    """
    if legal_transition(INVOICE, invoice, "cancel", invoice.roles_of(actor), reason=reason) is None:
        return
    issued = invoice.code is not None
    if issued and (rest(invoice) != invoice.total or invoice.credits):
        raise IllegalMove(invoice.state, N_("Something of it was paid or credited; it can only be credited now."),
                          label=INVOICE.label(invoice.state))
    invoice.cancelled_reason = reason.strip()
    invoice.lock += 1
    transition(invoice, INVOICE, "cancel", actor, invoice.roles_of(actor), reason=reason, data=_data(invoice))
    if not issued:
        return
    for line in invoice.lines:
        fees.move(line.charge, "return", SYSTEM, data={"org_id": invoice.org_id})
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.key == key_of(invoice))).one()
    reverse(entry, f"{key_of(invoice)}:cancel", text=f"Hủy đề nghị thanh toán {invoice.code}", actor=actor)


def settle(invoice: Invoice) -> None:
    """Move a payment request whose row is locked to where the ledger says that it stands: paid in part, or paid."""
    left = rest(invoice)
    if invoice.state not in OPEN:
        return
    if left <= 0:
        transition(invoice, INVOICE, "pay", SYSTEM, {"system"}, data=_data(invoice))
        end = "credit" if invoice.credited >= invoice.total else "settle"
        for line in invoice.lines:
            fees.move(line.charge, end, SYSTEM, data={"org_id": invoice.org_id})
    elif left < invoice.total - invoice.credited:
        transition(invoice, INVOICE, "pay_part", SYSTEM, {"system"}, data=_data(invoice, rest=left))


def check_credit(invoice: Invoice, total: int, agreement_on: date) -> None:
    """Raise Invalid on `total` or `agreement_on` for what cannot be credited, IllegalMove where nothing can be."""
    if invoice.state not in STANDING:
        raise IllegalMove(invoice.state, label=INVOICE.label(invoice.state))
    if not 0 < total <= invoice.total - invoice.credited:
        raise Invalid("total", N_("At most what was asked for and not credited yet."))
    if agreement_on > clock.today():
        raise Invalid("agreement_on", N_("The agreement lies in the future."))


def issue_credit(invoice: Invoice, said: Mapping[str, Any], reason: str, by_id: int, approver: Actor) -> CreditNote:
    """Credit a payment request whose row is locked, as two people decided.

    The VAT in all of its credits is its share, half up, so that a request that is credited whole has none left.

    `said` holds `total` in VND with VAT, `agreement_no` and `agreement_on` (ISO) of the written agreement, without which
    an e-invoice may not be adjusted (Decree 70/2025; not read in the decree itself).
    """
    total, agreed = int(said["total"]), date.fromisoformat(said["agreement_on"])
    check_credit(invoice, total, agreed)
    in_all = (2 * (invoice.credited + total) * invoice.vat + invoice.total) // (2 * invoice.total)
    vat = min(max(in_all - sum(one.vat for one in invoice.credits), 0), total)
    note = CreditNote(
        code=next_code(CREDIT_PREFIX), invoice_id=invoice.id, net=total - vat, vat=vat, total=total, reason=reason,
        agreement_no=said["agreement_no"], agreement_on=agreed, by_id=by_id, approved_by_id=approver.user_id,
    )
    db.session.add(note)
    db.session.flush()
    db.session.expire(invoice, ["credits"])
    invoice.lock += 1
    record(note, "credit_note.issue", approver, reason=reason, data={**_data(invoice), "credited": total})
    legs = [debit(chart.fixed(account), amount) for account, amount in
            ((chart.REDUCTIONS, note.net), (chart.VAT_OUTPUT, note.vat)) if amount]
    post(f"credit:{note.code}", [*legs, credit(chart.receivable(invoice.org_id), total, invoice.id)], kind="credit_note",
         text=f"Ghi giảm {note.code} của {invoice.code}", actor=approver, subject=(Invoice.subject_kind, invoice.id))
    settle(invoice)
    return note


def record_e_invoice(invoice: Invoice, said: Mapping[str, Any], on: date, actor: Actor) -> None:
    """Note the e-invoice of a provider for a payment request whose row is locked.

    `said` holds series, number, lookup_code and provider. Raises NotAllowed, IllegalMove, Invalid on `date`.
    """
    if "accountant" not in invoice.roles_of(actor):
        raise NotAllowed
    if invoice.state not in STANDING:
        raise IllegalMove(invoice.state, label=INVOICE.label(invoice.state))
    if on > clock.today():
        raise Invalid("date", N_("The day of the e-invoice lies in the future."))
    invoice.e_invoice, invoice.e_invoice_on = {**said}, on
    invoice.lock += 1
    record(invoice, "invoice.e_invoice", actor, data=_data(invoice, number=said["number"], on=on.isoformat()))


def mark_overdue() -> int:
    """Record of open payment requests that 1, 10 or 30 days have gone since they were due, once each; return how many."""
    today = clock.today()
    late = db.session.scalars(
        select(Invoice).where(Invoice.state.in_(OPEN), Invoice.due_on < today, Invoice.overdue_days < MARKS[-1])
        .order_by(Invoice.id).with_for_update(of=Invoice, skip_locked=True))
    count = 0
    for invoice in late.unique().all():
        days = (today - invoice.due_on).days if invoice.due_on else 0
        mark = max((one for one in MARKS if one <= days), default=0)
        if mark > invoice.overdue_days:
            invoice.overdue_days = mark
            record(invoice, "invoice.overdue", SYSTEM, data=_data(invoice, days=days))
            count += 1
    return count
