"""A deal opens, or goes on under new terms, when both sides have accepted one version (`negotiation.agreement`).

It runs within the acceptance, the lead's row held; whatever is raised here undoes the acceptance.
"""

from __future__ import annotations

from sqlalchemy import select

from marketplace.buyer_requests.lifecycle import NEED, SHORTLISTING, STOPPED_STATES
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.codes import next_code
from marketplace.core.errors import IllegalMove, NotAllowed
from marketplace.core.events import record, transition
from marketplace.core.extensions import db
from marketplace.deals.actions import reservation
from marketplace.deals.actions.milestones import schedule
from marketplace.deals.lifecycle import DEAL
from marketplace.deals.models import Deal
from marketplace.deals.queries.loading import path_of
from marketplace.deals.regime_facts import control_class_of, regime_for
from marketplace.deals.regime_table import PROCEDURES
from marketplace.deals.snapshot import digest, freeze, title_of
from marketplace.listings.models import Listing
from marketplace.negotiation.agreement import Notice
from marketplace.negotiation.event_data import facts
from marketplace.negotiation.models import Lead, Terms
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.vocabulary import REGIMES
from marketplace.web.i18n import language

BANNED = N_("This technology is banned from transfer: no deal about it can be opened.")
NEED_STOPPED = N_("The exchange has suspended or removed this need. Nothing was accepted: the terms stay as they are.")


def open_deal(lead: Lead, terms: Terms, actor: Actor) -> str:
    """Open the deal of a lead, or put the existing one under its new terms; return the deal's address.

    Raises IllegalMove when the technology or the need is not free any more, NotAllowed for a banned technology.
    """
    listing = reservation.locked_listing(lead.listing_id)
    need = _locked_need(lead)
    deal = db.session.scalar(
        select(Deal).where(Deal.lead_id == lead.id).with_for_update(of=Deal).execution_options(populate_existing=True)
    )
    _check(lead, terms, listing, need, deal)
    if deal is None:
        deal = _new(lead, terms, actor)
    else:
        _renew(deal, lead, terms, actor)
    schedule(deal, terms, actor)
    reservation.reserve_or_release(deal, listing, actor)
    if need is not None and need.state == SHORTLISTING:  # an open one stays open for others until a contract is signed
        transition(need, NEED, "negotiate", SYSTEM, {"system"}, data=_facts(deal, lead, actor))
    db.session.flush()
    return path_of(deal)


def _locked_need(lead: Lead) -> BuyerRequest | None:
    if lead.need_id is None:
        return None
    return db.session.get(BuyerRequest, lead.need_id, with_for_update=True, populate_existing=True)


def _check(lead: Lead, terms: Terms, listing: Listing | None, need: BuyerRequest | None, deal: Deal | None) -> None:
    if deal is not None and deal.state != "negotiating":
        raise IllegalMove(deal.state, label=DEAL.label(deal.state))
    if control_class_of(lead, deal.control_class if deal else "") == "banned":
        raise NotAllowed(BANNED)
    if listing is not None:
        reservation.check_free(listing, exclusive=terms.exclusive, deal=deal)
    if need is not None and need.state in STOPPED_STATES:
        raise IllegalMove(need.state, NEED_STOPPED, label=NEED.label(need.state))


def _new(lead: Lead, terms: Terms, actor: Actor) -> Deal:
    deal = Deal(
        code=next_code("GD"), lead_id=lead.id, terms_id=terms.id, listing_id=lead.listing_id, need_id=lead.need_id,
        supplier_org_id=lead.supplier_org_id, buyer_org_id=lead.buyer_org_id, state=DEAL.initial,
        opened_at=clock.now(), holds_listing=False, control_class="", classified_funding="",
    )
    _put_under(deal, lead, terms)
    db.session.add(deal)
    db.session.flush()
    data = _facts(deal, lead, actor, number=terms.number, regime=deal.regime, exclusive=deal.exclusive)
    record(deal, "deal.open", actor, data=data)
    _agree(deal, lead, actor, number=terms.number, sha256=deal.frozen_sha256)
    return deal


def _renew(deal: Deal, lead: Lead, terms: Terms, actor: Actor) -> None:
    """Replace the terms of a deal under renegotiation; the former frozen copy stays provable by its digest."""
    former = deal.frozen_sha256
    _put_under(deal, lead, terms)
    _agree(deal, lead, actor, number=terms.number, sha256=deal.frozen_sha256, former_sha256=former)


def _put_under(deal: Deal, lead: Lead, terms: Terms) -> None:
    frozen = freeze(lead, terms)
    deal.terms_id, deal.frozen, deal.frozen_sha256 = terms.id, frozen, digest(frozen)
    deal.title, deal.price, deal.exclusive = title_of(frozen), terms.price, terms.exclusive
    deal.control_class = control_class_of(lead, deal.control_class)
    deal.regime = regime_for(lead, terms, deal.control_class, deal.classified_funding)


def _agree(deal: Deal, lead: Lead, actor: Actor, **more: object) -> None:
    transition(deal, DEAL, "agree", actor, {"system"}, data=_facts(deal, lead, actor, **more))
    deal.state_since = clock.now()


def _facts(deal: Deal, lead: Lead, actor: Actor, **more: object) -> dict[str, object]:
    return facts(lead, actor, deal_id=deal.id, **more)


def preview_deal(lead: Lead, terms: Terms) -> list[Notice]:
    """Say what accepting would mean as things stand: is the technology free, is it reserved, what does the law want."""
    deal = db.session.scalar(select(Deal).where(Deal.lead_id == lead.id))
    try:
        _check(lead, terms, lead.listing, lead.need, deal)
    except (IllegalMove, NotAllowed) as error:
        return [Notice(error.message, error.params, "error", stops=True)]
    return [*_reservation(lead, terms), *_law(lead, terms, deal)]


def _reservation(lead: Lead, terms: Terms) -> list[Notice]:
    if not terms.exclusive or lead.listing_id is None:
        return []
    if terms.side == "supplier":
        return [Notice(N_("The technology will be reserved for you at once: nobody else can open a deal about it."))]
    return [Notice(N_("Your technology will be reserved for this buyer at once: nobody else can open a deal about it."))]


def _law(lead: Lead, terms: Terms, deal: Deal | None) -> list[Notice]:
    control_class = control_class_of(lead, deal.control_class if deal else "")
    regime = regime_for(lead, terms, control_class, deal.classified_funding if deal else "")
    if PROCEDURES[regime].takes_effect:
        return []
    term = REGIMES.get(regime)
    note = term.note(language()) if term else ""
    message = N_("By law: %(regime)s. %(note)s The exchange records this deal up to the signing; it stops there for now.")
    return [Notice(message, {"regime": REGIMES.label(regime, language()), "note": note}, "warning")]
