"""Verbs: queue a mail, render one from a template, send one again. Nothing here commits."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template
from sqlalchemy import select

from marketplace.core.errors import IllegalMove
from marketplace.core.events import Outbox
from marketplace.core.extensions import db
from marketplace.core.leases import give_back
from marketplace.core.outbox import enqueue
from marketplace.mail.models import CONSUMER, MailMessage
from marketplace.values import clock
from marketplace.values.text import N_, clean_line
from marketplace.web.i18n import in_language


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


def resend(message: MailMessage) -> None:
    """Let an operator's decision send a mail that failed, or of which nobody knows, once more.

    Raises IllegalMove when its text has been erased meanwhile (`mail.retention`).
    """
    if not message.body:
        raise IllegalMove(message.state, N_("The text of this e-mail has been erased, so it cannot be sent again."))
    message.state, message.attempts, message.last_error, message.hand = "queued", 0, "", ""
    row = db.session.scalar(select(Outbox).where(Outbox.key == f"mail:{message.id}"))
    if row is None:
        enqueue(CONSUMER, {"mail": message.id}, key=f"mail:{message.id}")
    else:
        give_back(row)
        row.done_at, row.parked_at = None, None
        row.attempts, row.due_at = 0, clock.now()
    db.session.flush()
