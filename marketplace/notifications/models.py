"""Tables of notifications and of what each person wants by mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import Big, Key, Moment, NfcText, UtcDateTime, one_of
from marketplace.core.extensions import Base
from marketplace.notifications.lifecycle import DUE, HELD
from marketplace.notifications.topics import KEY_LENGTH
from marketplace.values import clock

#: How a topic is mailed.
FREQUENCIES = ("each", "daily", "off")
_UNREAD = text("read_at IS NULL")


class Notification(Base):
    """One thing told to one person. The sentence is made when it is read: in their language, with names they may know."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),  # exactly once, whatever is delivered how often
        UniqueConstraint("event_id", "user_id"),
        one_of("mail", (*FREQUENCIES, "quiet", "digested")),
        Index("ix_notification_user", "user_id", "id"),
        Index("ix_notification_created", "created_at"),
        Index("ix_notification_unread", "user_id", "id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        Index("ix_notification_daily", "user_id", "id", sqlite_where=text("mail = 'daily'"),
              postgresql_where=text("mail = 'daily'")),
    )

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    key: Mapped[str] = mapped_column(String(120))  # what it is about, once per person
    event_id: Mapped[int | None] = mapped_column(Big, ForeignKey("event.id"))
    topic: Mapped[str] = mapped_column(String(30))
    message: Mapped[str] = mapped_column(String(KEY_LENGTH))  # key of MESSAGES
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # Whose business it is: who leaves the organisation (or the staff) does not read it any more.
    org_id: Mapped[int | None] = mapped_column(Big, ForeignKey("organisation.id"))
    for_staff: Mapped[bool] = mapped_column(default=False)
    subject_kind: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[int | None] = mapped_column(Big)
    href: Mapped[str] = mapped_column(String(400), default="")
    mail: Mapped[str] = mapped_column(String(10), default="off")  # what was decided about mail when it was told
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NotificationPreference(Base):
    """How one person wants one topic by mail; without a row the topic's own default counts."""

    __tablename__ = "notification_preference"
    __table_args__ = (one_of("mail", FREQUENCIES),)

    user_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(30), primary_key=True)
    mail: Mapped[str] = mapped_column(String(10))
    changed_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)


class HeldNotification(Base):
    """An event of which nobody is told until the staff has looked at it. `of_kind` and `of_id` are its thing."""

    __tablename__ = "held_notification"
    __table_args__ = (
        UniqueConstraint("event_id"), CheckConstraint(HELD.check_sql(), name="state_known"),
        Index("ix_held_notification_state", "state", "id"),
        Index("ix_held_notification_due", "state", "due_at", "id"),
    )
    subject_kind = "held_notification"

    id: Mapped[Key]
    event_id: Mapped[int] = mapped_column(Big, ForeignKey("event.id"))
    of_kind: Mapped[str] = mapped_column(String(40))
    of_id: Mapped[int] = mapped_column(Big)
    action: Mapped[str] = mapped_column(String(80))
    reason_code: Mapped[str] = mapped_column(String(200))  # what the hold said: an English message id
    state: Mapped[str] = mapped_column(String(10), default=HELD.initial)
    held_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    due_at: Mapped[Moment] = mapped_column(UtcDateTime, default=lambda: clock.now() + DUE)  # until when to decide
    decided_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(NfcText, default="")
