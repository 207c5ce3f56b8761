"""What listings bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.authoring.file_access import register_version_files
from marketplace.authoring.kinds import subject_of_kind
from marketplace.core.outbox import register_job
from marketplace.core.permissions import ACTING
from marketplace.core.rail import Place, register_place
from marketplace.core.subjects import Review, register_subject
from marketplace.listings import event_data, jobs, notifications, queries, search_document, views
from marketplace.listings.kind import KIND
from marketplace.notifications.consumers import register_notifications
from marketplace.values.text import N_
from marketplace.vocabulary import LISTING_CHECKS, LISTING_REASONS

LISTING = subject_of_kind(
    KIND, N_("Technology"), "cpu", path=queries.path_of, own_path=queries.own_path_of, visible_to=queries.visible_to,
    searched=search_document.SEARCHED, facts=event_data.facts_of, review=Review(LISTING_CHECKS, LISTING_REASONS),
)


def register(app: Flask) -> None:
    """Register the kind of thing, pages, the rule of files, and recurring work."""
    register_place("own", Place(N_("Our technologies"), "/my/listings", "box-seam", 10), ACTING)
    register_notifications(notifications.NOTIFICATIONS)
    register_subject(LISTING)
    app.register_blueprint(views.bp)
    register_version_files(KIND, queries.readable_by)
    register_job(*jobs.JOBS)
