"""The public figures of the front page, and an operator's: counted in few statements and kept for a minute."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from marketplace.buyer_requests import visibility as needs
from marketplace.buyer_requests.lifecycle import OPEN_STATES
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import GUEST
from marketplace.core.extensions import db
from marketplace.core.short_cache import kept
from marketplace.listings import visibility as listings
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation


@dataclass(frozen=True)
class Figures:
    """What the front page counts; every figure links to its records."""

    listings: int
    needs: int
    organisations: int


def _count() -> Figures:
    listing, need = select(func.count(Listing.id)), select(func.count(BuyerRequest.id))
    return Figures(
        listings=db.session.scalar(listing.where(listings.visible_to(GUEST))) or 0,
        needs=db.session.scalar(need.where(needs.visible_to(GUEST), BuyerRequest.state.in_(OPEN_STATES))) or 0,
        organisations=db.session.scalar(select(func.count(Organisation.id)).where(Organisation.verified)) or 0,
    )


def public_figures() -> Figures:
    """Return the front page's figures."""
    figures: Figures = kept("public", _count)
    return figures
