"""What is told of deals and milestones: to the sides, and to the officer who follows the deal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.permissions import NEGOTIATE
from marketplace.core.subjects import Ref
from marketplace.deals.models import Deal, Milestone
from marketplace.deals.queries.loading import path_of
from marketplace.negotiation.models import Lead, Terms
from marketplace.notifications.occasions import Occasion
from marketplace.notifications.rules import Notifications, Rule, rule
from marketplace.values.text import N_

_SETTLED = N_("The dispute in deal %(code)s is settled. “%(title)s” goes on.")


def _deal(action: str, to: str, text: str, **more: Any) -> Rule:
    return rule(f"deal.{action}", "deals", to, text, **more)


def _milestone(action: str, to: str, text: str) -> Rule:
    return rule(f"milestone.{action}", "milestones", to, text)


def _agreed(to: str, text: str) -> Rule:
    """Return a row of the agreement on terms, which leads to the deal that it made."""
    return rule("terms.accept", "terms", to, text, place=lambda occasion: str(occasion.extra["path"]))


def occasion(event: Event, row: Any) -> Occasion | None:
    """Return who is concerned by an event of a deal or a milestone, or by the terms that made a deal."""
    if event.data.get("part_of"):
        return None  # the move that brought this file along is told
    if isinstance(row, Terms):
        return _agreement(event, row)
    deal: Deal = row if isinstance(row, Deal) else row.deal
    params: dict[str, Any] = {"days": event.data.get("days", "")}
    if isinstance(row, Milestone):
        params |= {"milestone": row.title, "due_on": row.due_on.isoformat()}
    return Occasion(
        row, event, members=NEGOTIATE, officer_id=deal.officer_id, parties=Ref(Lead.subject_kind, deal.lead_id),
        params=params,
    )


def _agreement(event: Event, terms: Terms) -> Occasion:
    deal = db.session.scalars(select(Deal).where(Deal.lead_id == terms.lead_id)).first()
    return Occasion(
        terms, event, members=NEGOTIATE, parties=Ref(Lead.subject_kind, terms.lead_id), params={"number": terms.number},
        extra={"path": path_of(deal) if deal else f"/leads/{terms.lead.code}"},
    )


NOTIFICATIONS = Notifications((
    _agreed("other", N_("%(party)s accepted your terms for “%(title)s”: both sides agree.")),
    _agreed("own", N_("Your organisation accepted the terms for “%(title)s”: both sides agree.")),
    _deal("renegotiate", "other", N_("%(party)s wants to negotiate the terms of deal %(code)s again.")),
    _deal("draft", "other", N_("%(party)s began the contract of deal %(code)s, “%(title)s”.")),
    _deal("present", "both", N_("The contract of deal %(code)s is ready to be signed.")),
    _deal("redraft", "other", N_("%(party)s sent the contract of deal %(code)s back to the draft.")),
    _deal("sign", "other", N_("%(party)s signed the contract of deal %(code)s.")),
    _deal("conclude", "both officer", N_("Deal %(code)s, “%(title)s”, is signed by both sides.")),
    _deal("take_effect", "both", N_("The contract of deal %(code)s is in effect.")),
    _deal("begin_delivery", "buyer", N_("%(party)s began delivery in deal %(code)s.")),
    _deal("hand_over", "buyer", N_("%(party)s handed over what was agreed in deal %(code)s. Please accept or return it.")),
    _deal("return_defects", "supplier", N_("%(party)s returned the delivery of deal %(code)s with defects.")),
    _deal("complete", "both officer", N_("Deal %(code)s, “%(title)s”, is completed.")),
    _deal("cancel", "both officer", N_("Deal %(code)s, “%(title)s”, was cancelled.")),
    _deal("dispute", "other", N_("%(party)s raised a dispute in deal %(code)s.")),
    _deal("dispute", "own", N_("Your organisation raised a dispute in deal %(code)s.")),
    _deal("dispute", "officers", N_("Dispute in deal %(code)s: %(supplier)s and %(buyer)s, “%(title)s”.")),
    _deal("resume_effective", "both officer", _SETTLED),
    _deal("resume_delivering", "both officer", _SETTLED),
    _deal("resume_acceptance", "both officer", _SETTLED),
    _deal("ask_ending", "other", N_("%(party)s asks to end the contract of deal %(code)s.")),
    _deal("refuse_ending", "other", N_("%(party)s does not agree to end the contract of deal %(code)s.")),
    _deal("withdraw_ending", "other", N_("%(party)s no longer asks to end the contract of deal %(code)s.")),
    _deal("terminate", "both officer", N_("The contract of deal %(code)s, “%(title)s”, was ended by agreement.")),
    _deal("officer", "officer", N_("You follow deal %(code)s for the exchange: %(supplier)s and %(buyer)s.")),
    _deal("classify", "both", N_("The exchange classified the technology of deal %(code)s; see what follows for it.")),
    _deal("file_added", "other", N_("%(party)s added a file to deal %(code)s."), quiet=True),
    _deal("reminded", "both officer", N_("Deal %(code)s, “%(title)s”, has stood still for %(days)s days.")),
    _deal("remind", "both", N_("The exchange reminds both sides of deal %(code)s, “%(title)s”: see the next step.")),
    _milestone("deliver", "buyer", N_("%(party)s reports “%(milestone)s” of deal %(code)s as delivered.")),
    _milestone("accept", "supplier", N_("%(party)s accepted “%(milestone)s” of deal %(code)s.")),
    _milestone("return", "supplier", N_("%(party)s returned “%(milestone)s” of deal %(code)s.")),
    _milestone("reminded", "both", N_("“%(milestone)s” of deal %(code)s is due on %(due_on)s.")),
), {
    "milestone.retire": "the terms that leave it out are told to both sides in the same moment",
    "deal.open": "terms.accept tells both sides in the same moment",
    "deal.contract_saved": "a draft is saved many times a day; that it is ready to be signed is told",
    "deal.publicity": "each side decides for itself; nothing is public until both did",
    "deal.note": "the parties never see it, and who follows the deal reads it there",
    "deal.file_read": "a log of reading, not news",
    "deal.record_read": "a log of reading, not news",
}, occasion)
