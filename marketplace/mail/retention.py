"""How long mail is kept: its text, which names people and things, for a shorter time than the fact that it was sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, text, update

from marketplace.core.config import Settings
from marketplace.core.extensions import db
from marketplace.core.retention import Action, deletion, register_retention
from marketplace.mail.lifecycle import UNDER_WAY
from marketplace.mail.models import HAS_TEXT, MailMessage
from marketplace.values.text import N_


def _erase(rows: Sequence[Any]) -> None:
    ids = [row.id for row in rows]
    blank = update(MailMessage).where(MailMessage.id.in_(ids)).values(body="", unsubscribe="")
    db.session.execute(blank.execution_options(synchronize_session=False))


def register(settings: Settings) -> None:
    """Register the rules."""
    # Asked by the states that have ended, SQLite would look by the state and read nearly the whole table.
    ended = select(MailMessage.id).where(MailMessage.state.not_in(UNDER_WAY)).order_by(MailMessage.queued_at)
    register_retention(
        "mail.text", lambda before: ended.where(MailMessage.queued_at < before, text(HAS_TEXT)),
        settings.keep_mail_text_days, Action(N_("text erased"), _erase),
        N_("The text holds personal data and is needed only to send it again; what happened stands in the inbox."),
        label=N_("Texts of e-mails"),
    )
    register_retention(
        "mail.secret", lambda before: ended.where(
            MailMessage.queued_at < before, text(HAS_TEXT), MailMessage.topic == "", MailMessage.state != "suppressed"
        ),
        settings.keep_secret_letter_days, Action(N_("text erased"), _erase),
        N_("Letters of an account hold links that sign in or join; those links serve for a few days only."),
        label=N_("Letters with secret links"),
    )
    register_retention(
        "mail", lambda before: ended.where(MailMessage.queued_at < before),
        settings.keep_mail_days, deletion(MailMessage),
        N_("That an e-mail was sent, to whom and with which result, is kept for complaints about deliveries."),
        label=N_("Log of deliveries"),
    )
