"""What notifications bring to the application. What is told stands in the `notifications` module of every feature."""

from __future__ import annotations

from typing import Any

from flask import Flask

from marketplace.accounts.closing import ERASERS
from marketplace.core.events import Event, register_consumer
from marketplace.core.extensions import csrf
from marketplace.core.outbox import register_job
from marketplace.core.permissions import MODERATE, READ_DELIVERIES
from marketplace.core.rail import Place, register_place
from marketplace.core.subjects import Subject, register_subject
from marketplace.core.work import register_work
from marketplace.notifications import actions, consumers, holds, retention, views
from marketplace.notifications.jobs import JOBS
from marketplace.notifications.lifecycle import HELD as LIFECYCLE
from marketplace.notifications.models import HeldNotification
from marketplace.notifications.occasions import Occasion, Person
from marketplace.notifications.rules import Notifications, letter, rule
from marketplace.notifications.work_sources import HELD_BACK
from marketplace.values.text import N_
from marketplace.web.mark_read import register_seen

HELD = Subject(
    HeldNotification.subject_kind, HeldNotification, N_("Held notification"),
    lambda row, _language: holds.in_words(row), icon="pause-circle", lifecycle=LIFECYCLE,
    path=lambda _row, _reader: "/staff/held-notifications",
)


def _to_the_person(event: Event, row: Any) -> Occasion | None:
    """Return the occasion of what is told to the person of an account about it."""
    facts = {"count": event.data.get("count", 0)}
    return Occasion(row, event, persons={"person": [Person(row)]}, params=facts, extra=facts)


#: What happens to what is told itself, and to the tables below this package.
OWN = Notifications((
    rule("user.sign_in_failures", "security", "person",
         N_("A wrong password or code was given %(count)s times in an hour for your account. Look at your last sign-ins."),
         letter=letter("account/sign_in_failures")),
), {
    **{f"user.{verb}": "the person does it themselves, or gets a letter of the account"
       for verb in ("create", "register", "confirm", "sign_in", "change_profile", "change_password", "reset_password",
                    "two_factor_on", "two_factor_off", "add_passkey", "remove_passkey", "end_session",
                    "sign_out_everywhere")},
    "user.grant_role": "whoever grants a role says so, and the person sees it at the next page",
    "user.end_role": "whoever ends a role says so, and the person sees it at the next page",
    "user.close": "the person gets a letter; the roles that end with it are seen on the page of the staff",
    "user.reopen": "the person gets a letter",
    "user.erase": "there is nobody left to tell",
    "mail.resend": "the operator who sends a mail again sees it in the log of deliveries",
    "calendar_day.set": "deadlines move with it, and whoever has one sees the new date",
    "calendar_day.remove": "deadlines move with it, and whoever has one sees the new date",
}, _to_the_person)


def register(app: Flask) -> None:
    """Register pages, the reader of events, the daily digest, and what a page marks as read."""
    register_place("operation", Place(N_("Held notifications"), "/staff/held-notifications", "pause-circle", 40), MODERATE)
    register_place("administration", Place(N_("Deliveries"), "/staff/deliveries", "envelope", 30), READ_DELIVERIES)
    register_subject(HELD)
    register_work(HELD_BACK)
    consumers.register_notifications(OWN)
    app.register_blueprint(views.bp)
    ERASERS["notifications"] = actions.erase_of
    csrf.exempt("marketplace.notifications.views.unsubscribe.turn_off")  # mail programs post it; its address is the secret
    register_consumer(*consumers.consumers())
    register_job(*JOBS)
    retention.register(app.extensions["settings"])
    register_seen(app, actions.read_about)
