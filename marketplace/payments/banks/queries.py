"""What is read of the exchange's bank accounts."""

from __future__ import annotations

from sqlalchemy import Select, select

from marketplace.core.errors import Invalid, required
from marketplace.core.extensions import db
from marketplace.payments.banks.models import BankAccount
from marketplace.values.text import N_

UNKNOWN = N_("There is no bank account with this number.")


def accounts() -> Select[BankAccount]:
    """Return the select of all accounts, those in use first."""
    return select(BankAccount).order_by(BankAccount.active.desc(), BankAccount.id)


def pay_to() -> BankAccount | None:
    """Return the account into which payments are asked for: the oldest of those in use; None when there is none."""
    return db.session.scalar(select(BankAccount).where(BankAccount.active).order_by(BankAccount.id).limit(1))


def held(account_id: int) -> BankAccount:
    """Return an account, its row locked. Raises NotFound."""
    return required(db.session.get(BankAccount, account_id, with_for_update=True, populate_existing=True))


def numbered(account_no: str) -> BankAccount:
    """Return the account with a number; with "970436-0011…" that of one bank. Raises Invalid on `account`."""
    bin_, _, number = account_no.strip().rpartition("-")
    rows = select(BankAccount).where(BankAccount.account_no == number)
    found = db.session.scalars(rows.where(BankAccount.bin == bin_) if bin_ else rows).all()
    if len(found) != 1:
        raise Invalid("account", UNKNOWN)
    return found[0]
