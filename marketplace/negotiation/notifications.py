"""What is told of leads, terms and complaints: to the other side, to colleagues, to the officers of the exchange."""

from __future__ import annotations

from typing import Any

from marketplace.answers.lifecycle import CHOSEN_STATES
from marketplace.answers.models import Answer
from marketplace.core.events import Event
from marketplace.core.permissions import NEGOTIATE
from marketplace.core.subjects import Ref
from marketplace.negotiation.models import Complaint, Lead
from marketplace.notifications.occasions import Occasion
from marketplace.notifications.rendering import term
from marketplace.notifications.rules import Notifications, Rule, rule
from marketplace.values.text import N_

OTHER = {"supplier": "buyer", "buyer": "supplier"}


def _lead(action: str, to: str, text: str, *, topic: str = "interest", **more: Any) -> Rule:
    return rule(f"lead.{action}", topic, to, text, **more)


def _terms(action: str, to: str, text: str) -> Rule:
    return rule(f"terms.{action}", "terms", to, text)


def _complaint(action: str, to: str, text: str) -> Rule:
    return rule(f"complaint.{action}", "complaints", to, text)


def occasion(event: Event, row: Any) -> Occasion | None:
    """Return who is concerned by an event: whose turn it is, who complained, who follows a complaint."""
    if event.action == "lead.message" and event.data.get("kind") in {"interest", "question"}:
        return None  # the move that came with these words is told
    lead: Lead = row if isinstance(row, Lead) else row.lead
    if lead.answer is not None and _told_by_answer(event, lead.answer):
        return None
    complaint = row if isinstance(row, Complaint) else None
    waiting = event.data.get("waiting_on") or lead.waiting_on
    parts = {"waiting": (waiting,) if waiting else ("supplier", "buyer")}  # an introduction waits for both
    if complaint is not None:
        parts |= {"complainant": (complaint.side,), "respondent": (OTHER[complaint.side],)}
    return Occasion(
        row, event, members=NEGOTIATE, parts=parts, officer_id=complaint.officer_id if complaint else None,
        parties=Ref(Lead.subject_kind, lead.id),
        params={"number": event.data.get("number", ""), "reason": term("decline_reasons", event.reason_code)},
    )


def _told_by_answer(event: Event, answer: Answer) -> bool:
    """True for a move of a conversation that goes with one of its answer, which is told instead."""
    match event.action:
        case "lead.contact":
            return bool(event.data.get("side") == "supplier")
        case "lead.accept":
            return answer.state in CHOSEN_STATES
        case _:
            return event.action in {"lead.decline", "lead.withdraw"}


NOTIFICATIONS = Notifications((
    _lead("introduce", "both", N_("The exchange suggests that you talk with %(party)s about “%(title)s”.")),
    _lead("contact", "other", N_("%(party)s is interested in “%(title)s”."), by="buyer"),
    _lead("contact", "other", N_("%(party)s offers a solution for “%(title)s”."), by="supplier"),
    _lead("accept", "other", N_("%(party)s wants to talk with you about “%(title)s”.")),
    _lead("ask", "other", N_("%(party)s has a question about “%(title)s” before answering.")),
    _lead("decline", "other", N_("%(party)s does not want to go on with “%(title)s”: %(reason)s.")),
    _lead("withdraw", "other", N_("%(party)s withdrew from the conversation about “%(title)s”: %(reason)s.")),
    _lead("expire", "both", N_("The conversation about “%(title)s” has lapsed: it went unanswered too long.")),
    _lead("reminded", "waiting", N_("%(party)s is waiting for your answer about “%(title)s”.")),
    _lead("remind", "waiting", N_("The exchange reminds you: the next step about “%(title)s” is yours.")),
    _lead("message", "other", N_("New message from %(party)s about “%(title)s”."), topic="messages", quiet=True),
    _lead("message", "both", N_("An officer of the exchange wrote in the conversation about “%(title)s”."),
          by="exchange", topic="messages", quiet=True),
    _lead("common_members", "officers", N_("%(supplier)s and %(buyer)s have members in common, who could act for both "
                                           "sides: “%(title)s”."), topic="complaints"),
    _terms("propose", "other", N_("%(party)s proposes terms for “%(title)s” (version %(number)s).")),
    _terms("propose", "own", N_("Your organisation proposed terms for “%(title)s” (version %(number)s).")),
    _terms("decline", "other", N_("%(party)s declined your terms for “%(title)s” (version %(number)s).")),
    _terms("withdraw", "other", N_("%(party)s withdrew the terms it proposed for “%(title)s” (version %(number)s).")),
    _complaint("open", "respondent", N_("%(party)s made complaint %(code)s about the conversation on “%(title)s”.")),
    _complaint("open", "officers", N_("New complaint %(code)s: %(supplier)s and %(buyer)s, “%(title)s”.")),
    _complaint("triage", "complainant", N_("An officer of the exchange has taken up your complaint %(code)s.")),
    _complaint("ask_party", "respondent", N_("The exchange asks your organisation to answer complaint %(code)s.")),
    _complaint("ask_party", "complainant", N_("The exchange asked the other side about your complaint %(code)s.")),
    _complaint("answer", "complainant", N_("%(party)s answered your complaint %(code)s.")),
    _complaint("answer", "officer", N_("The other side answered complaint %(code)s.")),
    _complaint("escalate", "both", N_("Complaint %(code)s was passed to a higher level of the exchange.")),
    _complaint("escalate", "managers", N_("Complaint %(code)s was escalated: %(supplier)s and %(buyer)s.")),
    _complaint("resolve", "both", N_("Complaint %(code)s is resolved.")),
    _complaint("reject", "both", N_("Complaint %(code)s was rejected.")),
    _complaint("withdraw", "respondent", N_("%(party)s withdrew complaint %(code)s.")),
    _complaint("withdraw", "officer", N_("Complaint %(code)s was withdrawn.")),
), {
    "lead.thread_read": "stands in the history that both sides see; every page turned would be a mail",
    "lead.reopen": "the choice of the answer is told",
    "lead.record_read": "a log of reading, not news",
}, occasion)
