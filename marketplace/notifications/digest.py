"""One mail a day with everything of the topics a person wants daily."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from marketplace import mail
from marketplace.accounts.models import User
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.notifications import rendering
from marketplace.notifications.models import Notification
from marketplace.notifications.queries import mine
from marketplace.notifications.recipients import directory
from marketplace.notifications.topics import TOPICS

HOUR = 7  # in Vietnam
NAMED = 50  # sentences in one mail; the inbox has the rest
_PEOPLE = 500  # of one transaction


def send() -> int:
    """Queue the digests of up to _PEOPLE who have news in a daily topic; return how many. Run twice, nobody gets two."""
    return sum([_digest(user) for user in _waiting()])


def _waiting() -> Sequence[User]:
    news = select(Notification.user_id).where(Notification.mail == "daily").distinct()
    return db.session.scalars(select(User).where(User.id.in_(news)).order_by(User.id).limit(_PEOPLE)).all()


def _digest(user: User) -> bool:
    """Queue one person's digest of what they have not read and may still read."""
    reader = directory().reader(user)
    rows = select(Notification).where(Notification.user_id == user.id, Notification.mail == "daily")
    rows = rows.order_by(Notification.id)
    fresh = list(db.session.scalars(rows.where(mine(reader), Notification.read_at.is_(None))))
    told = list(db.session.scalars(rows))
    for row in told:
        row.mail = "digested"
    if not fresh or not user.active:
        return False
    named = fresh[:NAMED]
    subject, body = mail.rendered(
        user.locale, "digest", person=user, topics=TOPICS, count=len(fresh), more=len(fresh) - len(named),
        items=lambda: _items(named, reader), settings="/account/notifications",
    )
    key = f"digest:{user.id}:{told[-1].id}"
    mail.queue(key, user.email, subject, body, repeatable=False, user_id=user.id, topic="digest")
    return True


def _items(rows: list[Notification], reader: Actor) -> list[tuple[str, str]]:
    said = rendering.sentences(rows, reader)
    return [(said[row.id], f"/inbox/{row.id}/open") for row in rows]


def run() -> bool:
    """Make one batch; True while people are left, whose news stays `daily` until their digest is made."""
    send()
    return bool(_waiting())
