"""The queue: what waits, oldest due first."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.calendar_days import working_calendar
from marketplace.core.permissions import MODERATE
from marketplace.moderation import queries
from marketplace.moderation.forms import queue_filters
from marketplace.moderation.template_helpers import kind_labels
from marketplace.moderation.views.blueprint import bp, tabs
from marketplace.values import clock
from marketplace.web.templating import number


@bp.get("")
@access(MODERATE)
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
        kinds=kind_labels(),
        start=_address(after="") if after else "",
        more=_address(after=more) if more else "",
        looked=_looked() if more and filters.text and len(rows) < queries.PAGE else "",
        address=_address,
        tabs=tabs(actor(), "moderation.queue"),
    )


def _looked() -> str:
    """Return what is said under a page for which only some of what waits was looked at."""
    return _("Only the next %(count)s submissions were looked at. Look further, or choose a kind or a group above.",
             count=number(queries.TEXT_LIMIT))


def _address(**changes: str) -> str:
    """Return this page's address with some parameters changed; a changed filter starts at the first page."""
    kept = {key: request.args.get(key) for key in ("kind", "novelty", "holder", "q")}
    query: dict[str, Any] = {key: value or None for key, value in {**kept, **changes}.items()}
    return url_for("moderation.queue", **query)
