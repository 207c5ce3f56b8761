"""What the exchange gets to know of seals: the address, the job, the commands."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from marketplace.core.event_moment import register_floor
from marketplace.core.events import register_consumer
from marketplace.core.outbox import register_job
from marketplace.history.cli import erase_names, make_seal_key, seal_history, verify_history
from marketplace.history.consumers import CONSUMERS
from marketplace.history.jobs import SEAL
from marketplace.history.models import Seal
from marketplace.history.views import bp


def register(app: Flask) -> None:
    """Register blueprint, job and commands."""
    app.register_blueprint(bp)
    register_job(SEAL)
    register_floor(select(func.max(Seal.before)).scalar_subquery())
    register_consumer(*CONSUMERS)
    for command in (verify_history, seal_history, make_seal_key, erase_names):
        app.cli.add_command(command)
