"""What needs bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.authoring.file_access import register_version_files
from marketplace.authoring.kinds import subject_of_kind
from marketplace.buyer_requests import (
    event_data,
    file_access,
    jobs,
    notifications,
    queries,
    search_document,
    views,
)
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.on_publish import path_of
from marketplace.core.outbox import register_job
from marketplace.core.permissions import ACTING
from marketplace.core.rail import Place, register_place
from marketplace.core.subjects import Review, register_subject
from marketplace.notifications.consumers import register_notifications
from marketplace.values.text import N_
from marketplace.vocabulary import NEED_CHECKS, NEED_REASONS

NEED = subject_of_kind(
    KIND, N_("Need"), "bullseye", path=path_of, own_path=queries.own_path_of, visible_to=queries.visible_to,
    searched=search_document.SEARCHED, facts=event_data.facts_of, review=Review(NEED_CHECKS, NEED_REASONS),
)


def register(app: Flask) -> None:
    """Register the kind of thing, pages, the rule of files, and recurring work."""
    register_place("own", Place(N_("Our needs"), "/my/needs", "bullseye", 20), ACTING)
    register_notifications(notifications.NOTIFICATIONS)
    register_subject(NEED)
    app.register_blueprint(views.bp)
    register_version_files(KIND, queries.readable_by, file_access.shown_name, file_access.hides)
    register_job(*jobs.JOBS)
