"""Messages of providers: what came, what was not acted on and why, and having it acted on again."""

from __future__ import annotations

import json

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from marketplace.core.access import access, actor
from marketplace.core.errors import required
from marketplace.core.extensions import db
from marketplace.core.permissions import ACCOUNTING, READ_MONEY
from marketplace.payments.banks import messages as bank_messages
from marketplace.payments.banks.booking import held_line
from marketplace.payments.banks.queries import held
from marketplace.payments.cards import messages, payouts
from marketplace.payments.forms import PayoutLineForm
from marketplace.payments.settlement.models import Payment, ProviderEvent
from marketplace.payments.settlement.queries import parked
from marketplace.payments.views.blueprint import bp
from marketplace.values.money import format_amount
from marketplace.values.text import N_
from marketplace.web.forms import ExchangeForm
from marketplace.web.paging import by_key
from marketplace.web.tabs import tabs

PER_PAGE = 50
TABS = {"parked": N_("Parked"), "all": N_("All")}


@bp.get("/money/messages")
@access(READ_MONEY)
def provider_messages() -> ResponseReturnValue:
    """List what providers said, the newest first; first what nothing was done about."""
    asked = request.args.get("tab", "")
    tab = asked if asked in TABS else "parked"
    rows = parked() if tab == "parked" else select(ProviderEvent)
    return render_template(
        "payments/messages.html", part=by_key(rows, ProviderEvent.id, PER_PAGE), parked_only=tab == "parked",
        tabs=tabs(TABS, tab, lambda code: url_for("payments.provider_messages", tab=code)),
    )


@bp.get("/money/messages/<int:message_id>")
@access(READ_MONEY)
def provider_message(message_id: int) -> ResponseReturnValue:
    """Show one message as it came."""
    return _page(required(db.session.get(ProviderEvent, message_id)))


def _page(row: ProviderEvent, form: ExchangeForm | None = None) -> str:
    said = payouts.proposal(row)
    lines = [(line, said.entry_with(line)) for line in payouts.lines_that_fit(said)] if said else []
    payment = db.session.get(Payment, row.payment_id) if row.payment_id is not None else None
    text = json.dumps(row.payload, ensure_ascii=False, indent=2, sort_keys=True)
    return render_template("payments/message.html", message=row, payment=payment, text=text, form=form, said=said,
                           lines=lines, format_amount=format_amount)


@bp.post("/money/messages/<int:message_id>/replay")
@access(ACCOUNTING)
def replay_message(message_id: int) -> ResponseReturnValue:
    """Have a parked message acted on once more."""
    form = ExchangeForm()
    of_bank = bank_messages.account_of(required(db.session.get(ProviderEvent, message_id)))
    account = held(of_bank) if of_bank is not None else None  # locked before its message, as when a message comes
    row = messages.held(message_id)

    def work() -> None:
        if account is None:
            messages.replay(row, actor())
        else:
            bank_messages.replay(account, row, actor())

    if not form.submit(work):
        return _page(row, form), 422
    if account is None:
        flash(_("It will be acted on again in a moment."), "success")
    elif row.parked_reason:
        flash(_("It was acted on again and is still parked."), "warning")
    else:
        flash(_("It was acted on again and is parked no more."), "success")
    return redirect(url_for("payments.provider_message", message_id=message_id))


@bp.post("/money/messages/<int:message_id>/confirm")
@access(ACCOUNTING)
def confirm_payout(message_id: int) -> ResponseReturnValue:
    """Book the proposed entry of a parked payout as one line of a statement shows it."""
    form = PayoutLineForm()
    required(db.session.get(ProviderEvent, message_id))
    row = messages.held(message_id)
    if not form.submit(lambda: payouts.confirm(row, held_line(form.line.data or 0), actor())):
        return _page(row, form), 422
    flash(_("Booked. The line of the statement shows this payout now."), "success")
    return redirect(url_for("payments.provider_message", message_id=message_id))
