"""The queue, and taking, giving back and taking over cases."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace import clock
from marketplace.access import MODERATOR, access, actor
from marketplace.calendar_days import working_calendar
from marketplace.moderation import actions, queries
from marketplace.moderation.forms import queue_filters
from marketplace.moderation.subjects import KIND_LABELS, load
from marketplace.moderation.views.blueprint import bp, tabs
from marketplace.web.forms import ExchangeForm


@bp.get("")
@access(MODERATOR)
def queue() -> ResponseReturnValue:
    """Show what waits, oldest due first."""
    filters = queue_filters()
    after = request.args.get("after", "")
    rows, more = queries.page(filters, actor(), after)
    calendar = working_calendar()
    return render_template(
        "moderation/queue.html",
        rows=rows,
        dues={row.key: clock.due_text(row.due_at, calendar=calendar) for row in rows},
        counts=queries.counts(actor()),
        filters=filters,
        kinds=KIND_LABELS,
        start=_address(after="") if after else "",
        more=_address(after=more) if more else "",
        address=_address,
        tabs=tabs(actor(), "moderation.queue"),
    )


def _address(**changes: str) -> str:
    """Return this page's address with some parameters changed; a changed filter starts at the first page."""
    kept = {key: value for key, value in request.args.items() if key in {"kind", "novelty", "holder", "q"}}
    query = urlencode({key: value for key, value in {**kept, **changes}.items() if value})
    return url_for("moderation.queue") + (f"?{query}" if query else "")


@bp.post("/<kind>/<int:subject_id>/claim")
@access(MODERATOR)
def claim(kind: str, subject_id: int) -> ResponseReturnValue:
    """Take a case and open it."""
    ExchangeForm().check_acting()
    actions.claim(load(kind, subject_id), actor())
    return redirect(url_for("moderation.case", kind=kind, subject_id=subject_id))


@bp.post("/<kind>/<int:subject_id>/release")
@access(MODERATOR)
def release(kind: str, subject_id: int) -> ResponseReturnValue:
    """Give a case back to the queue."""
    ExchangeForm().check_acting()
    subject = load(kind, subject_id)
    actions.release(subject, actor())
    flash(_("You gave “%(title)s” back to the queue.", title=subject.title), "success")
    return redirect(url_for("moderation.queue"))
