"""How topics stand: what is on offer, asked for, talked about and concluded under each. Staff's, counted once a minute."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, Text, case, cast, func, select
from sqlalchemy.orm import aliased

from marketplace.buyer_requests.lifecycle import OPEN_STATES, SOLVED
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core.access import access
from marketplace.core.extensions import db
from marketplace.core.permissions import READ_DEAL_FIGURES
from marketplace.core.short_cache import kept
from marketplace.deals.lifecycle import COMPLETED, LIVE
from marketplace.deals.models import Deal
from marketplace.listings.lifecycle import VISIBLE_STATES
from marketplace.listings.models import Listing, ListingRevision
from marketplace.negotiation.models import Lead
from marketplace.vocabulary import TOPICS, top_of, topic, with_tops
from marketplace.web.i18n import language

bp = Blueprint("topic_figures", __name__)

#: What is counted, in the order of the columns. `value` is the sum of what completed deals were worth, in VND.
COUNTED = ("technologies", "needs", "solved", "interests", "deals", "completed", "value")


@dataclass
class Figures:
    """Counts by topic code (both levels; "" for what stands under none), by what is counted."""

    by_topic: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, rows: Iterable[Any], what: str, weight: str = "things") -> None:
        """Add grouped rows: the texts of their topics come first, then `things` and `value`."""
        for row in rows:
            codes = with_tops(code for text in row[:-2] if text for code in json.loads(text))
            for code in codes or [""]:
                self.by_topic[code][what] += int(getattr(row, weight) or 0)


@bp.get("/staff/topics")
@access(READ_DEAL_FIGURES)
def show() -> ResponseReturnValue:
    """Show the figures of the first level, or of what is below one topic."""
    chosen = topic(request.args.get("topic", ""))
    top = top_of(chosen.code) if chosen else ""
    figures: Mapping[str, Mapping[str, int]] = kept("topic-figures", _count)
    rows = [(one.code, one.label(language()), figures.get(one.code, {})) for one in TOPICS.children(top)]
    without = {} if top else figures.get("", {})
    return render_template(
        "pages/topic_figures.html", rows=rows, without=without, top=TOPICS.get(top),
        whole=figures.get(top, {}) if top else {},
    )


def _count() -> Mapping[str, Mapping[str, int]]:
    """Count everything, in five statements grouped by the topics as they are stored."""
    found = Figures()
    listings = _grouped(select(Listing), ListingRevision, Listing.published_revision_id)
    found.add(db.session.execute(listings.where(Listing.state.in_(VISIBLE_STATES))), "technologies")
    for what, states in (("needs", OPEN_STATES), ("solved", (SOLVED,))):
        needs = _grouped(select(BuyerRequest), NeedRevision, BuyerRequest.published_revision_id)
        found.add(db.session.execute(needs.where(BuyerRequest.state.in_(states))), what)
    found.add(db.session.execute(_of_both(Lead, func.count(), func.count())), "interests")
    live = func.sum(case((Deal.state.in_(LIVE), 1), else_=0))
    deals = db.session.execute(_of_both(Deal, live, func.count())).all()
    found.add(deals, "deals")
    worth = _of_both(Deal, func.count(), func.sum(Deal.value_realised)).where(Deal.state == COMPLETED)
    done = db.session.execute(worth).all()
    found.add(done, "completed")
    found.add(done, "value", "value")
    return {code: dict(counts) for code, counts in found.by_topic.items()}


def _grouped(things: Select[Any], revision: Any, version_id: Any) -> Select[Any]:
    topics = cast(revision.topic_codes, Text).label("topics")
    joined: Select[Any] = things.join(revision, revision.id == version_id)
    counted: Any = joined.with_only_columns(topics, func.count().label("things"), func.count().label("value"))
    grouped: Select[Any] = counted.group_by(topics)
    return grouped


def _of_both(thing: Any, count: Any, value: Any) -> Select[Any]:
    """Return leads or deals grouped by the topics of their technology and of their need."""
    offered, asked = aliased(ListingRevision), aliased(NeedRevision)
    first, second = cast(offered.topic_codes, Text).label("offered"), cast(asked.topic_codes, Text).label("asked")
    return (
        select(first, second, count.label("things"), value.label("value")).select_from(thing)
        .outerjoin(Listing, Listing.id == thing.listing_id)
        .outerjoin(offered, offered.id == Listing.published_revision_id)
        .outerjoin(BuyerRequest, BuyerRequest.id == thing.need_id)
        .outerjoin(asked, asked.id == BuyerRequest.published_revision_id)
        .group_by(first, second)
    )
