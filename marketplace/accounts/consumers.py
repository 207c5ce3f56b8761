"""What accounts leave to the worker: letters that tell no page whether there is an account, and failed sign-ins."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app
from flask_security.recoverable import generate_reset_password_token

from marketplace import mail
from marketplace.accounts.models import User
from marketplace.accounts.queries import person_by_email
from marketplace.accounts.sign_ins import FAILED, FAILURES
from marketplace.core.access import SYSTEM
from marketplace.core.events import FAST, Consumer, Outbox, record
from marketplace.core.extensions import db
from marketplace.core.outbox import enqueue
from marketplace.values import clock

LETTER = "account_letter"
ONE_IN = 300  # seconds in which one account gets one letter, however often it is asked for


def ask_for_new_password(address: str) -> None:
    """Ask for a letter with a link for a new password, whoever it belongs to; the same work for every address."""
    enqueue(LETTER, {"address": address})


def _write(rows: Sequence[Outbox]) -> None:
    for row in rows:
        _new_password(str(row.payload.get("address", "")))
        row.payload = {}  # an address that belongs to nobody here is not kept


def _new_password(address: str) -> None:
    """Queue the letter when the address belongs to an account that may sign in."""
    user = person_by_email(address) if address else None
    if user is None or not user.active or user.confirmed_at is None:
        return
    token = generate_reset_password_token(user)  # type: ignore[no-untyped-call]  # Flask-Security leaves it bare
    path = f"{current_app.config['SECURITY_RESET_URL']}/{token}"
    # The key of the person ends with every new password: after one, another letter may follow at once.
    key = f"account:reset:{user.id}:{user.fs_uniquifier}:{int(clock.now().timestamp()) // ONE_IN}"
    mail.queue_template(key, user.email, user.locale, "account/reset_instructions", user=user, reset_path=path)


def _tell_of_failures(rows: Sequence[Outbox]) -> None:
    """Record that somebody tried in vain; the notification and its letter follow from the event."""
    for row in rows:
        user = db.session.get(User, row.payload["user"])
        if user is not None and user.active:
            record(user, "user.sign_in_failures", SYSTEM, data={"count": FAILURES})


CONSUMERS = (
    Consumer(LETTER, lambda _action: False, _write, lane=FAST),
    Consumer(FAILED, lambda _action: False, _tell_of_failures, lane=FAST),
)
