"""Asking for a new password: the page does the same, and takes the same time, whether there is an account or not."""

from __future__ import annotations

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.accounts.consumers import ask_for_new_password
from marketplace.accounts.forms import ForgottenForm
from marketplace.accounts.messages import MESSAGES


def forgotten() -> ResponseReturnValue:
    """Show the form; a POST leaves the address to the worker. It replaces the library's view, which looks it up."""
    form = ForgottenForm()
    if form.validate_on_submit():
        ask_for_new_password(form.email.data)
        text, category = MESSAGES["PASSWORD_RESET_REQUEST"]
        flash(_(text, email=form.email.data), category)
    elif request.method == "GET" and current_user.is_authenticated:
        form.email.data = current_user.email
    return render_template("security/forgot_password.html", forgot_password_form=form), 422 if form.errors else 200
