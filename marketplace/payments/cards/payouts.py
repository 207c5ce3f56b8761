"""What the card provider sends to the bank: booked, or proposed where an accountant must look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.columns import in_states
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.permissions import ACCOUNTING
from marketplace.payments.banks.booking import act, held_line, show_payout
from marketplace.payments.banks.lifecycle import LINE_OPEN, NAME, PAYOUT, UNKNOWN
from marketplace.payments.banks.models import BankAccount, StatementLine
from marketplace.payments.banks.payout_lines import KIND, line_of
from marketplace.payments.cards.gateway import Payout
from marketplace.payments.cards.messages import park
from marketplace.payments.ledger import Leg, chart, credit, debit, post
from marketplace.payments.ledger.models import JournalEntry
from marketplace.payments.settlement.models import Payment, ProviderEvent, Refund
from marketplace.values import clock
from marketplace.values.text import N_

OTHER_CURRENCY = N_("A payout in another currency: confirm the entry with what the bank has received.")
NO_ACCOUNT = N_("Which bank account a payout reaches is not known: there is none, or more than one.")
NOTHING_SENT = N_("A payout of nothing, or one that the provider takes from the bank.")
AROUND = timedelta(days=15)  # between the day that the provider names and that of the bank
MOST_LINES = 50


def book(message: ProviderEvent, payout: Payout) -> None:
    """Book a payout once, for a message whose row is locked: 112 and 6428 against 113, or park it with a proposed entry."""
    if message.handled_at is not None and not message.parked_reason and "booked" in message.payload:
        return
    if db.session.scalar(select(JournalEntry.id).where(JournalEntry.key == _key(payout.payout_id))) is not None:
        _note_booked(message, payout)  # another message told of it before, perhaps when there was another bank account
        return
    accounts = list(db.session.scalars(select(BankAccount).where(BankAccount.active).order_by(BankAccount.id).limit(2)))
    why = ""
    if payout.currency != "VND":
        why = OTHER_CURRENCY
    elif len(accounts) != 1:
        why = NO_ACCOUNT
    elif payout.amount <= 0:
        why = NOTHING_SENT
    if why:
        message.payload = {**message.payload, "proposed": _proposed(payout)}
        message.handled_at = None
        park(message, why)
        return
    legs = [debit(chart.bank(accounts[0].id), payout.amount), credit(chart.fixed(chart.CARD), payout.amount + payout.fees)]
    if payout.fees > 0:
        legs.insert(1, debit(chart.fixed(chart.PROVIDER_CHARGES), payout.fees))
    elif payout.fees < 0:
        legs.insert(1, credit(chart.fixed(chart.PROVIDER_CHARGES), -payout.fees))
    day = min(payout.arrives_on, clock.today())
    shown = line_of(accounts[0].id, payout.amount, day)
    line = held_line(shown) if shown is not None else None
    post(_key(payout.payout_id), legs, kind=KIND, text=payout.payout_id, actor=SYSTEM, happened_on=day,
         subject=(ProviderEvent.subject_kind, message.id))
    if line is not None and line.match in {UNKNOWN, NAME}:  # the statement was faster
        line.match = PAYOUT
        act(line)
    _note_booked(message, payout)


def _note_booked(message: ProviderEvent, payout: Payout) -> None:
    message.payload = {**message.payload, "booked": payout.payout_id}
    message.parked_reason, message.handled_at = "", clock.now()


def _proposed(payout: Payout) -> dict[str, Any]:
    """Return the entry that an accountant would confirm: what of 113 it pays off is ours to say, the bank says the rest."""
    paid = select(func.coalesce(func.sum(Payment.amount), 0)).where(Payment.intent_id.in_(payout.intents))
    back = select(func.coalesce(func.sum(Refund.amount), 0)).where(Refund.provider_id.in_(payout.refunds))
    return {"payout": payout.payout_id, "amount": payout.amount, "currency": payout.currency,
            "arrives_on": payout.arrives_on.isoformat(),
            "credit_113": int(db.session.scalar(paid) or 0) - int(db.session.scalar(back) or 0)}


@dataclass(frozen=True)
class ProposedEntry:
    """What would be booked of a parked payout if a line shows it: VND, debits positive."""

    bank: int
    card: int
    charges: int


@dataclass(frozen=True)
class ParkedPayout:
    """A payout that waits for its line: what the provider says, and how much of 113 it pays off (VND)."""

    payout: str
    amount: int  # minor units of its currency
    currency: str
    arrives_on: date
    card: int

    def entry_with(self, line: StatementLine) -> ProposedEntry:
        """Return its entry when a line shows it: what is neither on its way any more nor in the bank was charged."""
        return ProposedEntry(line.amount, -self.card, self.card - line.amount)


def proposal(message: ProviderEvent) -> ParkedPayout | None:
    """Return the payout that a parked message is about; None for a message that proposes nothing."""
    said = message.payload.get("proposed") if message.parked_reason and message.handled_at is None else None
    if not isinstance(said, dict):
        return None
    return ParkedPayout(said["payout"], said["amount"], said["currency"], date.fromisoformat(said["arrives_on"]),
                        said["credit_113"])


def lines_that_fit(said: ParkedPayout) -> list[StatementLine]:
    """Return open lines that may show a parked payout, those nearest to its day first: of its amount when it is in VND."""
    day = said.arrives_on
    rows = select(StatementLine).where(
        in_states(StatementLine, LINE_OPEN), StatementLine.booked_on.between(day - AROUND, day + AROUND))
    if said.currency == "VND":
        rows = rows.where(StatementLine.amount == said.amount)
    else:
        rows = rows.where(StatementLine.amount > 0 if said.amount > 0 else StatementLine.amount < 0)
    found = db.session.scalars(rows.order_by(StatementLine.booked_on, StatementLine.id).limit(MOST_LINES)).all()
    return sorted(found, key=lambda line: (line.match not in {UNKNOWN, NAME, PAYOUT}, abs((line.booked_on - day).days)))


def confirm(message: ProviderEvent, line: StatementLine, actor: Actor) -> None:
    """Book the proposed entry of a parked payout as a line of a statement shows it. Both rows are locked, in this order.

    Nobody types an amount: the line says what the bank has, and our payments say what was on its way; so one accountant
    is enough. Raises NotAllowed, IllegalMove for a line that is done, Invalid on `line` when it does not fit.
    """
    if not actor.may(ACCOUNTING):
        raise NotAllowed
    said = proposal(message)
    if said is None:
        raise Invalid("line", N_("This message proposes nothing any more."))
    if line.id not in {one.id for one in lines_that_fit(said)}:
        raise Invalid("line", N_("Choose one of the lines."))
    made, legs = said.entry_with(line), list[Leg]()
    for account, amount in ((chart.bank(line.account_id), made.bank), (chart.fixed(chart.PROVIDER_CHARGES), made.charges),
                            (chart.fixed(chart.CARD), made.card)):
        if amount:
            legs.append(debit(account, amount) if amount > 0 else credit(account, -amount))
    entry = post(_key(said.payout), legs, kind=KIND, text=f"{said.payout} {said.currency}", actor=actor,
                 happened_on=line.booked_on, subject=(ProviderEvent.subject_kind, message.id))
    show_payout(line, entry.id, actor)
    message.payload = {**message.payload, "booked": said.payout}
    message.parked_reason, message.handled_at = "", clock.now()
    record(message, "provider_event.confirm", actor, data={"kind": message.kind, "line": line.id, "entry": entry.code,
                                                           "charges": made.charges})


def _key(payout_id: str) -> str:
    return f"payout:{payout_id}"
