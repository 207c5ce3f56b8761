"""What negotiation brings to the application."""

from __future__ import annotations

from typing import Any

from flask import Flask

from marketplace.answers.models import Answer
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor
from marketplace.core.events import Event
from marketplace.core.outbox import register_job
from marketplace.core.permissions import ACTING, FOLLOW_DEALS, OVERSEE_DEALS
from marketplace.core.rail import Place, register_place
from marketplace.core.subjects import Ref, Subject, register_subject
from marketplace.core.work import register_work
from marketplace.files.access import register_file_access
from marketplace.listings.models import Listing
from marketplace.negotiation import (
    answer_leads,
    event_data,
    file_access,
    jobs,
    lifecycle,
    notifications,
    views,
    visibility,
    work_sources,
)
from marketplace.negotiation.models import Complaint, Lead, Terms
from marketplace.negotiation.queries import leads
from marketplace.negotiation.timeline import LABELS
from marketplace.notifications.consumers import register_notifications
from marketplace.values.text import N_
from marketplace.web.panels import register_panel


def _lead(event: Event) -> Ref | None:
    """Return the lead that a version of terms or a complaint is known by."""
    return Ref(Lead.subject_kind, event.data["lead_id"]) if event.data.get("lead_id") else None


def _sides(lead: Lead) -> dict[str, int]:
    return {"supplier": lead.supplier_org_id, "buyer": lead.buyer_org_id}


def _terms_path(terms: Any, _reader: Actor) -> str:
    return f"{leads.path_of(terms.lead)}/terms/{terms.number}"


LEAD = Subject(
    Lead.subject_kind, Lead, N_("Lead"), leads.title_of, lifecycle=lifecycle.LEAD, icon="chat-left-text",
    code=lambda row: str(row.code), path=lambda row, _reader: leads.path_of(row), visible_to=visibility.visible_to,
    organisations=_sides, event_labels=LABELS, facts=event_data.facts_of,
    parties=leads.names_of_parties, page_shows_news=True,
)
TERMS = Subject(
    Terms.subject_kind, Terms, N_("Terms"), lambda row, language: leads.title_of(row.lead, language),
    lifecycle=lifecycle.TERMS, icon="journal-check", path=_terms_path, parent=_lead,
    organisations=lambda row: _sides(row.lead), event_labels={"terms.propose": N_("Terms proposed")}, page_shows_news=True,
)
COMPLAINT = Subject(
    Complaint.subject_kind, Complaint, N_("Complaint"), lambda row, language: leads.title_of(row.lead, language),
    lifecycle=lifecycle.COMPLAINT, icon="flag", code=lambda row: str(row.code),
    path=lambda row, _reader: f"/complaints/{row.code}", parent=_lead,
    organisations=lambda row: _sides(row.lead), event_labels=LABELS,
)


def register(app: Flask) -> None:
    """Register the kinds of things, pages, what other pages show of leads, the rule of files, and recurring work."""
    register_place("own", Place(N_("Our conversations"), "/my/leads", "chat-left-text", 30), ACTING)
    register_place("trade", Place(N_("Leads"), "/staff/leads", "people", 10), OVERSEE_DEALS)
    register_place("trade", Place(N_("Pairs to introduce"), "/staff/pairs", "people", 35), FOLLOW_DEALS)
    register_place("trade", Place(N_("Complaints"), "/staff/complaints", "flag", 30), FOLLOW_DEALS)
    for source in work_sources.SOURCES:
        register_work(source)
    for subject in (LEAD, TERMS, COMPLAINT):
        register_subject(subject)
    register_notifications(notifications.NOTIFICATIONS)
    app.register_blueprint(views.bp)
    register_file_access(file_access.SUBJECT, file_access.may_read, file_access.log_read, file_access.shown_name,
                         file_access.thing_of, file_access.hides)
    for kind in (Listing.subject_kind, BuyerRequest.subject_kind):
        register_panel(app, f"{kind}.aside", views.panels.panel)
        register_panel(app, f"{kind}.actions", views.panels.button)
    register_panel(app, f"{Answer.subject_kind}.aside", views.panels.answer_aside)
    register_panel(app, "lead.top", views.panels.lead_top)
    answer_leads.register()
    register_panel(app, "dashboard.work", views.panels.dashboard_panel)
    register_job(*jobs.JOBS)
