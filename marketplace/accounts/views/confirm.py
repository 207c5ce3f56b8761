"""The link that confirms an address leads to a page with a button; pressing it confirms.

Programs that check mails open links. An address confirmed by such a visit would be confirmed by nobody.
"""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_security.confirmable import confirm_email_token_status
from flask_security.views import confirm_email


def confirm(token: str) -> ResponseReturnValue:
    """Show the button, or say why the link does not serve any more; a POST confirms. It replaces the library's view."""
    if request.method == "POST":
        return confirm_email(token)
    expired, invalid, user = confirm_email_token_status(token)  # type: ignore[no-untyped-call]
    if expired or invalid or user is None or user.confirmed_at is not None:
        return confirm_email(token)
    return render_template("security/confirm_email.html")
