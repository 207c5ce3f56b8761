"""What a bank tells of transfers by itself: signed, fresh, each once. Only what has reference and amount right is booked.

What names a payment request and is not right is parked for accountants; what names none waits for the statement, which
shows every transfer. The account's row is locked by whoever takes a message
or a statement, so that of a message and a line of the same transfer one is booked.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import NotAllowed
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.permissions import ACCOUNTING
from marketplace.payments.banks.callback_secret import opened
from marketplace.payments.banks.lifecycle import EXACT
from marketplace.payments.banks.matching import PROVIDER, compared, key_of_message
from marketplace.payments.banks.models import BankAccount, StatementLine
from marketplace.payments.banks.read_line import is_day_of_books
from marketplace.payments.invoicing import queries as invoices
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.settlement.actions import Said, note_event, receive
from marketplace.payments.settlement.models import ProviderEvent
from marketplace.values import clock
from marketplace.values.text import N_, nfc
from marketplace.values.vietqr import codes_in

OLDEST = 300  # seconds
OTHER_CURRENCY = N_("The transfer is in another currency. Nothing was booked.")
NO_REQUEST = N_("There is no payment request with this reference. Nothing was booked.")
NOT_THE_REST = N_("The amount is not what is left of the payment request. Nothing was booked.")


class BadBankMessage(ValueError):
    """The message is not signed with the account's secret, too old, or says nothing that can be read."""


@dataclass(frozen=True)
class BankMessage:
    """A transfer as a bank tells it: its reference there, VND, the day of the books, what the payer wrote."""

    reference: str
    amount: int
    currency: str
    booked_on: date
    description: str


def secret_of(account: BankAccount) -> str:
    """Return the secret of an account in use; nothing when it has none: then nobody may tell anything of it."""
    return opened(account.callback_secret, account.bin, account.account_no) if account.active else ""


def read_message(body: bytes, signature: str, secret: str) -> BankMessage:
    """Return what a message says. `signature` is the HMAC-SHA256 of the raw body in hexadecimal.

    The time (`timestamp`, in seconds) stands in the body, so that it is signed too. Raises BadBankMessage.
    """
    wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not secret or not hmac.compare_digest(wanted.encode(), signature.strip().lower().encode()):
        raise BadBankMessage("signature")
    try:
        said: dict[str, Any] = json.loads(body)
        if not abs(clock.now().timestamp() - float(said["timestamp"])) <= OLDEST:  # NaN is not less, and not more
            raise BadBankMessage("timestamp")
        reference, amount = str(said["transaction_id"]).strip(), said["amount"]
        if not 0 < len(reference) <= 100 or not reference.isprintable():
            raise BadBankMessage("transaction")
        booked_on = date.fromisoformat(said["booked_on"])
        if type(amount) is not int or not 0 < amount < 10**15 or not is_day_of_books(booked_on):
            raise BadBankMessage("amount or day")
        return BankMessage(nfc(reference), amount, str(said.get("currency", "VND")).upper(), booked_on,
                           str(said.get("description", ""))[:1000])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadBankMessage(str(error)) from error


def take_message(account: BankAccount, message: BankMessage) -> bool:
    """Keep a message about an account whose row is locked, and book it if reference and amount are right.

    Returns whether it was booked; a repeat is silence, and so is a transfer that the statement has shown already.
    """
    kept = {"amount": message.amount, "currency": message.currency, "description": message.description,
            "booked_on": message.booked_on.isoformat()}
    noted = note_event(f"bank:{account.id}", message.reference, "transfer", kept)
    if noted is None:
        return False
    return _act(account, noted, message)


def _act(account: BankAccount, noted: ProviderEvent, message: BankMessage) -> bool:
    """Book a message, or park it when it names a payment request and is not right; return whether it was booked."""
    noted.handled_at, noted.parked_reason = clock.now(), ""
    shown = select(StatementLine.id).where(
        StatementLine.account_id == account.id, StatementLine.reference == message.reference)
    codes = codes_in(message.description)
    if len(codes) != 1 or db.session.scalar(shown.limit(1)) is not None:
        return False
    if message.currency != "VND":
        return _park(noted, OTHER_CURRENCY)
    invoice_id = db.session.scalar(select(Invoice.id).where(Invoice.code == codes[0]))
    if invoice_id is None:
        return _park(noted, NO_REQUEST)
    invoice = invoices.held(invoice_id)
    if compared(invoice.state, invoices.rest(invoice), message.amount) != EXACT:
        return _park(noted, NOT_THE_REST)
    made = receive(account, PROVIDER, key_of_message(account.id, message.reference),
                   Said(message.amount, "VND", message.booked_on), org=invoice.org, invoice=invoice, actor=SYSTEM)
    noted.payment_id = made.id
    return True


def _park(noted: ProviderEvent, why: str) -> bool:
    noted.handled_at, noted.parked_reason = None, why
    record(noted, "provider_event.park", SYSTEM, reason=why, data={"kind": noted.kind})
    return False


def account_of(noted: ProviderEvent) -> int | None:
    """Return the number of the bank account that a message is about; None for one of another provider."""
    kind, _, number = noted.provider.partition(":")
    return int(number) if kind == PROVIDER and number.isdigit() else None


def replay(account: BankAccount, noted: ProviderEvent, actor: Actor) -> bool:
    """Act on a parked message once more, the rows of its account and of it locked; return whether it was booked.

    One that the statement has shown meanwhile is parked no more, since the line is what counts. Raises NotAllowed.
    """
    if not actor.may(ACCOUNTING):
        raise NotAllowed
    if not noted.parked_reason:
        return False
    record(noted, "provider_event.replay", actor, data={"kind": noted.kind})
    said = noted.payload
    return _act(account, noted, BankMessage(
        noted.event_id, int(said["amount"]), said["currency"], date.fromisoformat(said["booked_on"]), said["description"]))
