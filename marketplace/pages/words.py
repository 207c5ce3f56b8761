"""What happened, in words, for lists that mix things of several kinds."""

from __future__ import annotations

from types import SimpleNamespace

from flask import Flask
from flask_babel import gettext as _

from marketplace import places
from marketplace.access import Actor
from marketplace.authoring.lifecycle import REVISION
from marketplace.buyer_requests.lifecycle import NEED
from marketplace.deals.lifecycle import DEAL, MILESTONE
from marketplace.deals.timeline import LABELS as OF_DEALS
from marketplace.events import Event
from marketplace.lifecycle import Lifecycle
from marketplace.listings.lifecycle import LISTING
from marketplace.msgid import N_
from marketplace.negotiation.lifecycle import COMPLAINT, LEAD, TERMS
from marketplace.negotiation.timeline import LABELS as OF_LEADS
from marketplace.organisations.lifecycle import ORGANISATION
from marketplace.organisations.models import Organisation
from marketplace.taxcode import masked
from marketplace.vocabulary import VOCABULARIES
from marketplace.web.i18n import language

LIFECYCLES: dict[str, Lifecycle] = {
    "listing": LISTING, "need": NEED, "organisation": ORGANISATION, "lead": LEAD, "terms": TERMS, "complaint": COMPLAINT,
    "deal": DEAL, "milestone": MILESTONE,
}
KINDS = {
    "listing": N_("Technology"),
    "need": N_("Need"),
    "organisation": N_("Organisation"),
    "user": N_("Account"),
    "text": N_("Text"),
    "match": N_("Match"),
    "import_run": N_("Import"),
    "lead": N_("Lead"),
    "terms": N_("Terms"),
    "complaint": N_("Complaint"),
    "deal": N_("Deal"),
    "milestone": N_("Deal"),
}
OTHER = {
    "create": N_("Created"),
    "save": N_("Text changed"),
    "start_revision": N_("New version begun"),
    "enquire": N_("Enquiry sent"),
    "introduce": N_("Introduced by the exchange"),
    "propose": N_("Terms proposed"),
    "write": N_("Text changed"),
}


def event_word(event: Event, code: str = "") -> str:
    """Return "Technology CN-2026-000001: Submitted for review" in the reader's language; `code` is the thing's."""
    kind, _dot, verb = event.action.partition(".")
    table = LIFECYCLES.get(kind)
    labels = {row.action: row.done or row.label for row in (*(table.table if table else ()), *REVISION.table)}
    word = labels.get(verb) or OF_DEALS.get(event.action) or OF_LEADS.get(event.action) or OTHER.get(verb)
    thing = _(KINDS[kind]) if kind in KINDS else kind
    name = f"{thing} {code or event.data.get('code', '')}".strip()
    return f"{name}: {_(word) if word else verb.replace('_', ' ')}"


def place_word(province: str, ward: str) -> str:
    """Return the place in the reader's language, or an empty string."""
    return places.label(province, ward, language()) if province else ""


def tax_code_for(organisation: Organisation, actor: Actor) -> str:
    """Return the tax code; a person's own number only to themselves and to operators."""
    private = organisation.kind == "individual"
    if private and organisation.id not in actor.org_ids and not actor.is_staff("moderator", "admin"):
        return masked(organisation.tax_code) if organisation.tax_code else ""
    return organisation.tax_code


def register(app: Flask) -> None:
    """Make the vocabularies and these words known to templates."""
    app.jinja_env.globals.update(
        vocabularies=SimpleNamespace(**VOCABULARIES),
        states=SimpleNamespace(revision=REVISION, **LIFECYCLES),
        event_word=event_word,
        place_word=place_word,
        tax_code_for=tax_code_for,
    )
