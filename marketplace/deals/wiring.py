"""What deals bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.core.events import Event
from marketplace.core.outbox import register_job
from marketplace.core.permissions import ACTING, OVERSEE_DEALS
from marketplace.core.rail import Place, register_place
from marketplace.core.subjects import Ref, Subject, register_subject
from marketplace.deals import (
    checked_files,
    conditions,
    event_data,
    file_access,
    lifecycle,
    notifications,
    views,
    visibility,
)
from marketplace.deals.actions.opening import open_deal, preview_deal
from marketplace.deals.jobs import JOBS
from marketplace.deals.models import Deal, Milestone
from marketplace.deals.queries import loading
from marketplace.deals.requirements import demanded
from marketplace.deals.snapshot import title_of
from marketplace.deals.timeline import LABELS
from marketplace.files.access import register_file_access
from marketplace.negotiation.agreement import register_agreement
from marketplace.notifications.consumers import register_notifications
from marketplace.values.text import N_
from marketplace.web.panels import register_panel


def _deal(event: Event) -> Ref | None:
    """Return the deal that a milestone is known by."""
    return Ref(Deal.subject_kind, event.data["deal_id"]) if event.data.get("deal_id") else None


def _sides(deal: Deal) -> dict[str, int]:
    return {"supplier": deal.supplier_org_id, "buyer": deal.buyer_org_id}


DEAL = Subject(
    Deal.subject_kind, Deal, N_("Deal"), lambda row, language: title_of(row.frozen, language) or str(row.title),
    lifecycle=lifecycle.DEAL, icon="briefcase", code=lambda row: str(row.code),
    path=lambda row, _reader: loading.path_of(row), visible_to=visibility.visible_to, organisations=_sides,
    event_labels=LABELS, facts=event_data.facts_of, page_shows_news=True, demands=demanded,
)
MILESTONE = Subject(
    Milestone.subject_kind, Milestone, N_("Milestone"), lambda row, _language: str(row.title),
    lifecycle=lifecycle.MILESTONE, icon="calendar-check", path=lambda row, _reader: loading.path_of(row.deal), parent=_deal,
    organisations=lambda row: _sides(row.deal), event_labels=LABELS, listed_as=DEAL.label,
    page_shows_news=True,
)


def register(app: Flask) -> None:
    """Register the kinds of things, pages and panels, what happens at an agreement, who reads files, and recurring work."""
    register_place("own", Place(N_("Our deals"), "/my/deals", "briefcase", 40), ACTING)
    register_place("trade", Place(N_("Deals"), "/staff/deals", "briefcase", 20), OVERSEE_DEALS)
    register_notifications(notifications.NOTIFICATIONS)
    app.register_blueprint(views.bp)
    register_agreement(open_deal, preview_deal)
    register_panel(app, "deal.aside", views.staff.panel)
    register_panel(app, "lead.top", views.panels.of_lead)
    register_panel(app, "organisation.below", views.panels.of_organisation)
    for subject in (DEAL, MILESTONE):
        register_subject(subject)
        register_file_access(subject.kind, file_access.may_read, file_access.log_read, thing_of=file_access.deal_of)
    conditions.register()
    checked_files.register()
    register_job(*JOBS)
