"""A lead as one reader sees it: which side is theirs, who is opposite, what it is about, whose turn it is.

What the reader may not know (a hidden requester) is blank here already, so that no template and no table can leak it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy import select

from marketplace.buyer_requests import visibility as need_rule
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor
from marketplace.core.calendar_days import working_calendar
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.reader_language import prefers_other
from marketplace.core.subjects import subject_of
from marketplace.listings import visibility as listing_rule
from marketplace.listings.models import Listing
from marketplace.matching.models import Match
from marketplace.matching.presenter import rows as match_rows
from marketplace.negotiation.lifecycle import LEAD
from marketplace.negotiation.models import Lead
from marketplace.negotiation.queries.leads import path_of
from marketplace.negotiation.visibility import knows_buyer
from marketplace.negotiation.whose_turn import is_over
from marketplace.organisations.models import Organisation
from marketplace.values import clock, places
from marketplace.vocabulary import ORGANISATION_KINDS, SIDES
from marketplace.web.i18n import language


@dataclass(frozen=True)
class Party:
    """One side; a hidden requester has no name, no address of a page, no place."""

    side: str
    word: str  # the side's name
    name: str
    href: str = ""
    state: str = ""  # of the organisation's verification
    verified: bool = False
    kind: str = ""
    place: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class About:
    """A technology or a need; `href` is empty when the reader may not open its page (or nobody asked)."""

    thing: Listing | BuyerRequest
    label: str
    code: str
    title: str
    lang: str
    state: str
    word: str
    href: str = ""

    @property
    def offered(self) -> bool:
        """True for a technology on offer, False for a need."""
        return isinstance(self.thing, Listing)

    @property
    def lifecycle(self) -> Lifecycle | None:
        """Return the workflow that its state is of."""
        return subject_of(self.thing).lifecycle


class Seen:
    """A lead for `actor`. `side` is the reader's (by membership, the acted one first), empty for staff."""

    def __init__(self, lead: Lead, actor: Actor) -> None:
        self.lead, self.path = lead, path_of(lead)
        self.side = side_seen(lead, actor)
        self.acting = bool(lead.side_of(actor))
        self.state = _(LEAD.label(lead.state))
        self.supplier = _party(lead.supplier, "supplier")
        self.buyer = _party(lead.buyer, "buyer") if knows_buyer(lead, actor) else _hidden()
        self.others = [party for party in (self.supplier, self.buyer) if party.side != self.side]
        self.about = [about(thing) for thing in lead.things]
        self.title = self.about[0].title
        self.ours = is_ours(lead, self.side)
        self.turn = _turn(lead, self.side)
        self.due = clock.due_text(lead.respond_by, calendar=working_calendar()) if lead.respond_by else None

    @property
    def opposite(self) -> str:
        """The name of the other side, or of both for staff."""
        return " – ".join(party.name for party in self.others)


def side_seen(lead: Lead, actor: Actor) -> str:
    """Return the side acted for, else the side the reader belongs to, else an empty string."""
    if side := lead.side_of(actor):
        return side
    if lead.supplier_org_id in actor.org_ids:
        return "supplier"
    return "buyer" if lead.buyer_org_id in actor.org_ids else ""


def is_ours(lead: Lead, side: str) -> bool:
    """True when it is this side's turn; an introduction that nobody took up is everybody's."""
    if not side or is_over(lead):
        return False
    return lead.waiting_on == side or (lead.state == "suggested" and not lead.waiting_on)


def with_links(seen: Seen, actor: Actor) -> list[About]:
    """Return what the lead is about with the addresses of pages that this reader may open. At most two statements."""
    made = []
    for one in seen.about:
        thing = one.thing
        rule = listing_rule.readable_by if isinstance(thing, Listing) else need_rule.readable_by
        found = db.session.scalar(select(type(thing).id).where(type(thing).id == thing.id, rule(actor)))
        made.append(replace(one, href=subject_of(thing).path(thing, actor) if found is not None else ""))
    return made


def _party(organisation: Organisation, side: str) -> Party:
    return Party(
        side=side, word=SIDES.label(side, language()), name=organisation.name_in(language()),
        href=f"/organisations/{organisation.slug}",
        state=organisation.state, verified=organisation.verified,
        kind=ORGANISATION_KINDS.label(organisation.kind, language()),
        place=places.label(organisation.province_code, "", language()) if organisation.province_code else "",
    )


def _hidden() -> Party:
    return Party("buyer", SIDES.label("buyer", language()), _("Hidden requester"), hidden=True)


def about(thing: Listing | BuyerRequest) -> About:
    """Return a technology or a need in the reader's words; the title of a need names nobody."""
    declared, text = subject_of(thing), thing.published_revision
    lang = text.language if text else ""
    if text and prefers_other(text.title_en, text.language, language()):
        lang = language()
    word = _(declared.lifecycle.label(thing.state)) if declared.lifecycle else ""
    return About(thing, _(declared.label), thing.code, declared.title(thing, language()), lang, thing.state, word)


def _turn(lead: Lead, side: str) -> str:
    """Return whose turn it is, in words; nothing when the conversation is over."""
    if is_ours(lead, side):
        return _("Waiting for you")
    if lead.state == "suggested" and not lead.waiting_on:
        return _("Waiting for both sides")
    if not lead.waiting_on or is_over(lead):
        return ""
    if side:
        return _("Waiting for them")
    return _("Waiting for the %(side)s", side=SIDES.label(lead.waiting_on, language()).lower())


class ShownPair:
    """A strong pair of need and technology for an officer who may introduce the two; a hidden requester stays unnamed."""

    def __init__(self, match: Match, reader: Actor) -> None:
        need, listing, spoken = match.buyer_request, match.listing, language()
        party = need_rule.public_party(need, reader)
        self.id, self.score, self.deadline = match.id, match.score // 10, need.answer_deadline
        self.need_code, self.listing_code = need.code, listing.code
        self.need_title, self.listing_title = (subject_of(one).title(one, spoken) for one in (need, listing))
        self.need_path = subject_of(need).path(need, reader)
        self.listing_path = subject_of(listing).path(listing, reader)
        self.requester = party.name_in(spoken) if party else _("Requester hidden")
        self.owner = listing.organisation.name_in(spoken)
        self.since = max(filter(None, (need.published_at, listing.published_at)), default=None)
        self.suggested = match.mark == "suggested"
        self.factors = match_rows(match.factors, need.subject_kind)

    @property
    def fitting(self) -> str:
        """Return the criteria that fit, as a list in words."""
        return ", ".join(factor["label"].lower() for factor in self.factors if factor["fit"] == "yes")
