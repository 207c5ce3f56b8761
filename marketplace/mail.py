"""E-mail: queued in the transaction that causes it, sent by the worker. Without SMTP it lands in the local mailbox.

A message is one row keyed by what caused it, so the same cause never queues two. `/mailbox` (development) reads them.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from flask import current_app, g, render_template
from flask_babel import refresh
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.columns import Key, Moment, NfcText, UtcDateTime
from marketplace.events import Consumer, Outbox
from marketplace.extensions import Base, db
from marketplace.outbox import enqueue
from marketplace.text import clean_line

log = logging.getLogger(__name__)
CONSUMER = "mail"


class MailMessage(Base):
    """One e-mail to one address. `sent_at` is set when the mail server (or the local mailbox) took it."""

    __tablename__ = "mail_message"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(200), unique=True)  # cause and recipient
    recipient: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(NfcText)
    body: Mapped[str] = mapped_column(NfcText)
    queued_at: Mapped[Moment]
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def queue(key: str, recipient: str, subject: str, body: str) -> None:
    """Queue one plain-text mail in the current transaction; a second one with the same key is silence."""
    key = key[:200]
    if db.session.scalar(select(MailMessage.id).where(MailMessage.key == key)) is not None:
        return
    message = MailMessage(
        key=key, recipient=recipient, subject=clean_line(subject)[:300], body=body, queued_at=clock.now()
    )
    db.session.add(message)
    db.session.flush()
    enqueue(CONSUMER, {"mail": message.id}, key=f"mail:{message.id}")


def queue_template(key: str, recipient: str, locale: str, template: str, **context: Any) -> None:
    """Render `emails/<template>.txt` in the recipient's language and queue it; its first line is the subject."""
    before = g.get("forced_locale")
    g.forced_locale = locale
    refresh()
    try:
        text = render_template(f"emails/{template}.txt", base_url=current_app.extensions["settings"].base_url, **context)
    finally:
        if before is None:
            g.pop("forced_locale", None)
        else:
            g.forced_locale = before
        refresh()
    subject, _, body = text.strip().partition("\n")
    queue(key, recipient, subject, body.strip() + "\n")


def send_due(rows: Sequence[Outbox]) -> None:
    """Send the mails of claimed outbox rows; one that was sent already is skipped."""
    for row in rows:
        message = db.session.get(MailMessage, row.payload["mail"])
        if message is None or message.sent_at is not None:
            continue
        settings = current_app.extensions["settings"]
        if settings.mail_url:
            _smtp(settings.mail_url, _as_email(message, settings.mail_from))
        else:
            log.info("mail to %s: %s\n%s", message.recipient, message.subject, message.body)
        message.sent_at = clock.now()


def _as_email(message: MailMessage, sender: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, message.recipient, message.subject
    mail["Date"] = formatdate(message.queued_at.timestamp())
    domain = parseaddr(sender)[1].partition("@")[2] or "localhost"
    mail["Message-ID"] = make_msgid(idstring=str(message.id), domain=domain)
    mail.set_content(message.body)
    return mail


def _smtp(url: str, mail: EmailMessage) -> None:
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    host, port = parts.hostname or "localhost", parts.port or 25
    with smtplib.SMTP(host, port, timeout=20) as server:
        if options.get("tls") == ["starttls"]:
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(mail)


def consumer() -> Consumer:
    """Return the outbox consumer that sends."""
    return Consumer(CONSUMER, lambda _action: False, send_due)
