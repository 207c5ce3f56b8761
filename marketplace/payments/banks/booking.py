"""What is done with a line of a statement. Lock order: the line, payment request, payment, refund, then the ledger.

Without a person only what was asked for is booked: a line with the reference of a payment request and just its amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import Invalid, required
from marketplace.core.events import transition
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_writing
from marketplace.core.work import changed
from marketplace.organisations.models import Organisation
from marketplace.payments.banks.lifecycle import (
    BANK_LINE,
    BY_ITSELF,
    EXACT,
    LINE_OPEN,
    PAYOUT,
    REFUND,
    UNKNOWN,
)
from marketplace.payments.banks.matching import PROVIDER, Progress, compared
from marketplace.payments.banks.models import StatementLine
from marketplace.payments.banks.payout_lines import names_provider, payouts_of
from marketplace.payments.invoicing import queries as invoices
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.ledger import chart, credit, debit, post, reverse
from marketplace.payments.ledger.models import JournalEntry
from marketplace.payments.settlement import refunds
from marketplace.payments.settlement.actions import Said, locked, receive
from marketplace.payments.settlement.lifecycle import SENT
from marketplace.payments.settlement.models import Payment, Refund
from marketplace.values import clock
from marketplace.values.text import N_

NO_SUCH_REQUEST = N_("There is no payment request %(code)s.")
NO_SUCH_PAYER = N_("No organisation has this tax code or short name.")


def held_line(line_id: int) -> StatementLine:
    """Return a line, its row locked. Raises NotFound."""
    return required(db.session.get(StatementLine, line_id, with_for_update={"of": StatementLine}, populate_existing=True))


def act(line: StatementLine) -> bool:
    """Do with an open line whose row is locked what takes no person; return whether anything was done."""
    if line.state not in LINE_OPEN:
        return False
    if line.match == REFUND and line.refund_id is not None:
        refund = refunds.held(line.refund_id)
        if refund.state != SENT:
            line.match, line.refund_id = UNKNOWN, None
            return False
        _move(line, "book", SYSTEM)
        refunds.settle(refund, SYSTEM)
        return True
    if line.match == EXACT and line.invoice_id is not None:
        invoice = invoices.held(line.invoice_id)
        line.match = compared(invoice.state, invoices.rest(invoice), line.amount)  # another line may have paid it meanwhile
        if line.match != EXACT:
            return False
        accept(line, invoice, SYSTEM)
        return True
    if line.match == PAYOUT:
        fits = payouts_of([line])[line.id] if names_provider(line) else []
        return len(fits) == 1 and show_payout(line, fits[0].entry_id, SYSTEM)
    if line.match in BY_ITSELF and line.payment_id is not None:
        return _move(line, "book", SYSTEM)
    return False


def act_on_all(account_id: int, progress: Progress | None = None) -> int:
    """Do what takes no person with every open line of an account, each in a transaction of its own; return how many."""
    waiting = select(StatementLine.id).where(
        StatementLine.account_id == account_id, StatementLine.state == BANK_LINE.initial,
        StatementLine.match.in_(BY_ITSELF)).order_by(StatementLine.id)
    ids, done = list(db.session.scalars(waiting)), 0
    for count, line_id in enumerate(ids, 1):
        begin_writing()
        done += act(held_line(line_id))
        db.session.commit()
        if progress is not None:
            progress(count, len(ids))
    return done


def accept(line: StatementLine, invoice: Invoice, actor: Actor) -> None:
    """Book a line whose row is locked for a payment request, its row locked. Raises NotAllowed, IllegalMove."""
    day = _day(line)
    if _move(line, "book", actor):
        line.invoice_id = invoice.id
        _receive(line, "", line.amount, day, invoice.org, invoice, actor)


def show_payout(line: StatementLine, entry_id: int, actor: Actor) -> bool:
    """Note that a line whose row is locked shows a payout that is booked already; nothing is booked by it.

    Raises NotAllowed, IllegalMove, and Invalid on `payout` for what is no payout of this account and amount.
    """
    if line.state in LINE_OPEN and entry_id not in {one.entry_id for one in payouts_of([line])[line.id]}:
        raise Invalid("payout", N_("No payout of this amount was booked about this day."))
    if not _move(line, "book", actor):
        return False
    line.match, line.entry_id = PAYOUT, entry_id
    return True


def show_refund(line: StatementLine, refund: Refund, actor: Actor) -> None:
    """Note that a line whose row is locked is a refund that was sent, its rows `held`: it has arrived.

    Raises NotAllowed, IllegalMove, and Invalid on `refund` for one of another account or amount.
    """
    if (refund.amount, refund.payment.bank_account_id) != (-line.amount, line.account_id) or refund.state != SENT:
        raise Invalid("refund", N_("No refund of this amount was sent from this account."))
    if _move(line, "book", actor):
        line.match, line.refund_id = REFUND, refund.id
        refunds.settle(refund, actor)


def charge(line: StatementLine, actor: Actor) -> None:
    """Book a line whose row is locked as a charge that the bank took for itself. Raises NotAllowed, IllegalMove."""
    if line.amount > 0:
        raise Invalid("", N_("This money came in."))
    if _move(line, "charge", actor):
        legs = [debit(chart.fixed(chart.PROVIDER_CHARGES), -line.amount), credit(chart.bank(line.account_id), -line.amount)]
        made = post(_key(line), legs, kind="bank_line.charge", text=line.description[:200] or line.reference, actor=actor,
                    happened_on=line.booked_on, subject=(StatementLine.subject_kind, line.id))
        line.entry_id = made.id


def split(line: StatementLine, parts: Sequence[tuple[str, int]], actor: Actor) -> None:
    """Book a line whose row is locked for several payment requests: (code, VND). Raises Invalid on `parts`."""
    codes = [code for code, _amount in parts]
    if len(parts) < 2 or len(set(codes)) < len(codes) or any(amount <= 0 for _code, amount in parts):
        raise Invalid("parts", N_("Name two or more payment requests, each once, with an amount."))
    if sum(amount for _code, amount in parts) != line.amount:
        raise Invalid("parts", N_("The parts do not sum to the amount of the line."))
    found = {code: named_invoice(code, "parts") for code in codes}
    day = _day(line)
    if not _move(line, "split", actor):
        return
    held = {one.code: invoices.held(one.id) for one in sorted(found.values(), key=lambda one: one.id)}
    for number, (code, amount) in enumerate(parts, 1):
        invoice = held[found[code].code]
        _receive(line, f":{number}", amount, day, invoice.org, invoice, actor)


def keep_as_credit(line: StatementLine, org: Organisation, actor: Actor) -> Payment | None:
    """Book a line whose row is locked as a credit of an organisation. Raises NotAllowed, IllegalMove."""
    day = _day(line)
    return _receive(line, "", line.amount, day, org, None, actor) if _move(line, "credit", actor) else None


def send_back(line: StatementLine, org: Organisation, reason: str, actor: Actor) -> None:
    """Book a line whose row is locked as a credit, and ask for its refund. Raises NotAllowed, IllegalMove."""
    day = _day(line)
    if _move(line, "return", actor):
        made = _receive(line, "", line.amount, day, org, None, actor)
        refunds.request(locked(made.id), line.amount, "other", reason, actor)


def hold(line: StatementLine, actor: Actor) -> None:
    """Book a line whose row is locked among unidentified receipts, until somebody knows whose it is."""
    if _move(line, "hold", actor):
        legs = [debit(chart.bank(line.account_id), line.amount), credit(chart.fixed(chart.UNIDENTIFIED), line.amount)]
        post(_key(line), legs, kind="bank_line.hold", text=line.description[:200] or line.reference, actor=actor,
             happened_on=line.booked_on, subject=(StatementLine.subject_kind, line.id))


def ignore(line: StatementLine, actor: Actor, reason: str) -> None:
    """Say of a line whose row is locked that it is not ours. Raises NotAllowed, IllegalMove, Invalid on `reason`."""
    _move(line, "ignore", actor, reason)


def named_invoice(code: str, field: str = "invoice") -> Invoice:
    """Return an issued payment request by its code. Raises Invalid on `field`."""
    found = db.session.scalar(select(Invoice).where(Invoice.code == code.strip().upper()))
    if found is None:
        raise Invalid(field, NO_SUCH_REQUEST, code=code.strip()[:40])
    return found


def named_payer(name: str, field: str) -> Organisation:
    """Return an organisation by its tax code or the short name of its page. Raises Invalid on `field`."""
    wanted = name.strip()
    rows = select(Organisation).where((Organisation.slug == wanted) | (Organisation.tax_code == wanted)).limit(2)
    found = db.session.scalars(rows).all() if wanted else []
    if len(found) != 1:
        raise Invalid(field, NO_SUCH_PAYER)
    return found[0]


def _key(line: StatementLine) -> str:
    return f"bank_line:{line.id}"


def _day(line: StatementLine) -> date:
    return line.booked_on if line.state == BANK_LINE.initial else clock.today()


def _move(line: StatementLine, action: str, actor: Actor, reason: str = "") -> bool:
    """Move a line; what was booked as unidentified is taken back first, on the day of today."""
    was = line.state
    if line.amount < 0 and action in {"split", "credit", "return", "hold"}:
        raise Invalid("", N_("This money went out."))
    data = {"amount": line.amount, "match": line.match, "account": line.account_id}
    if transition(line, BANK_LINE, action, actor, line.roles_of(actor), reason=reason, data=data) is None:
        return False
    line.lock += 1
    changed()
    if was != BANK_LINE.initial:
        entry = db.session.scalars(select(JournalEntry).where(JournalEntry.key == _key(line))).one()
        reverse(entry, f"{_key(line)}:known", text=entry.text, actor=actor)
    return True


def _receive(
    line: StatementLine, part: str, amount: int, day: date, org: Organisation, invoice: Invoice | None, actor: Actor
) -> Payment:
    if line.amount < 0:
        raise Invalid("", N_("This money went out."))
    said = Said(amount, "VND", day)
    made = receive(line.account, PROVIDER, f"line:{line.id}{part}", said, org=org, invoice=invoice, actor=actor)
    line.payment_id = line.payment_id or made.id
    return made
