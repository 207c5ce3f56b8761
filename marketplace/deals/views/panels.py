"""What other pages say of deals: a lead of the deal it became, an organisation of those that both sides made public."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.deals.actions.publicity import public_deals
from marketplace.deals.lifecycle import DEAL
from marketplace.deals.models import Deal
from marketplace.deals.snapshot import party_of, title_of
from marketplace.deals.visibility import visible_to
from marketplace.negotiation.lifecycle import AGREED_LEAD_STATES
from marketplace.negotiation.models import Lead
from marketplace.organisations.models import Organisation
from marketplace.web.i18n import language


def of_lead(lead: Lead, reader: Actor) -> Markup | None:
    """Return the way to the deal for the slot "lead.top"; None before both sides have agreed."""
    if lead.state not in AGREED_LEAD_STATES:
        return None
    deal = db.session.execute(select(Deal.code, Deal.state).where(Deal.lead_id == lead.id, visible_to(reader))).first()
    if deal is None:
        return None
    html = render_template("deals/_of_lead.html", code=deal.code, state=DEAL.state(deal.state))
    return Markup(html)  # noqa: S704 - an autoescaped template


def of_organisation(organisation: Organisation, reader: Actor) -> Markup | None:
    """Return the section for the slot "organisation.below"; None when nothing is public."""
    found = public_deals(organisation.id)
    if found is None:
        return None
    html = render_template(
        "deals/_public.html", organisation=organisation, deals=found,
        title=lambda deal: title_of(deal.frozen, language()),
        party=lambda deal, side: party_of(deal.frozen, side, language()),
    )
    return Markup(html)  # noqa: S704 - an autoescaped template
