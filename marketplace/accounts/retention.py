"""How long accounts keep what only signing in needs: sessions, sign-ins, answers of passkeys, forms that were not sent."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.accounts.models import SignInAttempt, UsedAnswer, UserSession
from marketplace.accounts.unsent_forms import UnsentForm
from marketplace.core.config import Settings
from marketplace.core.retention import deletion, register_retention
from marketplace.values.text import N_


def register(settings: Settings) -> None:
    """Register the rules."""
    register_retention(
        "session", lambda before: select(UserSession.id).where(UserSession.ends_at < before).order_by(UserSession.ends_at),
        settings.keep_session_days, deletion(UserSession),
        N_("A session that has ended signs nobody in; the history of the account keeps that somebody signed in."),
        label=N_("Sessions that have ended"),
    )
    rows = select(SignInAttempt.id).order_by(SignInAttempt.at)
    register_retention(
        "sign_in", lambda before: rows.where(SignInAttempt.at < before), settings.keep_sign_in_days,
        deletion(SignInAttempt),
        N_("People see on their account when and from where somebody signed in or tried to; older lines help nobody."),
        label=N_("Sign-ins and failed ones"),
    )
    used = select(UsedAnswer.digest).order_by(UsedAnswer.used_at)
    register_retention(
        "used_answer", lambda before: used.where(UsedAnswer.used_at < before),
        settings.keep_used_answer_days, deletion(UsedAnswer),
        N_("A challenge of a passkey counts for ten minutes; its digest has done its work when they are over."),
        label=N_("Answers of passkeys that were used"),
    )
    ended = select(UnsentForm.name).order_by(UnsentForm.ends_at)
    register_retention(
        "unsent_form", lambda before: ended.where(UnsentForm.ends_at < before),
        settings.keep_unsent_form_days, deletion(UnsentForm),
        N_("What was sent without being signed in waits an hour for its sender; after that nobody can read it."),
        label=N_("Forms that were not sent"),
    )
