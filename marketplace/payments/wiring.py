"""What the exchange gets to know of money: tables, jobs, commands."""

from __future__ import annotations

from flask import Flask

from marketplace.core.outbox import register_job
from marketplace.notifications.topics import Topic, register_topic
from marketplace.payments.cli import verify_ledger
from marketplace.payments.ledger import triggers
from marketplace.payments.ledger.cache import CACHE
from marketplace.values.text import N_

__all__ = ["register", "triggers"]  # importing the triggers is what makes them

TOPIC = Topic("payments", N_("Payments"), N_("Payment requests, receipts, and what waits for accountants."), "cash-stack")


def register(app: Flask) -> None:
    """Register jobs and commands."""
    register_topic(TOPIC)
    register_job(CACHE)
    app.cli.add_command(verify_ledger)
