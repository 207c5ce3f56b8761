"""What matching brings to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.core.events import register_consumer
from marketplace.core.outbox import register_job
from marketplace.core.permissions import OVERSEE_DEALS
from marketplace.core.rail import Place, register_place
from marketplace.core.reader_language import title_in
from marketplace.core.subjects import Subject, register_subject
from marketplace.matching import notifications, views
from marketplace.matching.cli import match_eval, rematch_all
from marketplace.matching.consumers import CONSUMERS
from marketplace.matching.jobs import JOBS
from marketplace.matching.models import Match, MatchWeights
from marketplace.matching.views import panels
from marketplace.notifications.consumers import register_notifications
from marketplace.values.text import N_
from marketplace.web.panels import register_panel


def _pair(match: Match, language: str) -> str:
    """Return what a match is called: the titles of its need and of its technology."""
    versions = match.buyer_request.published_revision, match.listing.published_revision
    return " – ".join(title_in(version, language) for version in versions if version is not None)


MATCH = Subject(
    Match.subject_kind, Match, N_("Match"), _pair, icon="arrow-left-right",
    organisations=lambda row: {"buyer": row.buyer_request.org_id, "supplier": row.listing.org_id},
)
WEIGHTS = Subject(
    MatchWeights.subject_kind, MatchWeights, N_("Weights of matching"), lambda row, _language: str(row.note),
    icon="sliders",
)


def register(app: Flask) -> None:
    """Register the marks, the consumer and the panels on the pages of both sides."""
    register_place("trade", Place(N_("Matching"), "/staff/matching", "arrow-left-right", 40), OVERSEE_DEALS)
    register_notifications(notifications.NOTIFICATIONS)
    register_subject(MATCH)
    register_subject(WEIGHTS)
    app.register_blueprint(views.bp)
    register_consumer(*CONSUMERS)
    register_job(*JOBS)
    for command in (match_eval, rematch_all):
        app.cli.add_command(command)
    register_panel(app, "need.below", panels.need_panel)
    register_panel(app, "listing.below", panels.listing_panel)
    register_panel(app, "dashboard.below", panels.dashboard_panel)
    register_panel(app, "authoring.review", panels.alike_panel)
