"""Pages of one's own account, and the local mailbox of development."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_security.utils import login_user
from sqlalchemy import func, select

from marketplace.access import DEVELOPMENT, SIGNED_IN, access, actor
from marketplace.accounts import actions, queries
from marketplace.accounts.forms import ProfileForm
from marketplace.accounts.models import User
from marketplace.accounts.words import USER_EVENTS
from marketplace.extensions import db
from marketplace.mail import MailMessage
from marketplace.web.paging import Paging, requested_page

bp = Blueprint("accounts", __name__)
MAILS = 50  # mails on one page of the local mailbox


def _me() -> User:
    user: User = current_user._get_current_object()
    return user


@bp.get("/account")
@access(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Everything about one's own account on one page."""
    return _page(ProfileForm(obj=_me()))


@bp.post("/account")
@access(SIGNED_IN)
def change_profile() -> ResponseReturnValue:
    """Save name, telephone and language."""
    form = ProfileForm()
    if not form.validate_on_submit():
        return _page(form), 422
    actions.change_profile(
        _me(), actor(), name=form.name.data, phone=form.phone.data, locale=form.locale.data
    )
    flash(_("Your details are saved."), "success")
    return redirect(url_for("accounts.page"))


def _page(form: ProfileForm) -> str:
    me = _me()
    return render_template(
        "account/page.html", form=form, me=me, events=queries.recent_events(me.id), words=USER_EVENTS
    )


@bp.post("/account/sign-out-everywhere")
@access(SIGNED_IN)
def sign_out_everywhere() -> ResponseReturnValue:
    """End every other session; this one goes on."""
    me = _me()
    actions.sign_out_everywhere(me, actor())
    login_user(me, remember=False, authn_via=["change"])
    flash(_("You are signed out on every other device."), "success")
    return redirect(url_for("accounts.page"))


@bp.get("/mailbox")
@access(DEVELOPMENT)
def mailbox() -> ResponseReturnValue:
    """List the mails of a development installation, newest first."""
    number, offset = requested_page(MAILS)
    total = db.session.scalar(select(func.count()).select_from(MailMessage)) or 0
    return render_template(
        "account/mailbox.html", mails=queries.mails(offset, MAILS), paging=Paging(number, MAILS, total)
    )


@bp.get("/mailbox/<int:mail_id>")
@access(DEVELOPMENT)
def mailbox_message(mail_id: int) -> ResponseReturnValue:
    """Read one mail, its links clickable."""
    message = db.session.get(MailMessage, mail_id)
    if message is None:
        abort(404)
    return render_template("account/mail.html", message=message)
