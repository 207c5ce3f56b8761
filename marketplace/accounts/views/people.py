"""Accounts for administrators: find one, close it, open it again, erase it, each with a reason."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.accounts import closing, queries
from marketplace.accounts.event_labels import USER_EVENTS
from marketplace.accounts.models import User
from marketplace.accounts.views.blueprint import bp
from marketplace.core.access import access, actor, requires_fresh_sign_in
from marketplace.core.errors import required
from marketplace.core.extensions import db
from marketplace.core.permissions import MANAGE_STAFF
from marketplace.web.forms import ReasonForm

VERBS = {"close": closing.close, "reopen": closing.reopen, "erase": closing.erase}
DONE = {
    "close": lambda: _("The account is closed."), "reopen": lambda: _("The account is open again."),
    "erase": lambda: _("The account is erased. Names in histories are deleted now."),
}


@bp.get("/staff/accounts")
@access(MANAGE_STAFF)
def accounts() -> ResponseReturnValue:
    """Look for accounts by address or name; without words, those closed last."""
    asked = request.args.get("q", "").strip()[:200]
    found = queries.accounts_like(asked)
    return render_template("staff/accounts.html", asked=asked, found=found, most=queries.MOST_ACCOUNTS)


@bp.get("/staff/accounts/<int:user_id>")
@access(MANAGE_STAFF)
def account(user_id: int) -> ResponseReturnValue:
    """One account: its state, its history, and what may be done."""
    return _page(required(db.session.get(User, user_id)), None)


@bp.post("/staff/accounts/<int:user_id>/<any(close, reopen, erase):verb>")
@access(MANAGE_STAFF)
@requires_fresh_sign_in()
def change_account(user_id: int, verb: str) -> ResponseReturnValue:
    """Close, reopen or erase an account."""
    user = required(db.session.get(User, user_id))
    form = ReasonForm()
    form.refused = verb
    if not form.submit(lambda: VERBS[verb](user, actor(), form.reason.data or "")):
        return _page(user, form), 422
    flash(DONE[verb](), "success")
    return redirect(url_for("accounts.account", user_id=user.id))


def _page(user: User, typed: ReasonForm | None) -> str:
    events = [
        {"at": event.at, "label": _(USER_EVENTS.get(event.action, event.action)), "reason": event.reason,
         "actor": (event.actor_name or _("name erased")) if event.actor_id else _("the exchange")}
        for event in queries.recent_events(user.id)
    ]
    held = [_(text, **params) for text, params in closing.hindrances(user)] if user.active else []
    return render_template("staff/account.html", person=user, typed=typed, events=events, held=held)
