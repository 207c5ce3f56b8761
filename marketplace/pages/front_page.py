"""What stands on the front page: the newest, agencies' problems that wait for an answer, who takes part, figures.

Which things these are is asked once a minute for everybody (`short_cache`); what is said of them is loaded for each page
through the rule of visibility. The page of guests is kept as a whole (`web.kept_pages`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import select

from marketplace.browse.rows import load
from marketplace.buyer_requests import visibility as needs
from marketplace.buyer_requests.lifecycle import OPEN_STATES
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core.access import GUEST
from marketplace.core.columns import in_states
from marketplace.core.extensions import db
from marketplace.core.short_cache import kept
from marketplace.listings import visibility as listings
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.organisations.visibility import listed
from marketplace.pages.public_figures import public_figures
from marketplace.values import clock
from marketplace.vocabulary.needs import KINDS_NEEDING_SIX_CLEAR
from marketplace.web.i18n import language

#: How many of each are shown.
LATEST, PROBLEMS, NEEDS, ORGANISATIONS = 6, 4, 3, 12
_AGENCIES = sorted(KINDS_NEEDING_SIX_CLEAR)


@dataclass(frozen=True)
class Shown:
    """The ids of what the page shows, in its order."""

    listings: tuple[int, ...]
    problems: tuple[int, ...]
    needs: tuple[int, ...]
    organisations: tuple[int, ...]


def front_page() -> dict[str, Any]:
    """Return the template's variables."""
    shown: Shown = kept("front_page", _shown)
    locale = language()
    asked = {one.id: one for one in load(BuyerRequest.subject_kind, [*shown.problems, *shown.needs], GUEST, (), locale)}
    return {
        "figures": public_figures(),
        "listings": load(Listing.subject_kind, shown.listings, GUEST, (), locale),
        "problems": [asked[one] for one in shown.problems if one in asked],
        "needs": [asked[one] for one in shown.needs if one in asked],
        "organisations": load(Organisation.subject_kind, shown.organisations, GUEST, (), locale),
        "today": clock.today(),
        "review_days": current_app.extensions["settings"].moderation_days,
    }


def _shown() -> Shown:
    listing = select(Listing.id).where(listings.visible_to(GUEST))
    taking_part = select(Organisation.id).where(listed())
    problems = _open(agencies=True).order_by(BuyerRequest.answer_deadline, BuyerRequest.id).limit(PROBLEMS)
    others = _open(agencies=False).order_by(BuyerRequest.published_at.desc(), BuyerRequest.id.desc()).limit(NEEDS)
    return Shown(
        tuple(db.session.scalars(listing.order_by(Listing.published_at.desc(), Listing.id.desc()).limit(LATEST))),
        tuple(db.session.scalars(problems)),
        tuple(db.session.scalars(others)),
        tuple(db.session.scalars(
            taking_part.order_by(Organisation.verified_at.desc(), Organisation.id.desc()).limit(ORGANISATIONS))),
    )


def _open(*, agencies: bool) -> Any:
    """Select the open needs that guests may read: the problems of agencies that can still be answered, or the others."""
    rows = select(BuyerRequest.id).where(needs.visible_to(GUEST), in_states(BuyerRequest, OPEN_STATES))
    if agencies:
        return rows.where(
            BuyerRequest.published_revision.has(NeedRevision.kind.in_(_AGENCIES)),
            BuyerRequest.answer_deadline >= clock.today(),
        )
    return rows.where(BuyerRequest.published_revision.has(NeedRevision.kind.not_in(_AGENCIES)))
