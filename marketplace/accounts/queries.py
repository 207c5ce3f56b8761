"""Reads of people."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.events import Event, history
from marketplace.extensions import db
from marketplace.mail import MailMessage


def person_by_email(email: str) -> User | None:
    """Return the person with that address (in the stored spelling), or None."""
    return db.session.scalar(select(User).where(User.email == email))


def recent_events(user_id: int, limit: int = 12) -> Sequence[Event]:
    """Return the last events of an account, newest first."""
    return db.session.scalars(history("user", user_id).limit(limit)).all()


def mails(offset: int, limit: int) -> Sequence[MailMessage]:
    """Return queued and sent mails, newest first."""
    return db.session.scalars(select(MailMessage).order_by(MailMessage.id.desc()).offset(offset).limit(limit)).all()
