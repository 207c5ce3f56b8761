"""The table of outgoing mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import Big, Key, Moment, NfcText, UtcDateTime
from marketplace.core.extensions import Base
from marketplace.core.subjects import Subject
from marketplace.mail.lifecycle import MAIL
from marketplace.values.text import N_

#: The outbox consumer that sends mail; its rows name a message.
CONSUMER = "mail"
#: A mail whose text has not been erased (`mail.retention`) or left out; written out, so that its index serves.
HAS_TEXT = "body <> ''"


class MailMessage(Base):
    """One e-mail to one address. `sent_at` is set when the mail server (or the local mailbox) said that it took it."""

    __tablename__ = "mail_message"
    __table_args__ = (
        CheckConstraint(MAIL.check_sql(), name="state_known"),
        Index("ix_mail_message_state", "state", "id"),
        Index("ix_mail_message_user", "user_id", "id"),
        Index("ix_mail_message_queued", "queued_at"),
        Index("ix_mail_message_text", "queued_at", sqlite_where=text(HAS_TEXT), postgresql_where=text(HAS_TEXT)),
    )
    subject_kind = "mail"
    lifecycle = MAIL

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(200), unique=True)  # cause and recipient
    recipient: Mapped[str] = mapped_column(String(320), index=True)
    subject: Mapped[str] = mapped_column(NfcText)
    body: Mapped[str] = mapped_column(NfcText)
    queued_at: Mapped[Moment]
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12), default=MAIL.initial)
    repeatable: Mapped[bool] = mapped_column(default=True)  # rather twice than never
    handed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hand: Mapped[str] = mapped_column(String(32), default="")  # id of the attempt that sends it: the key of compare-and-set
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(NfcText, default="")
    user_id: Mapped[int | None] = mapped_column(Big)  # of the person written to; no foreign key: tiers
    topic: Mapped[str] = mapped_column(String(30), default="")  # of a notification; empty: a letter of the account
    unsubscribe: Mapped[str] = mapped_column(String(500), default="")  # path of the link that turns the topic off


SUBJECT = Subject(MailMessage.subject_kind, MailMessage, N_("E-mail"), lambda row, _lang: str(row.subject), icon="envelope")
