"""Lists of leads: an organisation's own, and all of them for the exchange's staff; filtered, sorted, paged, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true, union_all
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.listings.models import Listing, ListingRevision
from marketplace.negotiation.lifecycle import CLOSED_LEAD_STATES, OPEN_LEAD_STATES
from marketplace.negotiation.models import Lead
from marketplace.negotiation.visibility import buyer_known_to
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.values.text import fold

#: How many rows a text filter reads at most: titles are folded here, for no database folds Vietnamese.
TEXT_LIMIT = 5_000
TABS = ("us", "them", "talking", "closed")
IDLE_STEPS = (7, 30, 90)  # days without anything happening, for operators
SORTS = ("activity", "deadline", "newest", "oldest", "idle")


@dataclass(frozen=True)
class LeadFilters:
    """What of a list is asked for; empty means all. `tab` is one of TABS, `idle` a number of days, 0 for any."""

    tab: str = ""
    side: str = ""
    state: str = ""
    origin: str = ""
    idle: int = 0
    text: str = ""
    sort: str = "activity"


def of_organisation(org_id: int) -> ColumnElement[bool]:
    """The leads in which an organisation takes part, on either side."""
    return or_(Lead.supplier_org_id == org_id, Lead.buyer_org_id == org_id)


def waits_for(org_id: int) -> ColumnElement[bool]:
    """The leads in which it is this organisation's turn; an introduction that nobody took up waits for both."""
    own_turn = or_(
        and_(Lead.supplier_org_id == org_id, Lead.waiting_on == "supplier"),
        and_(Lead.buyer_org_id == org_id, Lead.waiting_on == "buyer"),
        and_(Lead.state == "suggested", Lead.waiting_on == ""),
    )
    return and_(Lead.state.in_(OPEN_LEAD_STATES), own_turn)


def _tab(tab: str, org_id: int) -> ColumnElement[bool]:
    ours = waits_for(org_id)
    return {
        "us": ours,
        "them": and_(Lead.state.in_(OPEN_LEAD_STATES), Lead.waiting_on != "", ~ours),
        "talking": Lead.state == "negotiating",
        "closed": Lead.state.in_(CLOSED_LEAD_STATES),
    }.get(tab, Lead.id.is_not(None))


def counts(org_id: int) -> dict[str, int]:
    """Return how many leads each tab holds, and all of them under the empty key. One statement."""
    sums = [func.sum(case((_tab(tab, org_id), 1), else_=0)) for tab in TABS]
    row = db.session.execute(select(func.count(), *sums).where(of_organisation(org_id))).one()
    return {"": int(row[0]), **{tab: int(value or 0) for tab, value in zip(TABS, row[1:], strict=True)}}


def mine(org_id: int, filters: LeadFilters, offset: int = 0, limit: int = 20) -> tuple[Sequence[Lead], int]:
    """Return one page of an organisation's leads with both sides and things, and how many there are."""
    sides = {"supplier": Lead.supplier_org_id == org_id, "buyer": Lead.buyer_org_id == org_id}
    asked = [sides[filters.side]] if filters.side in sides else list(sides.values())
    known = or_(Lead.buyer_revealed_at.is_not(None), Lead.buyer_org_id == org_id)
    return _page([_tab(filters.tab, org_id)], filters, offset, limit, known, asked)


def everywhere(filters: LeadFilters, reader: Actor, offset: int = 0, limit: int = 20) -> tuple[Sequence[Lead], int]:
    """Return one page of all leads, for the exchange's staff, and how many there are."""
    rules: list[ColumnElement[bool]] = []
    if filters.origin:
        rules.append(Lead.origin == filters.origin)
    return _page(rules, filters, offset, limit, buyer_known_to(reader))


def states() -> dict[str, int]:
    """Return how many leads there are in each state. One statement."""
    return {row[0]: row[1] for row in db.session.execute(select(Lead.state, func.count()).group_by(Lead.state))}


def waiting(org_id: int, limit: int = 5) -> tuple[Sequence[Lead], int]:
    """Return what waits for an organisation, most pressing first, and how much of it there is."""
    sides = (Lead.supplier_org_id == org_id, Lead.buyer_org_id == org_id)
    return _page([waits_for(org_id)], LeadFilters(sort="deadline"), 0, limit, true(), sides)


