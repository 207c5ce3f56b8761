"""An organisation's own leads: the list in tabs, and its export."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.permissions import ACTING
from marketplace.negotiation.actions import messages
from marketplace.negotiation.presenter import Seen
from marketplace.negotiation.queries import lead_lists
from marketplace.negotiation.views.blueprint import bp
from marketplace.negotiation.views.filters import address, requested
from marketplace.values import clock
from marketplace.vocabulary import DECLINE_REASONS, LEAD_ORIGINS, SIDES
from marketplace.web.i18n import language
from marketplace.web.paging import Paging, requested_page
from marketplace.web.spreadsheet import csv_answer

SIZE = 20
MOST_ROWS = 5_000  # of an export


@bp.get("/my/leads")
@access(ACTING)
def mine() -> ResponseReturnValue:
    """List the conversations of the organisation acted for, on both sides."""
    org_id, filters = actor().org_id or 0, requested()
    number, offset = requested_page(SIZE)
    found, total = lead_lists.mine(org_id, filters, offset, SIZE)
    return render_template(
        "negotiation/mine.html",
        rows=[Seen(lead, actor()) for lead in found], filters=filters, counts=lead_lists.counts(org_id), address=address,
        paging=Paging(number, SIZE, total), unread=messages.unread(actor(), [lead.id for lead in found]),
        sides=SIDES.choices(language()),
    )


@bp.get("/my/leads.csv")
@access(ACTING)
def export_mine() -> ResponseReturnValue:
    """Download the list, as filtered."""
    found, _total = lead_lists.mine(actor().org_id or 0, requested(), 0, MOST_ROWS)
    heads = [_("Code"), _("Began by"), _("Technology"), _("Need"), _("Our side"), _("Other side"), *stage_heads()]
    return csv_answer("leads", heads, [_cells(Seen(lead, actor())) for lead in found])


def _cells(seen: Seen) -> list[Any]:
    return [*opening_cells(seen), SIDES.label(seen.side, language()), seen.opposite, *stage_cells(seen)]


def opening_cells(seen: Seen) -> list[Any]:
    """Return code, origin, technology and need of a lead, as both exports begin."""
    titles = {about.kind: f"{about.code} {about.title}" for about in seen.about}
    origin = LEAD_ORIGINS.label(seen.lead.origin, language())
    return [seen.lead.code, origin, titles.get("listing", ""), titles.get("need", "")]


def stage_heads() -> list[str]:
    """Return the heads of `stage_cells`."""
    return [_("State"), _("Turn"), _("Answer by"), _("Reason"), _("Began on"), _("Last activity")]


def stage_cells(seen: Seen) -> list[Any]:
    """Return how a lead stands, as both exports end."""
    lead = seen.lead
    return [
        seen.state, seen.turn, clock.format_date(lead.respond_by) if lead.respond_by else "",
        DECLINE_REASONS.label(lead.decline_code, language()) if lead.decline_code else "",
        clock.format_date(lead.created_at), clock.format_date(lead.last_activity_at),
    ]
