"""What moderation adds to the application: its pages, its panels, what it tells."""

from __future__ import annotations

from flask import Flask

from marketplace.core.access import Actor
from marketplace.core.permissions import MODERATE, READ_DECISIONS
from marketplace.core.rail import Place, register_place
from marketplace.core.subjects import Subject, register_subject
from marketplace.core.work import register_work
from marketplace.moderation import notifications, template_helpers, work_sources
from marketplace.moderation.kind import REVIEWED
from marketplace.moderation.models import ModerationCase
from marketplace.moderation.panels import panel
from marketplace.moderation.views import bp
from marketplace.notifications.consumers import register_notifications
from marketplace.notifications.holds import register_hold
from marketplace.values.text import N_
from marketplace.web.panels import register_panel

CASE = Subject(
    ModerationCase.subject_kind, ModerationCase, N_("Review case"), lambda row, _language: f"{row.kind} {row.subject_id}",
    icon="clipboard-check", path=lambda row, _reader: f"/moderation/{row.kind}/{row.subject_id}",
    organisations=lambda row: {"owner": row.org_id},
)


def _only_reads(actor: Actor) -> bool:
    """Return True for who reads what moderators decide; moderators reach these pages from their own."""
    return actor.may(READ_DECISIONS) and not actor.may(MODERATE)


def register(app: Flask) -> None:
    """Register the blueprint, the panels of the three kinds and what is told of decisions and sanctions."""
    register_place("operation", Place(N_("Moderation"), "/moderation", "list-check", 10), MODERATE)
    register_place("moderation", Place(N_("Decisions"), "/moderation/decided", "clipboard-check", 10), _only_reads)
    register_place("moderation", Place(N_("Figures"), "/moderation/figures", "bar-chart", 20), _only_reads)
    register_subject(CASE)
    register_notifications(notifications.NOTIFICATIONS)
    for held in ("lead", "listing", "need"):
        register_hold(held, notifications.sender_suspended)
    for source in work_sources.sources():
        register_work(source)
    app.register_blueprint(bp)
    app.jinja_env.globals.update(moderation=template_helpers)
    for kind in REVIEWED:
        register_panel(app, f"{kind}.aside", panel(kind))
