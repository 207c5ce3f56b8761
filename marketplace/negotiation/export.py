"""Leads as lists for spreadsheets: those of an organisation, and all of them for the staff."""

from __future__ import annotations

from marketplace.negotiation.presenter import Seen, ShownPair
from marketplace.values.text import N_
from marketplace.vocabulary import DECLINE_REASONS, LEAD_ORIGINS, SIDES
from marketplace.web.i18n import language
from marketplace.web.spreadsheet import Column


def _about(seen: Seen, *, offered: bool) -> str:
    return next((f"{about.code} {about.title}" for about in seen.about if about.offered == offered), "")


#: How both exports begin: what a lead is about.
OPENING: tuple[Column[Seen], ...] = (
    Column(N_("Code"), lambda seen: seen.lead.code),
    Column(N_("Began by"), lambda seen: LEAD_ORIGINS.label(seen.lead.origin, language())),
    Column(N_("Technology"), lambda seen: _about(seen, offered=True)),
    Column(N_("Need"), lambda seen: _about(seen, offered=False)),
)
#: How both exports end: how a lead stands.
STAGE: tuple[Column[Seen], ...] = (
    Column(N_("State"), lambda seen: seen.state),
    Column(N_("Turn"), lambda seen: seen.turn),
    Column(N_("Answer by"), lambda seen: seen.lead.respond_by),
    Column(N_("Reason"), lambda seen: DECLINE_REASONS.label(seen.lead.decline_code or None, language())),
    Column(N_("Began on"), lambda seen: seen.lead.created_at),
    Column(N_("Last activity"), lambda seen: seen.lead.last_activity_at),
)
OWN_COLUMNS = (
    *OPENING,
    Column[Seen](N_("Our side"), lambda seen: SIDES.label(seen.side, language())),
    Column[Seen](N_("Other side"), lambda seen: seen.opposite),
    *STAGE,
)


STAFF_COLUMNS = (
    *OPENING,
    Column[Seen](N_("Transferor"), lambda seen: seen.supplier.name),
    Column[Seen](N_("Transferee"), lambda seen: seen.buyer.name),
    *STAGE,
)

#: Strong pairs that nobody has acted on.
PAIR_COLUMNS = (
    Column[ShownPair](N_("Match"), lambda pair: pair.score),
    Column[ShownPair](N_("Need"), lambda pair: f"{pair.need_code} {pair.need_title}"),
    Column[ShownPair](N_("Requester"), lambda pair: pair.requester),
    Column[ShownPair](N_("Answers until"), lambda pair: pair.deadline),
    Column[ShownPair](N_("Technology"), lambda pair: f"{pair.listing_code} {pair.listing_title}"),
    Column[ShownPair](N_("Owner"), lambda pair: pair.owner),
    Column[ShownPair](N_("Both published since"), lambda pair: pair.since),
)
