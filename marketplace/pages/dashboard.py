"""The dashboard's content per role."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import func, or_, select

from marketplace.buyer_requests.lifecycle import OPEN_STATES, SOLVED
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.permissions import MODERATE, READ_DEAL_FIGURES, READ_QUEUE_FIGURES, RUN_SYSTEM
from marketplace.core.short_cache import kept
from marketplace.core.subjects import codes_of, known_by
from marketplace.core.view_counts import views
from marketplace.core.work import count
from marketplace.deals.lifecycle import COMPLETED, LIVE
from marketplace.deals.models import Deal
from marketplace.deals.queries import staff_list
from marketplace.listings.lifecycle import OFFERED_STATES, VISIBLE_STATES
from marketplace.listings.models import Listing
from marketplace.pages.todo import Attention, for_files, for_operator, for_organisation
from marketplace.pages.todo_deals import deals_waiting, for_officer
from marketplace.pages.weekly_figures import weekly
from marketplace.values.money import format_short
from marketplace.web.i18n import language
from marketplace.web.panels import panels


def dashboard_of(actor: Actor) -> dict[str, Any]:
    """Return the template's variables: what needs attention, tiles, recent history."""
    content: dict[str, Any] = {"attention": for_organisation(actor), "operator": None, "states": None}
    content["work"] = Markup("").join(panels("dashboard.work", None))
    if actor.org_id is not None:
        content["states"] = _states(actor.org_id)
        content["deals_waiting"], content["deals_total"] = deals_waiting(actor.org_id)
        content["history"] = _recent(actor.org_id)
        content["codes"] = _codes(content["history"])
    if actor.may(READ_QUEUE_FIGURES) or actor.may(READ_DEAL_FIGURES):
        content["operator"] = _operator(actor)
    return content


def _states(org_id: int) -> dict[str, Any]:
    """Count the organisation's things by state, and the views of the last 90 days."""

    def by_state(table: type[Listing] | type[BuyerRequest]) -> dict[str, int]:
        rows = db.session.execute(select(table.state, func.count()).where(table.org_id == org_id).group_by(table.state))
        return {row[0]: row[1] for row in rows}

    deals = {row[0]: row[1] for row in db.session.execute(
        select(Deal.state, func.count()).where(or_(Deal.supplier_org_id == org_id, Deal.buyer_org_id == org_id))
        .group_by(Deal.state)
    )}
    listings, needs = by_state(Listing), by_state(BuyerRequest)
    ids = list(db.session.scalars(select(Listing.id).where(Listing.org_id == org_id).limit(1000)))
    return {
        "online": sum(listings.get(state, 0) for state in VISIBLE_STATES),
        "needs_open": sum(needs.get(state, 0) for state in OPEN_STATES),
        "needs_solved": needs.get(SOLVED, 0),
        "deals_live": sum(deals.get(state, 0) for state in LIVE),
        "deals_completed": deals.get(COMPLETED, 0),
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
    """Return the codes of what events are about, by their subject; a statement per kind."""
    about = {event: known_by(event) for event in events}
    codes = codes_of(tuple(about.values()))
    return {(event.subject_kind, event.subject_id): codes.get(ref, "") for event, ref in about.items()}


def _operator(actor: Actor) -> dict[str, Any]:
    """Return the figures and what needs doing, of moderation and of deals, as far as the person's roles go."""
    tiles: list[tuple[str, int, str]] = []
    attention: list[Attention] = []
    waiting = 0  # the figures tell those who only oversee; they have nothing to do themselves
    moderates = actor.may(MODERATE)
    if actor.may(READ_QUEUE_FIGURES):
        queue = count(actor, "review")
        waiting += queue.total
        # Whoever only oversees is shown the figures; the queue does not open to them.
        tiles += [
            (_("Waiting for review"), queue.total, "/moderation" if moderates else "/moderation/figures"),
            (_("Overdue"), queue.overdue, "/moderation?holder=overdue" if moderates else "/moderation/figures"),
        ]
        if moderates:
            parked = count(actor, "background").total if actor.may(RUN_SYSTEM) else 0
            attention += for_operator(queue.total, queue.overdue, queue.mine, parked)
    attention += for_files(
        count(actor, "files.held_back").total if moderates else 0,
        count(actor, "files.waiting").total if actor.may(RUN_SYSTEM) else 0,
    )
    if actor.may(READ_DEAL_FIGURES):
        figures = kept("deals", staff_list.figures)
        waiting += figures.still
        tiles += [
            (_("Deals under way"), figures.stage("live"), "/staff/deals"),
            (_("Standing still"), figures.still, "/staff/deals?stalled=1"),
            (_("Completed this year"), figures.completed_this_year, "/staff/deals?stage=completed"),
        ]
        attention += for_officer(actor, figures)
    else:
        listings, needs = kept("on_offer", _on_offer)
        tiles += [
            (_("Technologies on offer"), listings, "/technologies"), (_("Open needs"), needs, "/needs?state=open"),
        ]
    return {"tiles": tiles, "attention": attention, "waiting": waiting, **_weeks()}


def _weeks() -> dict[str, Any]:
    """Return the table of the last weeks: the headings of its columns, and its rows of cells."""
    found = weekly()
    *before, present = found.mondays
    columns = [*before, f"{present} {_('(this week)')}"]
    rows = [(_(line.label), [
        {"head": head, "count": total.count, "reconstructed": total.reconstructed,
         "amount": _amount(total.amount) if line.shows_amount and total.amount else ""}
        for head, total in zip(columns, line.weeks, strict=True)
    ]) for line in found.lines]
    return {"week_heads": [_("In the week that begins on"), *((head, "num") for head in columns)], "week_rows": rows,
            "weeks_reconstructed": found.reconstructed}


def _amount(amount: int) -> str:
    """Return an amount in VND in short; what is short by its unit ("1,5 tỷ") needs the sign of the currency beside it."""
    short = format_short(amount, language())
    return f"{short}\u00a0₫" if amount >= 1_000_000 else short


def _on_offer() -> tuple[int, int]:
    """Count the technologies on offer and the open needs."""
    listings = select(func.count(Listing.id)).where(Listing.state.in_(OFFERED_STATES))
    needs = select(func.count(BuyerRequest.id)).where(BuyerRequest.state.in_(OPEN_STATES))
    return db.session.scalar(listings) or 0, db.session.scalar(needs) or 0
