"""What an organisation's page says of its deals: a panel, only of what both sides made public."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup

from marketplace.core.access import Actor
from marketplace.deals.actions.publicity import public_deals
from marketplace.deals.snapshot import party_of, title_of
from marketplace.organisations.models import Organisation
from marketplace.web.i18n import language


def panel(organisation: Organisation, reader: Actor) -> Markup | None:
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
