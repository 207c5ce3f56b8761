"""The demo accounts under the sign-in form, one click each."""

from __future__ import annotations

from flask import Flask, current_app, render_template
from markupsafe import Markup
from sqlalchemy import select

from marketplace.accounts.adapters import code_now
from marketplace.accounts.models import User
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.pages.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD, TWO_STEP
from marketplace.web.panels import register_panel


def register(app: Flask) -> None:
    """Show the accounts on the sign-in page."""
    register_panel(app, "login.below", _accounts)
    register_panel(app, "code.below", _code)


def _accounts(_form: object, _actor: Actor) -> Markup | None:
    """Return the table of accounts where DEMO is on and the demonstration is loaded."""
    if not current_app.extensions["settings"].demo:
        return None
    if db.session.scalar(select(User.id).where(User.email == DEMO_ACCOUNTS[0].email)) is None:
        return None
    shown = render_template(
        "pages/demo_accounts.html", accounts=DEMO_ACCOUNTS, password=DEMO_PASSWORD, two_step=TWO_STEP, code=_code_now()
    )
    return Markup(shown)  # noqa: S704 - our own template


def _code(_form: object, _actor: Actor) -> Markup | None:
    """Return the code of the account with two steps, where a code is asked for."""
    code = _code_now() if current_app.extensions["settings"].demo else ""
    return Markup(render_template("pages/demo_code.html", code=code, email=TWO_STEP)) if code else None  # noqa: S704 - as above


def _code_now() -> str:
    secret = db.session.scalar(select(User.tf_totp_secret).where(User.email == TWO_STEP))
    return code_now(secret) if secret else ""
