"""What waits for the reader: for the organisation acted for, and for operators. Each line links to where it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import case, func, select

from marketplace.authoring.lifecycle import CHANGES_REQUESTED, DRAFT, EDITABLE_STATES
from marketplace.buyer_requests.lifecycle import EXPIRED, OPEN_STATES
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.listings.lifecycle import STALE
from marketplace.listings.models import Listing, ListingRevision
from marketplace.organisations.lifecycle import TO_DO
from marketplace.organisations.models import Organisation
from marketplace.values import clock

SOON = timedelta(days=7)


@dataclass(frozen=True)
class Attention:
    """One thing to do."""

    label: str
    href: str
    count: int | None = None
    tone: str = "info"
    mark: str = "arrow-right"
    note: str = ""


def for_organisation(actor: Actor) -> list[Attention]:
    """Return what the organisation acted for should do; 6 statements."""
    if actor.org_id is None:
        return [
            Attention(_("Create your organisation or accept an invitation to begin"), "/my/organisations", tone="info",
                      mark="building")
        ]
    organisation = db.session.get_one(Organisation, actor.org_id)
    found = [*_organisation(organisation), *_versions(actor.org_id), *_listings(actor.org_id), *_needs(actor.org_id)]
    return [one for one in found if one.count != 0]


def _organisation(organisation: Organisation) -> list[Attention]:
    asked = TO_DO.get(organisation.state)
    if asked is None:
        return []
    note = organisation.decision_text if asked.decision else _(asked.note) if asked.note else ""
    return [Attention(_(asked.text), "/my/organisation", tone=asked.tone, mark=asked.icon, note=note)]


def _versions(org_id: int) -> list[Attention]:
    found = []
    for table, parent, path in (
        (ListingRevision, ListingRevision.listing, "/my/listings"),
        (NeedRevision, NeedRevision.buyer_request, "/my/needs"),
    ):
        thing = Listing if table is ListingRevision else BuyerRequest
        rows = (
            select(table.state, func.count())
            .join(parent)
            .where(thing.org_id == org_id, table.state.in_(EDITABLE_STATES))
            .group_by(table.state)
        )
        counts = {row[0]: row[1] for row in db.session.execute(rows)}
        asked, drafts = counts.get(CHANGES_REQUESTED, 0), counts.get(DRAFT, 0)
        found.append(
            Attention(
                ngettext("%(num)s version must be changed before it can be published",
                         "%(num)s versions must be changed before they can be published", asked),
                f"{path}?state=changes", asked, "warning", "pencil-square",
            )
        )
        found.append(
            Attention(ngettext("%(num)s draft to finish and submit", "%(num)s drafts to finish and submit", drafts),
                      f"{path}?state=drafts", drafts, "info", "pencil")
        )
    return found


def _listings(org_id: int) -> list[Attention]:
    stale = db.session.scalar(select(func.count(Listing.id)).where(Listing.org_id == org_id, Listing.state == STALE)) or 0
    return [
        Attention(
            ngettext("%(num)s technology must be confirmed as current",
                     "%(num)s technologies must be confirmed as current", stale),
            "/my/listings?state=stale", stale, "warning", "clock-history",
        )
    ]


def _needs(org_id: int) -> list[Attention]:
    today = clock.today()
    near, over = db.session.execute(
        select(
            func.sum(case((BuyerRequest.answer_deadline.between(today, today + SOON), 1), else_=0)),
            func.sum(case((BuyerRequest.state == EXPIRED, 1), else_=0)),
        ).where(BuyerRequest.org_id == org_id, BuyerRequest.state.in_((*OPEN_STATES, EXPIRED)))
    ).one()
    near, over = int(near or 0), int(over or 0)
    return [
        Attention(
            ngettext("%(num)s need closes for answers within a week",
                     "%(num)s needs close for answers within a week", near),
            "/my/needs?state=open", near, "info", "alarm",
        ),
        Attention(ngettext("%(num)s need has passed its deadline: extend or withdraw it",
                           "%(num)s needs have passed their deadline: extend or withdraw them", over),
                  "/my/needs?state=expired", over, "warning", "clock-history"),
    ]


def for_operator(waiting: int, overdue: int, mine: int, parked: int) -> list[Attention]:
    """Return what an operator should do, from figures that moderation and the outbox count."""
    found = [
        Attention(ngettext("%(num)s submission is overdue", "%(num)s submissions are overdue", overdue),
                  "/moderation?holder=overdue", overdue, "danger", "exclamation-octagon"),
        Attention(ngettext("%(num)s case is in your hands", "%(num)s cases are in your hands", mine),
                  "/moderation?holder=mine", mine, "warning", "person-check"),
        Attention(ngettext("%(num)s submission waits for review", "%(num)s submissions wait for review", waiting),
                  "/moderation", waiting, "info", "inbox"),
        Attention(ngettext("%(num)s piece of background work failed", "%(num)s pieces of background work failed", parked),
                  "/staff/background", parked, "danger", "gear"),
    ]
    return [one for one in found if one.count]


def for_files(held_back: int, late: int) -> list[Attention]:
    """Return what an operator should do about files: those held back, and those that the virus scanner does not get to."""
    found = [
        Attention(ngettext("%(num)s file is held back by the virus check", "%(num)s files are held back by the virus check",
                           held_back), "/staff/files", held_back, "warning", "shield-lock"),
        Attention(ngettext("%(num)s file waits long for the virus scanner: does it run?",
                           "%(num)s files wait long for the virus scanner: does it run?", late),
                  "/staff/background", late, "danger", "gear"),
    ]
    return [one for one in found if one.count]
