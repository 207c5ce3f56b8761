"""What is read of payment requests: what of each is still to be paid, as the ledger says; lists and sums."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Select, func, select

from marketplace.core.access import Actor
from marketplace.core.errors import required
from marketplace.core.extensions import db
from marketplace.core.permissions import READ_MONEY
from marketplace.organisations.models import Organisation
from marketplace.payments.fees.lifecycle import PENDING
from marketplace.payments.fees.models import Charge
from marketplace.payments.invoicing.lifecycle import INVOICE, OPEN, STANDING
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.ledger.models import Account, JournalEntry, JournalLine
from marketplace.values import clock

#: The tab of those that lack their e-invoice, whatever their state.
NO_E_INVOICE = "no_e_invoice"
#: The tab of those that should have been paid by now.
OVERDUE = "overdue"


def rests(invoice_ids: Collection[int]) -> dict[int, int]:
    """Return what of each payment request is still to be paid: its lines on the receivable account. One statement.

    Below nothing: more was paid or credited than asked for; that is a credit of the organisation.
    """
    rows = (
        select(JournalLine.item_id, func.sum(JournalLine.amount))
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .where(JournalLine.item_id.in_(invoice_ids), JournalEntry.posted_at.is_not(None))
        .group_by(JournalLine.item_id)
    )
    found = dict.fromkeys(invoice_ids, 0)
    return found | {id_: int(left) for id_, left in db.session.execute(rows) if id_ is not None}


def rest(invoice: Invoice) -> int:
    """Return what of one payment request is still to be paid."""
    return rests([invoice.id])[invoice.id]


def held(invoice_id: int) -> Invoice:
    """Return a payment request, its row locked. Raises NotFound."""
    return required(db.session.get(Invoice, invoice_id, with_for_update={"of": Invoice}, populate_existing=True))


def in_tab(tab: str, since: date | None = None, until: date | None = None) -> Select[Invoice]:
    """Return the select of those on a tab, every one for another name; only those due between two days, when given."""
    rows = select(Invoice)
    if since is not None:
        rows = rows.where(Invoice.due_on >= since)
    if until is not None:
        rows = rows.where(Invoice.due_on <= until)
    if tab == OVERDUE:
        return rows.where(Invoice.state.in_(OPEN), Invoice.due_on < clock.today())
    if tab == NO_E_INVOICE:
        return rows.where(Invoice.state.in_(STANDING), Invoice.e_invoice_on.is_(None))
    return rows.where(Invoice.state.in_(INVOICE.tabs[tab])) if tab in INVOICE.tabs else rows


def of_organisation(actor: Actor) -> Select[Invoice]:
    """Return the select of what the organisation acted for was asked to pay; never a draft."""
    return select(Invoice).where(Invoice.org_id == actor.org_id, Invoice.code.is_not(None))


def readable(code: str, actor: Actor) -> Invoice:
    """Return an issued payment request that somebody may read. Raises NotFound for another organisation's."""
    rows = select(Invoice).where(Invoice.code == code)
    if not actor.may(READ_MONEY):
        rows = rows.where(Invoice.org_id == actor.org_id)
    return required(db.session.scalar(rows))


def to_be_asked() -> list[tuple[Organisation, int, int]]:
    """Return the organisations with charges that were not asked for yet: how many, and their sum without VAT."""
    rows = (
        select(Organisation, func.count(Charge.id), func.sum(Charge.net)).join(Charge, Charge.org_id == Organisation.id)
        .where(Charge.state == PENDING).group_by(Organisation.id).order_by(Organisation.id)
    )
    return [(org, int(count), int(net)) for org, count, net in db.session.execute(rows)]


def totals() -> dict[str, int]:
    """Return sums for the desk and for leadership: open, owed, without e-invoice. Two statements."""
    counted = db.session.execute(select(
        func.count().filter(Invoice.state.in_(OPEN)),
        func.count().filter(Invoice.state.in_(STANDING), Invoice.e_invoice_on.is_(None)),
    ).select_from(Invoice)).one()
    owed = db.session.scalar(
        select(func.coalesce(func.sum(JournalLine.amount), 0)).join(Account, Account.id == JournalLine.account_id)
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .where(Account.code.startswith("131-"), JournalEntry.posted_at.is_not(None)))
    return {"open": counted[0], "owed": int(owed or 0), "no_e_invoice": counted[1]}


def credit_of(org_id: int) -> int:
    """Return what the exchange owes an organisation ("tiền thừa"): over-payments, credit notes of what was paid. VND."""
    per_item = (
        select(func.sum(JournalLine.amount).label("left"))
        .join(Account, Account.id == JournalLine.account_id).join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .where(Account.code == f"131-{org_id}", JournalEntry.posted_at.is_not(None))
        .group_by(JournalLine.item_id).subquery()
    )
    rows = select(func.coalesce(-func.sum(per_item.c.left).filter(per_item.c.left < 0), 0))
    return int(db.session.scalar(rows) or 0)
