"""The organisation's own bank account for payments of deals: read by its members, entered by its administrators."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from marketplace.core.access import Actor, access, actor, requires_fresh_sign_in
from marketplace.core.permissions import ACTING, MANAGE_ORGANISATION
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import acted_for
from marketplace.payments.banks.bank_table import bank_name
from marketplace.payments.dues import payee_accounts
from marketplace.payments.dues.forms import PayeeAccountForm
from marketplace.payments.views.blueprint import bp
from marketplace.web.forms import ExchangeForm


def button(_organisation: Organisation, _reader: Actor) -> Markup:
    """Return the way to this page, for the organisation's own page."""
    return Markup('<a class="btn btn-secondary" href="{}">{}</a>').format(
        url_for("payments.payee_bank_account"), _("Bank account"))


@bp.get("/my/organisation/bank-account")
@access(ACTING)
def payee_bank_account() -> ResponseReturnValue:
    """Show the account in use, and to administrators its form."""
    return _page()


@bp.post("/my/organisation/bank-account")
@access(MANAGE_ORGANISATION)
@requires_fresh_sign_in()
def enter_payee_bank_account() -> ResponseReturnValue:
    """Enter the account, or another one in its place."""
    form = PayeeAccountForm()

    def work() -> None:
        said = payee_accounts.Account(form.bin.data or "", form.account_no.data or "", form.holder.data or "")
        payee_accounts.enter(acted_for(actor()), actor(), said, form.lock_value())

    if not form.submit(work):
        return _page(form), 422
    flash(_("Saved. The other administrators are told."), "success")
    return redirect(url_for("payments.payee_bank_account"))


@bp.post("/my/organisation/bank-account/remove")
@access(MANAGE_ORGANISATION)
@requires_fresh_sign_in()
def remove_payee_bank_account() -> ResponseReturnValue:
    """Take the account off: payers are shown none."""
    form = ExchangeForm()
    form.submit(lambda: payee_accounts.remove(acted_for(actor()), actor(), form.lock_value()))
    flash(_("Taken off. The other administrators are told."), "success")
    return redirect(url_for("payments.payee_bank_account"))


def _page(form: PayeeAccountForm | None = None) -> str:
    organisation = acted_for(actor())
    account = payee_accounts.of_organisation(organisation.id)
    shown = form or PayeeAccountForm(formdata=None, obj=account)
    return render_template("payments/payee_account.html", organisation=organisation, account=account, form=shown,
                           bank_name=bank_name, lock=account.id if account else 0)
