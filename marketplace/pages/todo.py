"""What needs me today: for the organisation acted for, and for operators. Each line links to where it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import case, func, or_, select

from marketplace.authoring.lifecycle import EDITABLE_STATES
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.listings.models import Listing, ListingRevision
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
    if organisation.state == "draft":
        return [Attention(_("Complete your organisation and submit it for verification"), "/my/organisation",
                          tone="warning", mark="patch-question", note=_("Until then you can draft, but not publish."))]
    if organisation.state == "needs_info":
        return [Attention(_("The operator asks for more about your organisation"), "/my/organisation", tone="warning",
                          mark="pencil-square", note=organisation.decision_text)]
    if organisation.state == "submitted":
        return [Attention(_("Your organisation is being verified"), "/my/organisation", mark="hourglass-split")]
    if organisation.state in {"suspended", "rejected"}:
        return [Attention(_("Your organisation is not active on the exchange"), "/my/organisation", tone="danger",
                          mark="slash-circle", note=organisation.decision_text)]
    return []


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
        asked, drafts = counts.get("changes_requested", 0), counts.get("draft", 0)
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
    stale = db.session.scalar(select(func.count(Listing.id)).where(Listing.org_id == org_id, Listing.state == "stale")) or 0
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
            func.sum(case((BuyerRequest.state == "expired", 1), else_=0)),
        ).where(BuyerRequest.org_id == org_id, or_(BuyerRequest.state == "open", BuyerRequest.state == "expired"))
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
