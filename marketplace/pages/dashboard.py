"""The dashboard's content per role."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from marketplace.access import Actor
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.events import Event
from marketplace.extensions import db
from marketplace.listings.lifecycle import VISIBLE_STATES
from marketplace.listings.models import Listing
from marketplace.moderation.queries import counts
from marketplace.negotiation.models import Lead
from marketplace.outbox import backlog
from marketplace.pages.attention import for_operator, for_organisation
from marketplace.view_counts import views


def dashboard_of(actor: Actor) -> dict[str, Any]:
    """Return the template's variables: what needs attention, tiles, recent history."""
    content: dict[str, Any] = {"attention": for_organisation(actor), "operator": None, "states": None}
    if actor.org_id is not None:
        content["states"] = _states(actor.org_id)
        content["history"] = _recent(actor.org_id)
        content["codes"] = _codes(content["history"])
    if actor.is_staff("moderator", "admin", "manager", "leadership"):
        content["operator"] = _operator(actor)
    return content


def _states(org_id: int) -> dict[str, Any]:
    """Count the organisation's things by state, and the views of the last 90 days."""

    def by_state(table: type[Listing] | type[BuyerRequest]) -> dict[str, int]:
        rows = db.session.execute(select(table.state, func.count()).where(table.org_id == org_id).group_by(table.state))
        return {row[0]: row[1] for row in rows}

    listings = by_state(Listing)
    ids = list(db.session.scalars(select(Listing.id).where(Listing.org_id == org_id).limit(1000)))
    return {
        "online": sum(listings.get(state, 0) for state in VISIBLE_STATES),
        "need": by_state(BuyerRequest),
        "views": sum(views("listing", ids).values()),
    }


def _recent(org_id: int) -> list[Event]:
    """Return the last things that people of the organisation did."""
    rows = (
        select(Event)
        .where(Event.on_behalf_of == org_id, Event.action.not_like("%.save"))
        .order_by(Event.at.desc())
        .limit(8)
    )
    return list(db.session.scalars(rows))


def _codes(events: list[Event]) -> dict[tuple[str, int], str]:
    """Return the codes of the technologies, needs and leads that events are about; a statement per kind."""
    found: dict[tuple[str, int], str] = {}
    tables: tuple[tuple[str, type[Listing] | type[BuyerRequest] | type[Lead]], ...] = (
        ("listing", Listing), ("need", BuyerRequest), ("lead", Lead)
    )
    for kind, table in tables:
        ids = {event.subject_id for event in events if event.subject_kind == kind}
        if ids:
            rows = db.session.execute(select(table.id, table.code).where(table.id.in_(ids)))
            found |= {(kind, row[0]): row[1] for row in rows}
    return found


def _operator(actor: Actor) -> dict[str, Any]:
    queue = counts(actor)
    work = backlog()
    decides = actor.is_staff("moderator", "admin")
    parked = work.get("parked", 0) if actor.is_staff("admin") else 0
    return {
        # Whoever only oversees is shown the figures; the queue does not open to them.
        "attention": for_operator(queue.total, queue.overdue, queue.mine, parked) if decides else [],
        "queue": "/moderation" if decides else "/moderation/figures",
        "late": "/moderation?holder=overdue" if decides else "/moderation/figures",
        "waiting": queue.total,
        "overdue": queue.overdue,
        "queued": sum(count for name, count in work.items() if name not in {"parked", "job"}),
        "listings": db.session.scalar(select(func.count(Listing.id)).where(Listing.state.in_(("published", "stale")))) or 0,
        "needs": db.session.scalar(select(func.count(BuyerRequest.id)).where(BuyerRequest.state == "open")) or 0,
    }
