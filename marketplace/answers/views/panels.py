"""What other pages show of answers: on a need, to who may answer it and to whose it is; on a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, render_template
from markupsafe import Markup

from marketplace.answers import queries
from marketplace.answers.eligibility import answer_refusal
from marketplace.answers.lifecycle import LEFT_STATES
from marketplace.answers.models import Answer
from marketplace.answers.presenter import Seen
from marketplace.buyer_requests.lifecycle import ANSWERABLE_STATES
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor
from marketplace.core.errors import DomainError
from marketplace.core.permissions import STAFF
from marketplace.web.errors import text_of


@dataclass(frozen=True)
class Answering:
    """How a reader answers a need: the own answer there is, the page that begins one, or why not."""

    href: str
    own: Answer | None
    refusal: DomainError | None


def need_aside(need: BuyerRequest, reader: Actor) -> Markup | None:
    """Offer to answer a need, show how the own answer stands, or to its owner how many there are."""
    if need.org_id in reader.org_ids:
        count = queries.number_received(need.id) if need.org_id == reader.org_id and need.published_revision_id else 0
        return _markup("answers/_count.html", need=need, count=count) if count else None
    found = _answering(need, reader)
    if found is None or (reader.may(STAFF) and reader.org_id is None):
        return None
    return _markup(
        "answers/_panel.html", href=found.href, own=Seen(found.own, reader) if found.own else None, reader=reader,
        refusal=text_of(found.refusal) if found.refusal else "",
    )


def need_button(need: BuyerRequest, reader: Actor) -> Markup | None:
    """The same as the first button of the page, for who may begin one now."""
    if need.org_id in reader.org_ids:
        return None
    found = _answering(need, reader)
    if found is None or found.own or found.refusal:
        return None
    return _markup("answers/_button.html", href=found.href)


def _answering(need: BuyerRequest, reader: Actor) -> Answering | None:
    """Find it once: two slots of one page ask the same."""
    known: dict[int, Answering | None] = g.setdefault("answering", {})
    if need.id not in known:
        own = queries.of_organisation(need.id, reader.org_id) if reader.org_id else None
        own = None if own is not None and own.state in LEFT_STATES else own
        refusal = None if own else answer_refusal(need, reader)
        offered = own is not None or need.state in ANSWERABLE_STATES
        known[need.id] = Answering(f"/needs/{need.code}/answer", own, refusal) if offered else None
    return known[need.id]


def _markup(template: str, **context: Any) -> Markup:
    return Markup(render_template(template, **context))  # noqa: S704 - a template
