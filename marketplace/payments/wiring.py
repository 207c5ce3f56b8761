"""What the exchange gets to know of money: tables, pages, jobs, commands, what follows from the end of a deal."""

from __future__ import annotations

from flask import Flask

from marketplace.core.outbox import register_job
from marketplace.core.permissions import READ_MONEY
from marketplace.core.proposals import register_proposal
from marketplace.core.rail import Place, register_place
from marketplace.core.subjects import Subject, everybody, register_subject
from marketplace.deals.actions.consequences import register_consequence
from marketplace.notifications.consumers import register_notifications
from marketplace.notifications.topics import Topic, register_topic
from marketplace.payments import notifications, views
from marketplace.payments.cli import verify_ledger
from marketplace.payments.fees import actions, proposals
from marketplace.payments.fees.lifecycle import CHARGE as CHARGE_LIFE
from marketplace.payments.fees.models import Charge, FeeRule, WaiverRule
from marketplace.payments.ledger import triggers
from marketplace.payments.ledger.cache import CACHE
from marketplace.values.text import N_

__all__ = ["register", "triggers"]  # importing the triggers is what makes them
TOPIC = Topic("payments", N_("Payments"), N_("Payment requests, receipts, and what waits for accountants."), "cash-stack")
FEE_RULE = Subject(
    FeeRule.subject_kind, FeeRule, N_("Line of the tariff"), lambda row, language: row.name(language), icon="tag",
    path=lambda _row, _reader: "/fees", visible_to=everybody, event_labels={"fee_rule.write": N_("Written")},
)
WAIVER_RULE = Subject(
    WaiverRule.subject_kind, WaiverRule, N_("What is free for whom"), lambda row, language: row.name(language), icon="tags",
    path=lambda _row, _reader: "/fees", visible_to=everybody, event_labels={"waiver_rule.write": N_("Written")},
)
CHARGE = Subject(
    Charge.subject_kind, Charge, N_("Charge"), lambda row, language: row.rule.name(language), lifecycle=CHARGE_LIFE,
    icon="coin", code=lambda row: str(row.of_code),
    path=lambda row, reader: f"/money/charges/{row.id}" if reader.may(READ_MONEY) else "/fees",
    organisations=lambda row: {"owner": row.org_id}, event_labels={"charge.make": N_("Charged")},
)


def register(app: Flask) -> None:
    """Register kinds of things, pages, jobs and commands."""
    register_topic(TOPIC)
    for one in (FEE_RULE, WAIVER_RULE, CHARGE):
        register_subject(one)
    for kind in proposals.KINDS:
        register_proposal(kind)
    register_notifications(notifications.CHARGES)
    register_consequence("complete", actions.charge_commission)
    register_place("money", Place(N_("Charges"), "/money/charges", "coin", 30), READ_MONEY)
    register_place("money", Place(N_("Tariff"), "/money/fees", "tag", 40), READ_MONEY)
    app.register_blueprint(views.bp)
    register_job(CACHE)
    app.cli.add_command(verify_ledger)
