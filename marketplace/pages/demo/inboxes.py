"""Inboxes and letters of the invented past: told at their moments, the older ones read, and none sent out today."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from marketplace.core.events import CONSUMERS, Event, Outbox
from marketplace.core.extensions import db
from marketplace.mail import MailMessage
from marketplace.notifications import consumers
from marketplace.notifications.models import Notification
from marketplace.values import clock

TOLD = timedelta(days=21)  # what happened earlier is nobody's news any more
UNREAD = timedelta(days=4)


def fill(now: datetime) -> None:
    """Let everybody find in the inbox what happened lately; what is older than UNREAD was read an hour later."""
    recent = select(Event).where(Event.at > now - TOLD).order_by(Event.id)
    for event in list(db.session.scalars(recent)):
        if consumers.wants(event.action):
            with clock.fixed(event.at):
                consumers.tell(event)
    old = update(Notification).where(Notification.created_at < now - UNREAD, Notification.read_at.is_(None))
    db.session.execute(old.values(read_at=Notification.created_at))


def file_letters(before: datetime) -> None:
    """Count the letters of the past as sent: they stand in the mailbox, and nobody receives them today."""
    db.session.flush()
    letters = update(MailMessage).where(MailMessage.queued_at < before, MailMessage.state == "queued")
    db.session.execute(letters.values(sent_at=MailMessage.queued_at, state="sent", attempts=1))
    other = update(Outbox).where(
        Outbox.consumer.in_(CONSUMERS), Outbox.consumer.not_in(rereading()),
        Outbox.due_at < before, Outbox.done_at.is_(None),
    )
    db.session.execute(other.values(done_at=Outbox.due_at))


def rereading() -> list[str]:
    """Return the consumers that read what stands now; the others write letters."""
    return [consumer.name for consumer in CONSUMERS.values() if consumer.rereads]