def open_about(thing: Listing | BuyerRequest) -> int:
    """Return how many open leads a technology or a need has."""
    about = Lead.listing_id if isinstance(thing, Listing) else Lead.need_id
    return db.session.scalar(select(func.count()).where(about == thing.id, Lead.state.in_(OPEN_LEAD_STATES))) or 0


def _page(
    rules: list[ColumnElement[bool]], filters: LeadFilters, offset: int, limit: int, buyer_known: ColumnElement[bool],
    sides: Sequence[ColumnElement[bool]] = (),
) -> tuple[Sequence[Lead], int]:
    """Return one page and the count of what the rules let through, of either of the sides where there are any.

    No lead has the same organisation on both sides, so that the sides are counted, and read in the order of an index,
    one by one; the first rows of each are then merged.
    """
    if filters.state:
        rules.append(Lead.state == filters.state)
    if filters.idle:
        rules.append(Lead.last_activity_at < clock.now() - timedelta(days=filters.idle))
    if words := fold(filters.text).split():
        rules.append(Lead.id.in_(_matching([*rules, or_(*sides)] if sides else rules, words, buyer_known) or [-1]))
    parts = [and_(side, *rules) for side in sides] or [and_(true(), *rules)]
    order = _order(filters.sort)
    rows = select(Lead).options(*loaded()).order_by(*order)
    if len(parts) == 1:
        rows = rows.where(parts[0]).offset(offset).limit(limit)
    else:
        first = [select(Lead.id).where(part).order_by(*order).limit(offset + limit).subquery() for part in parts]
        rows = rows.where(Lead.id.in_(union_all(*(select(one) for one in first)))).offset(offset).limit(limit)
    counted = [select(func.count(Lead.id)).where(part).scalar_subquery() for part in parts]
    total = db.session.scalar(select(sum(counted[1:], counted[0]))) or 0
    return list(db.session.scalars(rows)), total


def _order(sort: str) -> tuple[Any, ...]:
    return {
        "deadline": (case((Lead.respond_by.is_(None), 1), else_=0), Lead.respond_by, Lead.id),
        "newest": (Lead.created_at.desc(), Lead.id.desc()),
        "oldest": (Lead.created_at, Lead.id),
        "idle": (Lead.last_activity_at, Lead.id),
    }.get(sort, (Lead.last_activity_at.desc(), Lead.id.desc()))


def loaded() -> tuple[ORMOption, ...]:
    """Return the options that load what a list shows of its leads in the same statement."""
    return (
        joinedload(Lead.supplier), joinedload(Lead.buyer),
        joinedload(Lead.listing).joinedload(Listing.published_revision),
        joinedload(Lead.need).joinedload(BuyerRequest.published_revision),
    )


def _matching(rules: list[ColumnElement[bool]], words: list[str], buyer_known: ColumnElement[bool]) -> list[int]:
    """Return the newest leads whose code, titles or parties hold all words; what the reader may not know is no party."""
    found = []
    for row in db.session.execute(_texts(buyer_known).where(*rules).order_by(Lead.id.desc()).limit(TEXT_LIMIT)):
        held = fold(" ".join(text for text in row[1:] if text))
        if all(word in held for word in words):
            found.append(row[0])
    return found


def _texts(buyer_known: ColumnElement[bool]) -> Select[Any]:
    supplier, buyer = aliased(Organisation), aliased(Organisation)
    shown: tuple[Any, ...] = (
        Lead.id, Lead.code, Listing.code, ListingRevision.title, ListingRevision.title_en, BuyerRequest.code,
        NeedRevision.title, NeedRevision.title_en, supplier.name, supplier.name_en,
        # A hidden requester is not found by name before the reader may know it.
        case((buyer_known, buyer.name), else_=""), case((buyer_known, buyer.name_en), else_=""),
    )
    return (
        select(*shown)
        .join(supplier, supplier.id == Lead.supplier_org_id)
        .join(buyer, buyer.id == Lead.buyer_org_id)
        .outerjoin(Listing, Listing.id == Lead.listing_id)
        .outerjoin(ListingRevision, ListingRevision.id == Listing.published_revision_id)
        .outerjoin(BuyerRequest, BuyerRequest.id == Lead.need_id)
        .outerjoin(NeedRevision, NeedRevision.id == BuyerRequest.published_revision_id)
    )
