"""The bank account into which an organisation wants to be paid: its administrators enter it, who has to pay reads it.

Events carry the bank and the last four characters of the number, never the whole. What was in use before is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.errors import Invalid, NotAllowed, Stale
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.deals.models import Deal
from marketplace.organisations.models import Organisation
from marketplace.payments.banks.bank_table import BANKS
from marketplace.payments.dues.lifecycle import OWED
from marketplace.payments.dues.making import FALLING
from marketplace.payments.dues.models import Due, PayeeAccount
from marketplace.payments.invoicing.pay_to import Transfer
from marketplace.values import clock
from marketplace.values.text import N_, clean_line

#: So long after a change the payer is asked to make sure of the account by telephone: that is how invoices are forged.
NEW_FOR = timedelta(days=30)
#: From this amount on, in đồng, banks usually take no instant transfer, which is what a VietQR code asks for.
INSTANT_BELOW = 500_000_000
_OVERTAKEN = N_("Somebody else has changed the account since you opened the page.")


@dataclass(frozen=True)
class Account:
    """What an administrator enters."""

    bin: str
    account_no: str
    holder: str


@dataclass(frozen=True)
class PayTo:
    """Where a payer transfers a payment, and whether the account has replaced another one lately."""

    transfer: Transfer
    account: PayeeAccount
    is_new: bool


def of_organisation(org_id: int) -> PayeeAccount | None:
    """Return the account in use of an organisation; None when it has named none. For its members."""
    return db.session.scalar(select(PayeeAccount).where(PayeeAccount.org_id == org_id, PayeeAccount.retired_at.is_(None)))


def enter(organisation: Organisation, actor: Actor, said: Account, lock: int) -> PayeeAccount:
    """Enter the account of one's organisation in place of the one before, whose id `lock` is (0: there was none).

    The same again is silence. Raises NotAllowed, Stale, and Invalid on `bin` or `holder`.
    """
    before = _held(organisation, actor)
    if said.bin not in {bank.bin for bank in BANKS}:
        raise Invalid("bin", N_("Choose a bank."))
    holder = clean_line(said.holder)
    if not holder:
        raise Invalid("holder", N_("Please fill this in."))
    if before is not None and (before.bin, before.account_no, before.holder) == (said.bin, said.account_no, holder):
        return before
    _check_lock(before, lock)
    if before is not None:
        before.retired_at = clock.now()
        db.session.flush()  # one is in use at a time
    made = PayeeAccount(org_id=organisation.id, bin=said.bin, account_no=said.account_no, holder=holder,
                        by_id=actor.user_id)
    db.session.add(made)
    db.session.flush()
    record(made, "payee_account.enter" if before is None else "payee_account.change", actor, data=_facts(made))
    return made


def remove(organisation: Organisation, actor: Actor, lock: int) -> None:
    """Take the account of one's organisation off; without one it is silence. Raises NotAllowed, Stale."""
    before = _held(organisation, actor)
    if before is None:
        return
    _check_lock(before, lock)
    before.retired_at = clock.now()
    record(before, "payee_account.remove", actor, data=_facts(before))


def pay_to(due: Due, reader: Actor) -> PayTo | None:
    """Return where this payment goes, for members of both sides of a deal in force while it is to be paid, else None."""
    sides = {due.payer.id, due.payee.id} & reader.org_ids
    if not sides or due.state not in OWED or due.deal.state not in FALLING or due.currency != "VND":
        return None
    account = of_organisation(due.payee.id)
    if account is None:
        return None
    transfer = Transfer(account.bin, account.account_no, account.holder, due.rest, purpose_of(due.deal, due))
    return PayTo(transfer, account, _replaced_lately(account))


def purpose_of(deal: Deal, due: Due) -> str:
    """Return what the payer writes: GD-2026-000004 and the payment's number, "GD26000004 K17"."""
    kind, year, number = deal.code.split("-")
    return f"{kind}{year[2:]}{number} K{due.id}"


def _replaced_lately(account: PayeeAccount) -> bool:
    if clock.now() - account.entered_at > NEW_FOR:
        return False
    earlier = select(PayeeAccount.id).where(PayeeAccount.org_id == account.org_id, PayeeAccount.id < account.id).limit(1)
    return db.session.scalar(earlier) is not None


def _held(organisation: Organisation, actor: Actor) -> PayeeAccount | None:
    """Hold the organisation's row and return the account in use. Raises NotAllowed for who does not administer it."""
    if "admin" not in organisation.roles_of(actor):
        raise NotAllowed
    db.session.execute(select(Organisation.id).where(Organisation.id == organisation.id).with_for_update())
    return of_organisation(organisation.id)


def _check_lock(before: PayeeAccount | None, lock: int) -> None:
    if lock != (before.id if before else 0):
        raise Stale(_OVERTAKEN)


def _facts(row: PayeeAccount) -> dict[str, str]:
    return {"bin": row.bin, "last": row.account_no[-4:]}
