"""The exchange's bank accounts: which there are, and the forms by which two people change them."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor, requires_fresh_sign_in
from marketplace.core.errors import required
from marketplace.core.extensions import db
from marketplace.core.permissions import ACCOUNTING, READ_MONEY
from marketplace.core.proposals import Proposal
from marketplace.payments.banks.bank_table import READ_IN_SOURCE, SOURCE, bank_name
from marketplace.payments.banks.models import BankAccount
from marketplace.payments.banks.proposals import propose_change, propose_new, propose_to_retire
from marketplace.payments.banks.queries import accounts, held, pay_to
from marketplace.payments.forms import BankAccountForm, NewBankAccountForm
from marketplace.payments.views.blueprint import bp
from marketplace.web.forms import ExchangeForm, ReasonForm


@bp.get("/money/bank-accounts")
@access(READ_MONEY)
def receiving_accounts() -> ResponseReturnValue:
    """List the accounts, those in use first."""
    rows = db.session.scalars(accounts()).all()
    return render_template("payments/bank_accounts.html", rows=rows, bank_name=bank_name, asked=pay_to(),
                           source=SOURCE, read_in_source=READ_IN_SOURCE)


@bp.route("/money/bank-accounts/new", methods=["GET", "POST"])
@access(ACCOUNTING)
@requires_fresh_sign_in()
def new_bank_account() -> ResponseReturnValue:
    """Propose an account."""
    form = NewBankAccountForm()
    return _propose(form, lambda: propose_new(
        form.bin.data or "", form.account_no.data or "", form.holder.data or "", form.callback_secret.data or "",
        form.reason.data or "", actor()), lambda: render_template("payments/new_bank_account.html", form=form))


@bp.get("/money/bank-accounts/<int:account_id>")
@access(READ_MONEY)
def receiving_account(account_id: int) -> ResponseReturnValue:
    """Show one account with what may be proposed."""
    return _page(required(db.session.get(BankAccount, account_id)))


def _page(row: BankAccount, form: BankAccountForm | None = None, typed: ReasonForm | None = None) -> str:
    return render_template("payments/bank_account.html", account=row, bank_name=bank_name, typed=typed,
                           form=form or BankAccountForm(formdata=None, holder=row.holder), asked=pay_to())


@bp.post("/money/bank-accounts/<int:account_id>")
@access(ACCOUNTING)
@requires_fresh_sign_in()
def change_bank_account(account_id: int) -> ResponseReturnValue:
    """Propose another holder's name or secret."""
    form, row = BankAccountForm(), held(account_id)
    return _propose(form, lambda: propose_change(row, form.holder.data or "", form.callback_secret.data or "",
                                                 form.reason.data or "", actor()), lambda: _page(row, form=form))


@bp.post("/money/bank-accounts/<int:account_id>/retire")
@access(ACCOUNTING)
@requires_fresh_sign_in()
def retire_bank_account(account_id: int) -> ResponseReturnValue:
    """Propose that an account is used no more."""
    form, row = ReasonForm(), held(account_id)
    return _propose(form, lambda: propose_to_retire(row, form.reason.data or "", actor()), lambda: _page(row, typed=form))


def _propose(form: ExchangeForm, work: Callable[[], Proposal], page: Callable[[], str]) -> ResponseReturnValue:
    made: list[Proposal] = []
    if not form.is_submitted():
        return page()
    if not form.submit(lambda: made.append(work())):
        return page(), 422
    flash(_("Proposed. It holds as soon as somebody else has approved it."), "success")
    return redirect(url_for("proposals.show", proposal_id=made[0].id))
