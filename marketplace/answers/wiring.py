"""What answers bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.answers import event_data, file_access, lifecycle, notifications, queries, views, visibility
from marketplace.answers.models import Answer
from marketplace.answers.timeline import LABELS
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.permissions import ACTING
from marketplace.core.rail import Place, register_place
from marketplace.core.subjects import Subject, register_subject
from marketplace.files.access import register_file_access
from marketplace.notifications.consumers import register_notifications
from marketplace.values.text import N_
from marketplace.web.panels import register_panel

ANSWER = Subject(
    Answer.subject_kind, Answer, N_("Answer"), queries.title_of, lifecycle=lifecycle.ANSWER, icon="reply",
    code=lambda row: str(row.code), path=lambda row, _reader: queries.path_of(row), visible_to=visibility.visible_to,
    organisations=lambda row: {"supplier": row.org_id, "buyer": row.need.org_id}, event_labels=LABELS,
    facts=event_data.facts_of, parties=queries.names_of_parties, page_shows_news=True,
)


def register(app: Flask) -> None:
    """Register the kind of thing, pages, what other pages show of answers, and the rule of files."""
    register_place("own", Place(N_("Our answers"), "/my/answers", "reply", 25), ACTING)
    register_subject(ANSWER)
    register_notifications(notifications.NOTIFICATIONS)
    app.register_blueprint(views.bp)
    for kind in file_access.KINDS:
        register_file_access(kind, file_access.may_read, thing_of=file_access.thing_of)
    register_panel(app, f"{BuyerRequest.subject_kind}.aside", views.panels.need_aside)
    register_panel(app, f"{BuyerRequest.subject_kind}.actions", views.panels.need_button)
