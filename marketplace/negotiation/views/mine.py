"""An organisation's own leads: the list in tabs, and its export."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.core.access import access, actor
from marketplace.core.permissions import ACTING
from marketplace.negotiation.actions import messages
from marketplace.negotiation.export import OWN_COLUMNS
from marketplace.negotiation.presenter import Seen
from marketplace.negotiation.queries import lead_lists
from marketplace.negotiation.views.blueprint import bp
from marketplace.negotiation.views.filters import address, requested
from marketplace.values.text import N_
from marketplace.vocabulary import SIDES
from marketplace.web.i18n import language
from marketplace.web.paging import Paging, requested_page
from marketplace.web.spreadsheet import csv_answer
from marketplace.web.tabs import tabs

SIZE = 20
TABS = {
    "": N_("All"), "us": N_("Waiting for you"), "them": N_("Waiting for them"), "talking": N_("Talking"),
    "closed": N_("Closed"),
}
MOST_ROWS = 5_000  # of an export


@bp.get("/my/leads")
@access(ACTING)
def mine() -> ResponseReturnValue:
    """List the conversations of the organisation acted for, on both sides."""
    org_id, filters = actor().org_id or 0, requested()
    number, offset = requested_page(SIZE)
    found, total = lead_lists.mine(org_id, filters, offset, SIZE)
    counts = lead_lists.counts(org_id)
    return render_template(
        "negotiation/mine.html",
        rows=[Seen(lead, actor()) for lead in found], filters=filters, counts=counts, address=address,
        paging=Paging(number, SIZE, total), unread=messages.unread(actor(), [lead.id for lead in found]),
        sides=SIDES.choices(language()),
        tabs=tabs(TABS, filters.tab, lambda code: address(url_for("negotiation.mine"), tab=code), counts),
    )


@bp.get("/my/leads.csv")
@access(ACTING)
def export_mine() -> ResponseReturnValue:
    """Download the list, as filtered."""
    found, _total = lead_lists.mine(actor().org_id or 0, requested(), 0, MOST_ROWS)
    return csv_answer("leads", OWN_COLUMNS, [Seen(lead, actor()) for lead in found])


