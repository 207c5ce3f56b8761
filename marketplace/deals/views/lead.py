"""What the pages of a lead say of the deal it became."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.deals.lifecycle import DEAL
from marketplace.deals.models import Deal
from marketplace.deals.visibility import visible_to
from marketplace.negotiation.models import Lead


def panel(lead: Lead, reader: Actor) -> Markup | None:
    """Return the way to the deal for the slot "lead.top"; None before both sides have agreed."""
    if lead.state != "converted":
        return None
    deal = db.session.execute(select(Deal.code, Deal.state).where(Deal.lead_id == lead.id, visible_to(reader))).first()
    if deal is None:
        return None
    html = render_template("deals/_of_lead.html", code=deal.code, state=DEAL.state(deal.state))
    return Markup(html)  # noqa: S704 - an autoescaped template
