"""What the pages bring to the application."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from marketplace.core.access import Actor, opens
from marketplace.core.permissions import (
    DEVELOPMENT,
    EDIT_TEXTS,
    HANDLE_WORK,
    READ_DEAL_FIGURES,
    RUN_SYSTEM,
    SIGNED_IN,
    STAFF,
    Permission,
)
from marketplace.core.proposals import KINDS
from marketplace.core.rail import Place, register_place
from marketplace.core.subjects import Subject, everybody, register_subject
from marketplace.core.work import register_work
from marketplace.notifications.consumers import register_notifications
from marketplace.notifications.rules import Notifications
from marketplace.notifications.topics import Topic, register_topic
from marketplace.pages import (
    background_page,
    event_labels,
    navigation,
    notifications,
    permissions_page,
    proposals_page,
    retention_page,
    sitemap,
    styleguide,
    topic_figures,
    views,
    work_page,
)
from marketplace.pages.demo import panel
from marketplace.pages.models import EditableText
from marketplace.values.text import N_

TEXT = Subject(
    EditableText.subject_kind, EditableText, N_("Text"), lambda row, _language: str(row.title), icon="file-earmark-text",
    path=lambda row, _reader: f"/{row.key}", visible_to=everybody, event_labels={"text.write": N_("Text changed")},
)
NOTIFICATIONS = Notifications((), {"text.write": "the operators write the texts of the site, and readers see the new one"})
PROPOSALS = Topic("proposals", N_("Proposals"), N_("What waits for a second person, and what became of what you proposed."),
                  "people")


def _develops(actor: Actor) -> bool:
    """Return True for staff where the exchange does not run in production."""
    return opens(DEVELOPMENT, actor) and actor.may(STAFF)


def _decides(actor: Actor) -> bool:
    """Return True for staff who propose and approve what takes two people."""
    return any(actor.may(kind.permission) for kind in KINDS.values())


PLACES: tuple[tuple[str, Place, Permission | Callable[[Actor], bool]], ...] = (
    ("start", Place(N_("Today"), "/dashboard", "house", 10), SIGNED_IN),
    ("operation", Place(N_("Waiting work"), "/staff/work", "inbox", 5), HANDLE_WORK),
    ("operation", Place(N_("Figures by topic"), "/staff/topics", "bar-chart", 25), READ_DEAL_FIGURES),
    ("operation", Place(N_("Texts"), "/staff/texts", "file-earmark-text", 30), EDIT_TEXTS),
    ("administration", Place(N_("Background work"), "/staff/background", "gear", 20), RUN_SYSTEM),
    ("administration", Place(N_("Retention"), "/staff/retention", "hourglass-split", 25), RUN_SYSTEM),
    ("administration", Place(N_("Proposals"), "/staff/proposals", "people", 35), _decides),
    ("administration", Place(N_("Who may do what"), "/staff/permissions", "key", 40), STAFF),
    ("development", Place(N_("Mailbox"), "/mailbox", "envelope", 10), _develops),
    ("development", Place(N_("Components"), "/styleguide", "palette", 20), _develops),
)


def register(app: Flask) -> None:
    """Register home, dashboards and texts, and fill the frame of every page."""
    register_subject(TEXT)
    for group, place, visible in PLACES:
        register_place(group, place, visible)
    register_notifications(NOTIFICATIONS)
    register_topic(PROPOSALS)
    register_notifications(notifications.PROPOSALS)
    app.register_blueprint(proposals_page.bp)
    app.register_blueprint(views.bp)
    app.register_blueprint(sitemap.bp)
    app.register_blueprint(work_page.bp)
    app.register_blueprint(topic_figures.bp)
    app.register_blueprint(background_page.bp)
    register_work(background_page.WORK)
    app.register_blueprint(retention_page.bp)
    app.register_blueprint(permissions_page.bp)
    app.register_blueprint(styleguide.bp)
    app.extensions["shell_provider"] = navigation.fill
    event_labels.register(app)
    panel.register(app)
