"""What the exchange pays back: the list of refunds, and one of them with the steps that are open to the reader."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.errors import required
from marketplace.core.extensions import db
from marketplace.core.permissions import ACCOUNTING, READ_MONEY
from marketplace.organisations.actors import people
from marketplace.payments.export import REFUNDS
from marketplace.payments.forms import RefundMoveForm
from marketplace.payments.settlement import queries
from marketplace.payments.settlement import refunds as actions
from marketplace.payments.settlement.lifecycle import REFUND
from marketplace.payments.settlement.models import CARD, CHANNEL_NAMES, Refund
from marketplace.payments.views.blueprint import bp
from marketplace.payments.views.payments import MOST_EXPORTED
from marketplace.values.money import format_amount
from marketplace.values.text import N_
from marketplace.web.paging import by_key
from marketplace.web.spreadsheet import csv_answer
from marketplace.web.tabs import tabs

PER_PAGE = 50
TABS = {"open": N_("Open"), "ended": N_("Ended"), "all": N_("All")}


@bp.get("/money/refunds")
@access(READ_MONEY)
def all_refunds() -> ResponseReturnValue:
    """List refunds, newest first."""
    asked = request.args.get("tab", "")
    tab = asked if asked in TABS else "open"
    return render_template(
        "payments/refunds.html", part=by_key(queries.refunds_in(tab), Refund.id, PER_PAGE), lifecycle=REFUND,
        tabs=tabs(TABS, tab, lambda code: url_for("payments.all_refunds", tab=code)), format_amount=format_amount,
        export=url_for("payments.refunds_csv", tab=tab),
    )


@bp.get("/money/refunds.csv")
@access(READ_MONEY)
def refunds_csv() -> ResponseReturnValue:
    """Download the list, narrowed as on the page."""
    rows = queries.refunds_in(request.args.get("tab", "")).order_by(Refund.id.desc()).limit(MOST_EXPORTED)
    return csv_answer("refunds", REFUNDS, db.session.scalars(rows))


@bp.get("/money/refunds/<int:refund_id>")
@access(READ_MONEY)
def refund(refund_id: int) -> ResponseReturnValue:
    """Show one refund: who asked for it, who approved it, and what is to be done next."""
    return _page(required(db.session.get(Refund, refund_id)))


def _page(row: Refund, form: RefundMoveForm | None = None) -> str:
    steps = REFUND.actions_for(row.state, row.roles_of(actor()))
    names = people([one for one in (row.requested_by_id, row.first_approved_by_id, row.approved_by_id) if one is not None])
    return render_template(
        "payments/refund.html", refund=row, lifecycle=REFUND, channels=CHANNEL_NAMES, format_amount=format_amount,
        names={id_: one.actor.name for id_, one in names.items()}, by_card=row.payment.channel == CARD,
        steps=[one for one in steps if one.action != "send"], sends=any(one.action == "send" for one in steps),
        form=form or RefundMoveForm(formdata=None), typed=form,
        act=lambda action: url_for("payments.move_refund", refund_id=row.id, action=action),
    )


@bp.post("/money/refunds/<int:refund_id>/<any(approve, reject, send, settle, fail):action>")
@access(ACCOUNTING)
def move_refund(refund_id: int, action: str) -> ResponseReturnValue:
    """Make one step of a refund."""
    form = RefundMoveForm()
    form.refused = action
    row = actions.held(refund_id)
    if not form.submit(lambda: _move(row, action, form)):
        return _page(row, form), 422
    flash(_(REFUND.done(action)), "success")
    return redirect(url_for("payments.refund", refund_id=refund_id))


def _move(row: Refund, action: str, form: RefundMoveForm) -> None:
    by, reason = actor(), form.reason.data or ""
    if action == "approve":
        actions.approve(row, by)
    elif action == "reject":
        actions.reject(row, by, reason)
    elif action == "send" and row.payment.channel == CARD:
        actions.send_again(row, by)
    elif action == "send":
        actions.send(row, by, form.bank_reference.data or "")
    elif action == "settle":
        actions.settle(row, by)
    else:
        actions.fail(row, by, reason)

