"""The operator's log of deliveries: what left, what failed and why, what nobody knows; never what a mail says."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from marketplace import mail
from marketplace.core.access import access, actor
from marketplace.core.errors import IllegalMove, required
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.permissions import READ_DELIVERIES
from marketplace.mail import MailMessage
from marketplace.mail.lifecycle import HANDED, MAIL, RESENDABLE, UNKNOWN
from marketplace.notifications import actions, queries
from marketplace.notifications.topics import TOPICS
from marketplace.notifications.views.blueprint import bp
from marketplace.values.text import N_, clean_line
from marketplace.web.forms import ExchangeForm
from marketplace.web.paging import by_key
from marketplace.web.tabs import Tab, tabs

PER_PAGE = 50


@bp.get("/staff/deliveries")
@access(READ_DELIVERIES)
def deliveries() -> ResponseReturnValue:
    """List mails, newest first, by state and address."""
    state = request.args.get("state", "")
    state = state if state in MAIL.names else ""
    address = clean_line(request.args.get("address", ""))[:320].lower()
    return render_template(
        "notifications/deliveries.html", part=by_key(queries.deliveries(state, address), MailMessage.id, PER_PAGE),
        state=state, unknown=UNKNOWN, resendable=RESENDABLE, address=address, states=MAIL.states, topics=TOPICS,
        why=actions.why_not_sent, tabs=_tabs(state, address),
    )


def _tabs(chosen: str, address: str) -> list[Tab]:
    """Return the tabs of states, without the moment in which a mail is handed over."""
    names = {"": N_("All"), **{one.name: one.label for one in MAIL.states if one.name != HANDED}}
    return tabs(
        names, chosen, lambda code: url_for("notifications.deliveries", state=code or None, address=address or None),
        queries.delivery_counts(),
    )


@bp.post("/staff/deliveries/<int:mail_id>/resend")
@access(READ_DELIVERIES)
def resend(mail_id: int) -> ResponseReturnValue:
    """Send one mail again that failed, or of which nobody knows: the operator takes the risk of a second copy."""
    ExchangeForm().check_acting()
    message = required(db.session.scalar(select(MailMessage).where(MailMessage.id == mail_id).with_for_update()))
    if message.state not in RESENDABLE:
        raise IllegalMove(message.state, N_("Only a mail that failed or is unknown can be sent again."),
                          label=MAIL.label(message.state))
    was = message.state
    mail.resend(message)
    record(message, "mail.resend", actor(), data={"was": was})
    flash(_("The mail will be sent again."), "success")
    asked = request.args
    return redirect(url_for("notifications.deliveries", state=asked.get("state"), address=asked.get("address")))
