"""What other pages show of leads: on a technology, on a need, on the dashboard of an organisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import g, render_template
from markupsafe import Markup

from marketplace.answers.models import Answer
from marketplace.answers.presenter import Seen as AnswerSeen
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor
from marketplace.core.errors import DomainError
from marketplace.core.permissions import STAFF
from marketplace.listings.lifecycle import OFFERED_STATES, RESERVED
from marketplace.listings.models import Listing
from marketplace.negotiation import answer_leads
from marketplace.negotiation.actions import begin, terms
from marketplace.negotiation.eligibility import actor_refusal, listing_refusal
from marketplace.negotiation.models import Lead
from marketplace.negotiation.presenter import Seen
from marketplace.negotiation.queries import lead_lists
from marketplace.negotiation.visibility import is_party
from marketplace.web.errors import text_of


@dataclass(frozen=True)
class Contact:
    """How a reader gets into contact about a thing: the conversation there is; of a technology the form, or why not."""

    offered: bool  # a technology, not a need
    href: str
    known: Lead | None
    refusal: DomainError | None


def panel(thing: Listing | BuyerRequest, reader: Actor) -> Markup | None:
    """Offer to begin a conversation about a thing, show how the reader's own stands, or to the owner how many there are."""
    if thing.org_id in reader.org_ids:
        return _count(thing.code, lead_lists.open_about(thing)) if thing.org_id == reader.org_id else None
    return _panel(_contact(thing, reader), reader)


def button(thing: Listing | BuyerRequest, reader: Actor) -> Markup | None:
    """The same as the first button of the page, for who may begin one now."""
    return _button(_contact(thing, reader)) if thing.org_id not in reader.org_ids else None


def _contact(thing: Listing | BuyerRequest, reader: Actor) -> Contact | None:
    def find() -> Contact | None:
        if isinstance(thing, Listing):
            known = begin.open_one(begin.known_interest(thing.id, reader.org_id)) if reader.org_id else None
            if known is None and thing.state not in (*OFFERED_STATES, RESERVED):
                return None
            refusal = None if known else actor_refusal(reader) or listing_refusal(thing, reader)
            return Contact(True, f"/technologies/{thing.code}/interest", known, refusal)
        known = begin.open_one(begin.known_answer(thing.id, reader.org_id, None)) if reader.org_id else None
        return Contact(False, "", known, None) if known else None

    return _once((thing.subject_kind, thing.id), find)


def _once(key: tuple[str, int], find: Callable[[], Contact | None]) -> Contact | None:
    """Two slots of one page ask the same; it is found once."""
    contacts: dict[tuple[str, int], Contact | None] = g.setdefault("contacts", {})
    if key not in contacts:
        contacts[key] = find()
    return contacts[key]


def answer_aside(answer: Answer, reader: Actor) -> Markup | None:
    """Lead from an answer to its conversation."""
    lead = answer_leads.newest_lead(answer)
    return _markup("negotiation/_answer.html", seen=Seen(lead, reader)) if lead else None


def lead_top(lead: Lead, reader: Actor) -> Markup | None:
    """Lead from a conversation to the answer it is about."""
    if lead.answer is None or not is_party(lead, reader):
        return None
    return _markup("negotiation/_of_answer.html", answer=AnswerSeen(lead.answer, reader))


def dashboard_panel(_thing: Any, reader: Actor) -> Markup | None:
    """Show an organisation what waits for its answer, most pressing first."""
    if reader.org_id is None:
        return None
    found, total = lead_lists.waiting(reader.org_id)
    rows = [Seen(lead, reader) for lead in found]
    versions = terms.to_answer(found, reader.org_id)
    return _markup("negotiation/_dashboard.html", rows=rows, total=total, versions=versions) if rows else None


def _panel(contact: Contact | None, reader: Actor) -> Markup | None:
    if contact is None or (reader.may(STAFF) and reader.org_id is None):
        return None
    return _markup(
        "negotiation/_panel.html", contact=contact, known=Seen(contact.known, reader) if contact.known else None,
        refusal=text_of(contact.refusal) if contact.refusal else "", reader=reader,
    )


def _button(contact: Contact | None) -> Markup | None:
    if contact is None or contact.known or contact.refusal:
        return None
    return _markup("negotiation/_button.html", contact=contact)


def _count(code: str, count: int) -> Markup | None:
    return _markup("negotiation/_count.html", code=code, count=count) if count else None


def _markup(template: str, **context: Any) -> Markup:
    return Markup(render_template(template, **context))  # noqa: S704 - a template
