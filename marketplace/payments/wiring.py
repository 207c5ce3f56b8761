"""What the exchange gets to know of money: tables, jobs, commands."""

from __future__ import annotations

from flask import Flask

from marketplace.core.outbox import register_job
from marketplace.payments.cli import verify_ledger
from marketplace.payments.ledger import triggers
from marketplace.payments.ledger.cache import CACHE

__all__ = ["register", "triggers"]  # importing the triggers is what makes them


def register(app: Flask) -> None:
    """Register jobs and commands."""
    register_job(CACHE)
    app.cli.add_command(verify_ledger)
