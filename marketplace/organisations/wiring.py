"""What organisations plug into: the actor of every request, the account page, the files."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import load_only

from marketplace.accounts.closing import ERASERS, HINDRANCES
from marketplace.core.permissions import ACTING
from marketplace.core.rail import Place, register_place
from marketplace.core.subjects import Facts, Review, Subject, register_subject
from marketplace.files.access import register_file_access
from marketplace.notifications.consumers import register_notifications
from marketplace.notifications.recipients import Directory, register_directory
from marketplace.organisations import actors, notifications, queries, views
from marketplace.organisations.actions import accounts
from marketplace.organisations.event_labels import EVENTS
from marketplace.organisations.file_access import may_read
from marketplace.organisations.lifecycle import ORGANISATION as LIFECYCLE
from marketplace.organisations.lifecycle import badge
from marketplace.organisations.models import Organisation
from marketplace.organisations.search_document import SEARCHED
from marketplace.organisations.visibility import visible_to
from marketplace.values.text import N_
from marketplace.vocabulary import ORGANISATION_CHECKS, ORGANISATION_REASONS
from marketplace.web.panels import register_panel

ORGANISATION = Subject(
    Organisation.subject_kind, Organisation, N_("Organisation"), lambda row, language: str(row.name_in(language)),
    lifecycle=LIFECYCLE, icon="building",
    path=lambda row, _reader: f"/organisations/{row.slug}", own_path=lambda _row: "/my/organisation",
    visible_to=visible_to, organisations=lambda row: {"owner": row.id}, event_labels=EVENTS,
    searched=SEARCHED, review=Review(ORGANISATION_CHECKS, ORGANISATION_REASONS),
    facts=lambda row: Facts(row.id, row.kind, row.ward_code, next(iter(row.field_codes), "")),
    brief=lambda: (load_only(Organisation.name, Organisation.name_en, Organisation.slug, Organisation.state),),
)


def register(app: Flask) -> None:
    """Register the feature."""
    register_place("own", Place(N_("Organisation"), "/my/organisation", "building", 90), ACTING)
    begin = Place(N_("Organisations"), "/my/organisations", "building", 99)
    register_place("own", begin, lambda actor: actor.org_id is None)
    HINDRANCES["organisations"] = accounts.without_them
    ERASERS["organisations"] = accounts.erase_of
    app.extensions["actor_provider"] = actors.present
    register_directory(Directory(queries.people_with, queries.belongs_to, actors.actor_of))
    register_notifications(notifications.NOTIFICATIONS)
    register_subject(ORGANISATION)
    app.register_blueprint(views.bp)
    app.jinja_env.globals["verification_badge"] = badge
    register_panel(app, "account.below", views.switch.account_panel)
    register_file_access(Organisation.subject_kind, may_read)
