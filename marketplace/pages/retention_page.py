"""The administrators' page of retention: what is kept how long and why, what is due, and what the last run removed."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from marketplace.core.access import access
from marketplace.core.permissions import RUN_SYSTEM
from marketplace.core.retention import RETENTIONS, last_runs

bp = Blueprint("retention", __name__)


@bp.get("/staff/retention")
@access(RUN_SYSTEM)
def show() -> ResponseReturnValue:
    """Show every rule with the rows that are due and its last run."""
    rules = list(RETENTIONS.values())
    return render_template(
        "pages/retention.html", rules=rules, due={rule.kind: rule.due() for rule in rules}, runs=last_runs(),
    )
