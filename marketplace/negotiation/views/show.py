"""The page of a lead."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.core.access import access, actor
from marketplace.core.permissions import SIGNED_IN
from marketplace.negotiation.forms.leads import MoveForm
from marketplace.negotiation.forms.thread import MessageForm
from marketplace.negotiation.models import Lead
from marketplace.negotiation.queries import leads
from marketplace.negotiation.views.blueprint import bp
from marketplace.negotiation.views.context import thread_of
from marketplace.negotiation.views.lead_page import standing
from marketplace.negotiation.views.terms import terms_of
from marketplace.web.mark_read import note_seen


@bp.get("/leads/<code>")
@access(SIGNED_IN.writing())
def show(code: str) -> ResponseReturnValue:
    """Show a lead to its two sides and, without the thread, to the exchange's staff; what is shown counts as read."""
    lead = leads.readable(code, actor())
    note_seen(leads.path_of(lead))
    return page(lead)


def page(lead: Lead, *, compose: MessageForm | None = None, move: MoveForm | None = None, **typed: Any) -> str:
    """Render a lead for the present reader; refused forms are given back with what was typed."""
    return render_template(
        "negotiation/lead.html", lead=lead, **standing(lead, move), **terms_of(lead), **thread_of(lead, compose), **typed
    )
