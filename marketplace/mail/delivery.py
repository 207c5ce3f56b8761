"""Send queued mail: the outbox consumer, one attempt at a time, each of which knows whether it still owns the message.

SMTP itself cannot promise exactly once: a sender that dies between the text and the server's answer does not know. What
we promise instead (docs/notifications.md): a `repeatable` message (password, confirmation) is then sent again, at least
once; any other is not, at most once, and stands as *unknown* in the log of deliveries until an operator decides.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Sequence
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import update

from marketplace.core.events import Outbox
from marketplace.core.extensions import db
from marketplace.core.leases import own_leases
from marketplace.mail import smtp
from marketplace.mail.models import CONSUMER, MailMessage
from marketplace.values import clock

log = logging.getLogger(__name__)
#: Seconds between attempts; servers that greylist or are down for a day get every mail in the end.
PATIENCE = (10, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 43_200)
CONVERSATION = timedelta(minutes=6)  # longer than the slowest server may take with one mail
UNREACHABLE = timedelta(seconds=20)  # nobody waits again for a server that did not answer a moment ago


def send_due(rows: Sequence[Outbox]) -> None:
    """Send the mails of claimed outbox rows; one whose end is known already is skipped."""
    for row in rows:
        message = db.session.get(MailMessage, row.payload["mail"], populate_existing=True)
        if message is None or message.state in {"sent", "suppressed", "unknown"}:
            continue
        if message.state == "handed" and not message.repeatable:
            _finish(message, message.hand, "unknown", error="the worker ended before the mail server answered")
            continue
        own_leases()
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
        _postpone_others()
        raise
    try:
        sender = parseaddr(settings.mail_from)[1]
        text = as_bytes(message, settings.mail_from, settings.base_url)
        if smtp.hand_over(server, text, sender, message.recipient, partial(_claim, message, hand)):
            _finish(message, hand, "sent")
    except smtp.Unknown as error:
        _finish(message, hand, "handed" if message.repeatable else "unknown", error=str(error))
        if message.repeatable:
            raise  # rather twice than never
    except Exception as error:
        _not_sent(message, hand, error)
        if not (isinstance(error, smtp.Refused) and error.permanent):
            raise
    finally:
        smtp.leave(server)


def _claim(message: MailMessage, hand: str) -> bool:
    """Commit that this attempt hands the mail over; False when another one did so meanwhile (its lease had run out)."""
    open_states = ("queued", "failed", "handed") if message.repeatable else ("queued", "failed")
    changed = _update(
        message, (message.hand,), open_states,
        state="handed", hand=hand, handed_at=clock.now(), attempts=message.attempts + 1, last_error="",
    )
    db.session.commit()
    return changed


def _finish(message: MailMessage, hand: str, state: str, *, error: str = "") -> None:
    """Commit how an attempt ended, unless a later one has taken the mail over; knowledge replaces *unknown*."""
    sent: dict[str, Any] = {"sent_at": clock.now()} if state == "sent" else {}
    if state == "sent" and not message.topic:  # a letter of the account: its link signs in, and is never sent again
        sent["body"] = ""
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


def _postpone_others() -> None:
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
