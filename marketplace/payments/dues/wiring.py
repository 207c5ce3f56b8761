"""What dues bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.core.events import Event, register_consumer
from marketplace.core.outbox import register_job
from marketplace.core.subjects import Ref, Subject, register_subject
from marketplace.deals.actions.consequences import register_consequence
from marketplace.deals.models import Deal
from marketplace.deals.queries.loading import path_of
from marketplace.deals.record import register_record_section
from marketplace.files.access import register_file_access
from marketplace.notifications.consumers import register_notifications
from marketplace.payments import views
from marketplace.payments.banks.bank_table import bank_name
from marketplace.payments.dues import checks, file_access, making, record_section
from marketplace.payments.dues.consumers import CONSUMER
from marketplace.payments.dues.jobs import JOBS
from marketplace.payments.dues.lifecycle import DUE as DUE_LIFE
from marketplace.payments.dues.models import Due, PayeeAccount
from marketplace.payments.dues.notifications import ACCOUNTS, NOTIFICATIONS
from marketplace.payments.dues.sources import MILESTONES, register_due_source
from marketplace.payments.ledger.checks import register_check
from marketplace.values.text import N_
from marketplace.web.panels import register_panel


def _deal(event: Event) -> Ref | None:
    """Return the deal that a payment is known by."""
    return Ref(Deal.subject_kind, event.data["deal_id"]) if event.data.get("deal_id") else None


DUE = Subject(
    Due.subject_kind, Due, N_("Payment between the sides"), lambda row, _language: str(row.title), lifecycle=DUE_LIFE,
    icon="cash-stack", path=lambda row, _reader: f"{path_of(row.deal)}/dues/{row.id}", parent=_deal,
    organisations=lambda row: {"supplier": row.deal.supplier_org_id, "buyer": row.deal.buyer_org_id}, page_shows_news=True,
    event_labels={
        "due.make": N_("Payment planned"), "due.change": N_("Payment changed with the schedule"),
        "due.ask_waiver": N_("Asked to waive a payment"), "due.refuse_waiver": N_("Refused to waive a payment"),
        "due.withdraw_waiver": N_("Took back the request to waive a payment"), "due.remind": N_("Reminder of a payment"),
        "due.overdue": N_("Payment overdue"), "due.file_read": N_("An officer read a file"),
    },
)


PAYEE_ACCOUNT = Subject(
    PayeeAccount.subject_kind, PayeeAccount, N_("Bank account of an organisation"),
    lambda row, _language: f"{bank_name(row.bin)} {row.masked}", icon="bank",
    path=lambda _row, _reader: "/my/organisation/bank-account", organisations=lambda row: {"owner": row.org_id},
    page_shows_news=True,
    event_labels={"payee_account.enter": N_("Account entered"), "payee_account.change": N_("Account changed"),
                  "payee_account.remove": N_("Account taken off")},
)


def register(app: Flask) -> None:
    """Register the kind of thing, its sources, what follows from moves of a deal, jobs, files and checks."""
    register_subject(DUE)
    register_subject(PAYEE_ACCOUNT)
    register_due_source(MILESTONES)
    register_consequence("conclude", making.make_dues)
    register_consequence("terminate", making.drop_planned)
    register_record_section("payments", record_section.section, before="course", certified=True)
    register_notifications(NOTIFICATIONS)
    register_notifications(ACCOUNTS)
    register_file_access(DUE.kind, file_access.may_read, file_access.log_read, thing_of=file_access.deal_of)
    register_check("dues", checks.sums)
    register_panel(app, "deal.money", views.dues.panel)
    register_panel(app, "organisation.own", views.payee_account.button)
    register_consumer(CONSUMER)
    register_job(*JOBS)
