"""What accounts plug into: sign-in, pages, the command line."""

from __future__ import annotations

from flask import Flask

from marketplace.accounts import retention, security, sign_ins, unsent_forms, views
from marketplace.accounts.cli import close_account, create_operator, reset_two_step
from marketplace.accounts.closing import ERASERS
from marketplace.accounts.consumers import CONSUMERS
from marketplace.accounts.event_labels import USER_EVENTS
from marketplace.accounts.models import User
from marketplace.accounts.proposals import STAFF_ROLE
from marketplace.core.config import Settings
from marketplace.core.events import register_consumer
from marketplace.core.permissions import MANAGE_STAFF
from marketplace.core.proposals import register_proposal
from marketplace.core.rail import Place, register_place
from marketplace.core.subjects import Subject, register_subject
from marketplace.values.text import N_

PERSON = Subject(
    User.subject_kind, User, N_("Account"), lambda row, _language: str(row.name or row.email), icon="person",
    own_path=lambda _row: "/account", event_labels=USER_EVENTS,
)


def register(app: Flask, settings: Settings) -> None:
    """Register the feature."""
    register_place("administration", Place(N_("Staff"), "/staff", "people", 10), MANAGE_STAFF)
    register_subject(PERSON)
    register_proposal(STAFF_ROLE)
    register_consumer(*CONSUMERS)
    security.register(app, settings)
    unsent_forms.register(app)
    sign_ins.register(app)
    retention.register(settings)
    app.view_functions["security.confirm_email"] = views.confirm.confirm
    register_place("administration", Place(N_("Accounts"), "/staff/accounts", "person", 12), MANAGE_STAFF)
    ERASERS["unsent forms"] = unsent_forms.erase_of
    ERASERS["sign-ins"] = sign_ins.erase_of
    app.register_blueprint(views.bp)
    for command in (create_operator, reset_two_step, close_account):
        app.cli.add_command(command)
