"""Reads of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from marketplace.accounts.models import StaffGrant, User
from marketplace.core.access import Actor
from marketplace.core.events import Event, history
from marketplace.core.extensions import db
from marketplace.mail import MailMessage
from marketplace.mail.lifecycle import SUPPRESSED

MOST_ACCOUNTS = 50  # shown of those found


def account_of(user: User) -> Actor:
    """Return the actor of what a person does to their own account: without roles, without organisations."""
    return Actor(user_id=user.id, name=user.name, email=user.email, locale=user.locale)


def person_by_email(email: str) -> User | None:
    """Return the person with that address (in the stored spelling), or None."""
    return db.session.scalar(select(User).where(User.email == email))


def hold_person(user_id: int | None) -> None:
    """Let what one person sends at the same moment go on one after the other, until the end of the transaction.

    For verbs that look whether the same was sent before. It is asked for before the history of anything is locked, and
    keeps nobody waiting who only refers to the person.
    """
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


def recent_events(user_id: int, limit: int = 12) -> Sequence[Event]:
    """Return the last events of an account, newest first."""
    return db.session.scalars(history("user", user_id).limit(limit)).all()


def mails(offset: int, limit: int) -> Sequence[MailMessage]:
    """Return queued and sent mails, newest first."""
    rows = select(MailMessage).where(MailMessage.state != SUPPRESSED)
    return db.session.scalars(rows.order_by(MailMessage.id.desc()).offset(offset).limit(limit)).all()


@dataclass(frozen=True)
class GrantRow:
    """A staff role with the names of everybody concerned."""

    grant: StaffGrant
    person: User
    granted_by: str
    ended_by: str


def _grants() -> Select[StaffGrant, User, str, str]:
    giver, ender = aliased(User), aliased(User)
    return (
        select(StaffGrant, User, giver.name, ender.name)
        .join(User, User.id == StaffGrant.user_id)
        .outerjoin(giver, giver.id == StaffGrant.granted_by_id)
        .outerjoin(ender, ender.id == StaffGrant.ended_by_id)
    )


def open_grants() -> list[GrantRow]:
    """Return the staff roles that people hold now, by name."""
    rows = _grants().where(StaffGrant.ended_at.is_(None)).order_by(User.sort_name, StaffGrant.role)
    return [GrantRow(row[0], row[1], row[2] or "", row[3] or "") for row in db.session.execute(rows)]


def ended_grants(limit: int = 200) -> list[GrantRow]:
    """Return the staff roles that ended, latest first."""
    rows = _grants().where(StaffGrant.ended_at.is_not(None)).order_by(StaffGrant.ended_at.desc()).limit(limit)
    return [GrantRow(row[0], row[1], row[2] or "", row[3] or "") for row in db.session.execute(rows)]


def accounts_like(words: str) -> Sequence[User]:
    """Return the accounts whose address or name holds these words, or, without words, those closed last."""
    if not words:
        rows = select(User).where(User.closed_at.is_not(None)).order_by(User.closed_at.desc(), User.id.desc())
        return db.session.scalars(rows.limit(MOST_ACCOUNTS)).all()
    like = or_(User.email.contains(words.lower(), autoescape=True), User.name.icontains(words, autoescape=True))
    return db.session.scalars(select(User).where(like).order_by(User.sort_name, User.id).limit(MOST_ACCOUNTS)).all()
