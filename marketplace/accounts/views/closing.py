"""Closing one's own account, and the link of the letter that opens it again."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_security.utils import logout_user

from marketplace.accounts import closing, sign_ins
from marketplace.accounts.forms import CloseForm
from marketplace.accounts.models import User
from marketplace.accounts.queries import account_of
from marketplace.accounts.views.blueprint import bp
from marketplace.core.access import access, actor
from marketplace.core.errors import Invalid
from marketplace.core.extensions import limiter
from marketplace.core.permissions import PUBLIC, SIGNED_IN
from marketplace.values.text import N_


@bp.route("/account/close", methods=["GET", "POST"])
@limiter.limit("10 per hour", methods=["POST"])
@access(SIGNED_IN)
def close() -> ResponseReturnValue:
    """Say what closing means and what stands against it; the password closes."""
    me: User = current_user._get_current_object()
    form = CloseForm()
    if request.method == "POST" and form.submit(lambda: _close(me, form)):
        logout_user()
        flash(_("Your account is closed. We have sent you a letter with a link that opens it again."), "success")
        return redirect("/")
    status = 422 if request.method == "POST" else 200
    held = [_(text, **params) for text, params in closing.hindrances(me)]
    return render_template("account/close.html", form=form, held=held, days=closing.REOPEN_FOR.days), status


def _close(me: User, form: CloseForm) -> None:
    if not me.verify_and_update_password(form.password.data or ""):
        sign_ins.failed(me.id, "password")
        raise Invalid("password", N_("The password is not right."))
    closing.close(me, actor())


@bp.route("/account/reopen/<token>", methods=["GET", "POST"])
@limiter.limit("20 per hour")
@access(PUBLIC)
def reopen(token: str) -> ResponseReturnValue:
    """Show the button of the letter's link; a POST opens the account again. Signing in comes after."""
    user = closing.person_of(token)
    if user is None:
        abort(404)
    if request.method == "GET":
        return render_template("account/reopen.html")
    closing.reopen(user, account_of(user))
    flash(_("Your account is open again. Sign in with your password."), "success")
    return redirect(url_for("security.login"))
