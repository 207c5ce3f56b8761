"""Reads: the inbox of a person, what they want by mail, the log of deliveries."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from marketplace.core.access import Actor
from marketplace.core.errors import required
from marketplace.core.extensions import db
from marketplace.core.permissions import STAFF
from marketplace.mail import MailMessage
from marketplace.mail.lifecycle import RESENDABLE, UNDER_WAY
from marketplace.notifications.models import Notification, NotificationPreference
from marketplace.notifications.topics import TOPICS, choosable

MOST = 100  # counted; the bell then says "99+"


def mine(actor: Actor) -> ColumnElement[bool]:
    """The rule as SQL: one's own, and of an organisation or the staff only while one belongs to it."""
    ours = or_(Notification.org_id.is_(None), Notification.org_id.in_(actor.org_ids))
    theirs = and_(Notification.for_staff.is_(False), ours)
    open_to = or_(theirs, Notification.for_staff.is_(True)) if actor.may(STAFF) else theirs
    return and_(Notification.user_id == actor.user_id, open_to)


def unread_count(actor: Actor) -> int:
    """Return how many notifications the person has not read, counted up to MOST; one statement on a partial index."""
    rows = select(Notification.id).where(mine(actor), Notification.read_at.is_(None)).limit(MOST)
    return db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def one(notification_id: int, actor: Actor) -> Notification:
    """Return one notification of the person. Raises NotFound for anybody else's, and after leaving its organisation."""
    return required(db.session.scalar(select(Notification).where(Notification.id == notification_id, mine(actor))))


def inbox(actor: Actor, *, unread: bool = False, topic: str = "") -> Select[Notification]:
    """Return the select of a person's notifications, to be paged by key."""
    rows = select(Notification).where(mine(actor))
    if unread:
        rows = rows.where(Notification.read_at.is_(None))
    return rows.where(Notification.topic == topic) if topic else rows


def wanted(user_id: int, topic: str) -> str:
    """Return how a person wants a topic by mail: each, daily or off."""
    row = None if TOPICS[topic].always else db.session.get(NotificationPreference, (user_id, topic))
    return row.mail if row is not None else TOPICS[topic].default


def preferences(user_id: int) -> dict[str, str]:
    """Return how a person wants by mail every topic that people choose about."""
    rows = select(NotificationPreference).where(NotificationPreference.user_id == user_id)
    chosen = {row.topic: row.mail for row in db.session.scalars(rows)}
    return {code: chosen.get(code, topic.default) for code, topic in choosable().items()}


def deliveries_to(user_id: int, limit: int = 10) -> list[MailMessage]:
    """Return the newest mails about a person's notifications."""
    rows = select(MailMessage).where(MailMessage.user_id == user_id).order_by(MailMessage.id.desc())
    return list(db.session.scalars(rows.limit(limit)))


def deliveries(state: str = "", address: str = "") -> Select[MailMessage]:
    """Return the select of all mails for the operator's log, to be paged by key; `address` may be a part of one."""
    rows = select(MailMessage)
    if state:
        rows = rows.where(MailMessage.state == state)
    if "@" in address.strip("@"):
        return rows.where(MailMessage.recipient == address)
    return rows.where(MailMessage.recipient.contains(address, autoescape=True)) if address else rows


def delivery_counts() -> dict[str, int]:
    """Return how many mails are in each state that needs an eye; the index on the state answers."""
    rows = select(MailMessage.state, func.count()).where(MailMessage.state.in_((*UNDER_WAY, *RESENDABLE)))
    return {row[0]: row[1] for row in db.session.execute(rows.group_by(MailMessage.state))}
