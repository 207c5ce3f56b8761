"""The public figures of the front page, each with how it went: counted in few statements and kept for a minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from marketplace.buyer_requests import visibility as needs
from marketplace.buyer_requests.lifecycle import OPEN_STATES
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import GUEST
from marketplace.core.extensions import db
from marketplace.core.facts import totals_of_spans
from marketplace.core.short_cache import kept
from marketplace.deals.lifecycle import COMPLETED
from marketplace.deals.models import Deal
from marketplace.listings import visibility as listings
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.values import clock

#: Of how many weeks the line of a figure tells, and how many of them the number beside it counts.
WEEKS, RECENT = 12, 4
_LISTING, _NEED, _DEAL = ("listing", "listing.publish"), ("need", "need.publish"), ("deal", "deal.complete")


@dataclass(frozen=True)
class Figure:
    """A number and how many were added in each of the last weeks, the oldest first."""

    value: int
    weeks: tuple[int, ...]

    @property
    def recent(self) -> int:
        """How many were added in the last four weeks, the present one among them."""
        return sum(self.weeks[-RECENT:])


@dataclass(frozen=True)
class Figures:
    """What the front page counts; where everybody may read the records, the figure links to them."""

    listings: Figure
    needs: Figure
    deals: Figure
    organisations: int


def _count() -> Figures:
    listing, need = select(func.count(Listing.id)), select(func.count(BuyerRequest.id))
    monday = clock.week_of(clock.today()).monday
    starts = [clock.start_of_day(monday - timedelta(weeks=back)) for back in range(WEEKS - 1, -1, -1)]
    added = totals_of_spans([_LISTING, _NEED, _DEAL], starts)
    weeks = {which: tuple(total.count for total in totals) for which, totals in added.items()}
    completed = select(func.count(Deal.id)).where(Deal.state == COMPLETED)
    return Figures(
        listings=Figure(db.session.scalar(listing.where(listings.visible_to(GUEST))) or 0, weeks[_LISTING]),
        needs=Figure(
            db.session.scalar(need.where(needs.visible_to(GUEST), BuyerRequest.state.in_(OPEN_STATES))) or 0, weeks[_NEED]),
        deals=Figure(db.session.scalar(completed) or 0, weeks[_DEAL]),
        organisations=db.session.scalar(select(func.count(Organisation.id)).where(Organisation.verified)) or 0,
    )


def public_figures() -> Figures:
    """Return the front page's figures."""
    figures: Figures = kept("public", _count)
    return figures
