"""E-mail: queued in the transaction that causes it, sent by the worker. Without SMTP it lands in the local mailbox.

A message is one row keyed by what caused it, so the same cause never queues two. SMTP itself cannot promise exactly
once: a sender that dies between the text and the server's answer does not know. What we promise instead
(docs/notifications.md): a `repeatable` message (password, confirmation) is then sent again, at least once; any other
is not, at most once, and stands as *unknown* in the log of deliveries until an operator decides. `/mailbox`
(development) reads them.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from functools import partial
from typing import Any

from flask import current_app, render_template
from sqlalchemy import Index, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import Big, Key, Moment, NfcText, UtcDateTime, one_of
from marketplace.core.events import Consumer, Outbox
from marketplace.core.extensions import Base, db
from marketplace.core.outbox import enqueue
from marketplace.core.subjects import Subject
from marketplace.mail import smtp
from marketplace.values import clock
from marketplace.values.text import N_, clean_line
from marketplace.web.i18n import in_language

log = logging.getLogger(__name__)
CONSUMER = "mail"
#: `handed` is the moment between the text and the server's answer; who finds it later knows that nobody knows.
STATES = ("queued", "handed", "sent", "failed", "unknown", "suppressed")
#: Seconds between attempts; servers that greylist or are down for a day get every mail in the end.
PATIENCE = (10, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 43_200)
CONVERSATION = timedelta(minutes=6)  # longer than the slowest server may take with one mail
UNREACHABLE = timedelta(seconds=20)  # nobody waits again for a server that did not answer a moment ago


class MailMessage(Base):
    """One e-mail to one address. `sent_at` is set when the mail server (or the local mailbox) said that it took it."""

    __tablename__ = "mail_message"
    __table_args__ = (
        one_of("state", STATES),
        Index("ix_mail_message_state", "state", "id"),
        Index("ix_mail_message_user", "user_id", "id"),
    )
    subject_kind = "mail"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(200), unique=True)  # cause and recipient
    recipient: Mapped[str] = mapped_column(String(320), index=True)
    subject: Mapped[str] = mapped_column(NfcText)
    body: Mapped[str] = mapped_column(NfcText)
    queued_at: Mapped[Moment]
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12), default="queued")
    repeatable: Mapped[bool] = mapped_column(default=True)  # rather twice than never
    handed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hand: Mapped[str] = mapped_column(String(32), default="")  # whose attempt handed it over: one hand, one text
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(NfcText, default="")
    user_id: Mapped[int | None] = mapped_column(Big)  # of the person written to; no foreign key: tiers
    topic: Mapped[str] = mapped_column(String(30), default="")  # of a notification; empty: a letter of the account
    unsubscribe: Mapped[str] = mapped_column(String(500), default="")  # path of the link that turns the topic off


SUBJECT = Subject(MailMessage.subject_kind, MailMessage, N_("E-mail"), lambda row, _lang: str(row.subject), icon="envelope")


def queue(key: str, recipient: str, subject: str, body: str, **values: Any) -> None:
    """Queue one plain-text mail in the current transaction; a second one with the same key is silence.

    `values` are further columns; one that is `suppressed` is only written down.
    """
    key = key[:200]
    if db.session.scalar(select(MailMessage.id).where(MailMessage.key == key)) is not None:
        return
    message = MailMessage(
        key=key, recipient=recipient, subject=clean_line(subject)[:300], body=body, queued_at=clock.now(), **values
    )
    db.session.add(message)
    db.session.flush()
    if message.state == "queued":
        enqueue(CONSUMER, {"mail": message.id}, key=f"mail:{message.id}")


def queue_template(key: str, recipient: str, locale: str, template: str, **context: Any) -> None:
    """Render `emails/<template>.txt` in the recipient's language and queue it; its first line is the subject."""
    subject, body = rendered(locale, template, **context)
    queue(key, recipient, subject, body)


def rendered(locale: str, template: str, **context: Any) -> tuple[str, str]:
    """Return subject and text of `emails/<template>.txt` in a language."""
    with in_language(locale):
        text = render_template(f"emails/{template}.txt", base_url=current_app.extensions["settings"].base_url, **context)
    subject, _, body = text.strip().partition("\n")
    return subject, body.strip() + "\n"


def send_due(rows: Sequence[Outbox]) -> None:
    """Send the mails of claimed outbox rows; one whose end is known already is skipped."""
    for row in rows:
        message = db.session.get(MailMessage, row.payload["mail"], populate_existing=True)
        if message is None or message.state in {"sent", "suppressed", "unknown"}:
            continue
        if message.state == "handed" and not message.repeatable:
            _settle(message, message.hand, "unknown", error="the worker ended before the mail server answered")
            continue
        row.leased_until = clock.now() + CONVERSATION
        db.session.commit()  # no lock and no transaction is held while a mail server takes its time
        _send(message)


