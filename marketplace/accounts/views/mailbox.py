"""The local mailbox of a development installation."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from marketplace.accounts import queries
from marketplace.accounts.views.blueprint import bp
from marketplace.core.access import access
from marketplace.core.extensions import db
from marketplace.core.permissions import DEVELOPMENT
from marketplace.mail import MailMessage
from marketplace.mail.lifecycle import SUPPRESSED
from marketplace.web.paging import Paging, requested_page

MAILS = 50  # mails on one page


@bp.get("/mailbox")
@access(DEVELOPMENT)
def mailbox() -> ResponseReturnValue:
    """List the mails of a development installation, newest first."""
    number, offset = requested_page(MAILS)
    total = db.session.scalar(select(func.count()).where(MailMessage.state != SUPPRESSED)) or 0
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
