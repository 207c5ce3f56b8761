"""One mail a day with everything of the topics a person wants daily."""

from __future__ import annotations

from sqlalchemy import select

from marketplace import mail
from marketplace.access import Actor
from marketplace.accounts.models import User
from marketplace.extensions import db
from marketplace.notifications import wording
from marketplace.notifications.models import Notification
from marketplace.notifications.queries import mine
from marketplace.notifications.reminders import daily_at
from marketplace.notifications.topics import TOPICS
from marketplace.organisations.acting import actor_of
from marketplace.outbox import Job

HOUR = 7  # in Vietnam
NAMED = 50  # sentences in one mail; the inbox has the rest
_PEOPLE = 500  # of one run; the next one goes on


def send() -> int:
    """Queue the digest of everybody who has news in a daily topic; return how many. Run twice, nobody gets two."""
    waiting = select(Notification.user_id).where(Notification.mail == "daily").distinct().limit(_PEOPLE)
    sent = 0
    for user in db.session.scalars(select(User).where(User.id.in_(waiting)).order_by(User.id)).all():
        sent += _digest(user)
    return sent


def _digest(user: User) -> bool:
    """Queue one person's digest of what they have not read and may still read."""
    reader = actor_of(user)
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
    said = wording.sentences(rows, reader)
    return [(said[row.id], f"/inbox/{row.id}/open") for row in rows]


def _run() -> None:
    send()


JOB = Job("notifications.digest", _run, daily_at(HOUR))