def _send(message: MailMessage) -> None:
    settings, hand = current_app.extensions["settings"], secrets.token_hex(16)
    if not settings.mail_url:
        log.info("mail to %s: %s\n%s", message.recipient, message.subject, message.body)
        message.state, message.sent_at = "sent", clock.now()
        return
    try:
        server = smtp.open_server(settings.mail_url)
    except Exception as error:
        _not_sent(message, hand, error)
        _let_the_others_wait()
        raise
    try:
        sender = parseaddr(settings.mail_from)[1]
        text = as_bytes(message, settings.mail_from, settings.base_url)
        if smtp.hand_over(server, text, sender, message.recipient, partial(_take, message, hand)):
            _settle(message, hand, "sent")
    except smtp.Unknown as error:
        _settle(message, hand, "handed" if message.repeatable else "unknown", error=str(error))
        if message.repeatable:
            raise  # rather twice than never
    except Exception as error:
        _not_sent(message, hand, error)
        if not (isinstance(error, smtp.Refused) and error.permanent):
            raise
    finally:
        smtp.leave(server)


def _take(message: MailMessage, hand: str) -> bool:
    """Commit that this attempt hands the mail over; False when another one did so meanwhile (its lease had run out)."""
    open_states = ("queued", "failed", "handed") if message.repeatable else ("queued", "failed")
    changed = _update(
        message, (message.hand,), open_states,
        state="handed", hand=hand, handed_at=clock.now(), attempts=message.attempts + 1, last_error="",
    )
    db.session.commit()
    return changed


def _settle(message: MailMessage, hand: str, state: str, *, error: str = "") -> None:
    """Commit how an attempt ended, unless a later one has taken the mail over; knowledge replaces *unknown*."""
    sent = {"sent_at": clock.now()} if state == "sent" else {}
    _update(message, (hand,), ("handed", "unknown"), state=state, last_error=error[:1000], **sent)
    db.session.commit()


def _not_sent(message: MailMessage, hand: str, error: Exception) -> None:
    """Commit that the server has not got the mail: it waits for the next attempt, or was refused for good."""
    hands, attempts = (message.hand, hand), message.attempts + 1
    db.session.rollback()
    over = attempts > len(PATIENCE) or (isinstance(error, smtp.Refused) and error.permanent)
    said = f"{type(error).__name__}: {error}"[:1000]
    _update(message, hands, ("queued", "failed", "handed", "unknown"),
            state="failed" if over else "queued", attempts=attempts, last_error=said)
    db.session.commit()


def _update(message: MailMessage, hands: tuple[str, ...], states: tuple[str, ...], **values: Any) -> bool:
    """Change the row as it is now in the database, not as this worker read it, if it is still in one of these hands."""
    rows = update(MailMessage).where(MailMessage.id == message.id, MailMessage.hand.in_(hands))
    rows = rows.where(MailMessage.state.in_(states)).values(**values).returning(MailMessage.id)
    return db.session.scalar(rows.execution_options(synchronize_session=False)) is not None


def _let_the_others_wait() -> None:
    until = clock.now() + UNREACHABLE
    waiting = update(Outbox).where(Outbox.consumer == CONSUMER, Outbox.done_at.is_(None), Outbox.due_at < until)
    db.session.execute(waiting.values(due_at=until).execution_options(synchronize_session=False))
    db.session.commit()


def as_bytes(message: MailMessage, sender: str, base_url: str) -> bytes:
    """Return the mail as it travels; its Message-ID is the same at every attempt, so that servers can drop repeats."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, message.recipient, message.subject
    mail["Date"] = formatdate(message.queued_at.timestamp())
    domain = parseaddr(sender)[1].partition("@")[2] or "localhost"
    mail["Message-ID"] = f"<{hashlib.sha256(message.key.encode()).hexdigest()[:32]}@{domain}>"
    if message.topic:
        mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body, cte="quoted-printable")
    text = mail.as_bytes(policy=policy.SMTP if message.recipient.isascii() else policy.SMTPUTF8)
    if message.unsubscribe:  # written by hand: the library would encode a long address, and nobody could follow it
        link = f"List-Unsubscribe: <{base_url}{message.unsubscribe}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click"
        text = link.encode("ascii") + b"\r\n" + text
    return text


def resend(message: MailMessage) -> None:
    """Let an operator's decision send a mail that failed, or of which nobody knows, once more."""
    message.state, message.attempts, message.last_error, message.hand = "queued", 0, "", ""
    row = db.session.scalar(select(Outbox).where(Outbox.key == f"mail:{message.id}"))
    if row is None:
        enqueue(CONSUMER, {"mail": message.id}, key=f"mail:{message.id}")
    else:
        row.done_at, row.parked_at, row.leased_until, row.attempts, row.due_at = None, None, None, 0, clock.now()
    db.session.flush()


def consumer() -> Consumer:
    """Return the outbox consumer that sends."""
    return Consumer(CONSUMER, lambda _action: False, send_due, patience=PATIENCE)
