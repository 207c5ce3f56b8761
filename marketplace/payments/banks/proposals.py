"""A bank account of the exchange is opened, changed and retired by two people: money goes where it says."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.errors import Invalid
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.permissions import ACCOUNTING, READ_MONEY
from marketplace.core.proposals import Proposal, ProposalKind, propose
from marketplace.payments.banks.bank_table import BANKS, bank_name
from marketplace.payments.banks.callback_secret import closed
from marketplace.payments.banks.models import BankAccount
from marketplace.values.text import N_

KIND = "bank_account"
TAKEN = N_("This account is there already; change it on its page.")


def propose_new(bin_: str, account_no: str, holder: str, secret: str, reason: str, actor: Actor) -> Proposal:
    """Propose an account. Raises Invalid on `bin`, `account_no` or `reason`, NotAllowed."""
    if bin_ not in {bank.bin for bank in BANKS}:
        raise Invalid("bin", N_("Choose a bank."))
    if _account(bin_, account_no) is not None:
        raise Invalid("account_no", TAKEN)
    return _propose(bin_, account_no, {"holder": holder, "active": True}, secret, reason, actor)


def propose_change(account: BankAccount, holder: str, secret: str, reason: str, actor: Actor) -> Proposal:
    """Propose another holder's name or secret for an account, which is in use then. An empty secret leaves it as it is.

    Raises Invalid on `reason`, NotAllowed.
    """
    return _propose(account.bin, account.account_no, {"holder": holder, "active": True}, secret, reason, actor)


def propose_to_retire(account: BankAccount, reason: str, actor: Actor) -> Proposal:
    """Propose that nobody is asked to pay into an account any more. Raises Invalid on `reason`, NotAllowed."""
    return _propose(account.bin, account.account_no, {"holder": account.holder, "active": False}, "", reason, actor)


def _propose(bin_: str, account_no: str, said: dict[str, Any], secret: str, reason: str, actor: Actor) -> Proposal:
    """Propose it; the secret stands in the proposal encrypted, as in the account."""
    kept = b64encode(closed(secret, bin_, account_no)).decode() if secret else ""
    payload = {"bin": bin_, "account_no": account_no, **said, "secret": kept}
    return propose(KIND, f"{KIND}:{bin_}:{account_no}", payload, actor, reason)


def _account(bin_: str, account_no: str, *, lock: bool = False) -> BankAccount | None:
    rows = select(BankAccount).where(BankAccount.bin == bin_, BankAccount.account_no == account_no)
    rows = rows.with_for_update() if lock else rows
    return db.session.scalar(rows.execution_options(populate_existing=lock))


def _of(proposal: Proposal, *, lock: bool = False) -> BankAccount | None:
    return _account(proposal.payload["bin"], proposal.payload["account_no"], lock=lock)


def _write(proposal: Proposal, approver: Actor) -> None:
    said, account = proposal.payload, _of(proposal, lock=True)
    opens, retires = account is None, not said["active"]
    if account is None:
        account = BankAccount(bin=said["bin"], account_no=said["account_no"], lock=0)
        db.session.add(account)
    account.holder, account.active = said["holder"], said["active"]
    if said["secret"]:
        account.callback_secret = b64decode(said["secret"])
    if retires:
        account.callback_secret = None  # nothing that arrives there is believed without a statement
    account.lock += 1
    db.session.flush()
    record(account, "bank_account.open" if opens else "bank_account.retire" if retires else "bank_account.change", approver,
           reason=proposal.reason, data={"holder": account.holder, "by": proposal.by_id, "secret": bool(said["secret"])})


def _facts(proposal: Proposal, _language: str) -> Sequence[tuple[str, str]]:
    said, account = proposal.payload, _of(proposal)
    before = account.holder if account is not None else ""
    return [
        (N_("Bank"), bank_name(said["bin"])), (N_("Account number"), said["account_no"]), (N_("Holder"), said["holder"]),
        (N_("Holder until now"), before), (N_("In use"), _("yes") if said["active"] else _("no")),
        (N_("Secret of the bank's messages"), _("a new one") if said["secret"] else _("as it was")),
    ]


def _version(proposal: Proposal) -> str:
    account = _of(proposal, lock=True)
    return str(account.lock) if account is not None else "new"


def _path(proposal: Proposal) -> str:
    account = _of(proposal)
    return f"/money/bank-accounts/{account.id}" if account is not None else "/money/bank-accounts"


BANK_ACCOUNT = ProposalKind(
    KIND, N_("Bank account of the exchange"), ACCOUNTING,
    lambda proposal, _language: f"{bank_name(proposal.payload['bin'])} {proposal.payload['account_no']}",
    _write, _facts, _path, _version, READ_MONEY,
)
