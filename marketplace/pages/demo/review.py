"""Moderators of the demonstration: taking and deciding cases through moderation's own verbs."""

from __future__ import annotations

from marketplace.core.access import Actor
from marketplace.core.subjects import review_of
from marketplace.moderation.actions import cases
from marketplace.moderation.checklists import MET, PROBLEM
from marketplace.moderation.submission import Submission

#: The item of the checklist in which a reason shows; other reasons mark the first item.
_ITEMS = {
    "claims_exaggerated": "claims", "trl_unsupported": "readiness", "specs_missing": "claims", "summary_unclear": "summary",
    "right_not_proven": "rights", "target_not_measurable": "target", "document_unreadable": "documents",
}


def claim(subject: Submission, actor: Actor) -> None:
    """Take the case of a submission."""
    cases.claim(subject, actor)


def decide(
    subject: Submission, actor: Actor, action: str, reason_code: str = "", text: str = "", control_class: str = "ordinary"
) -> None:
    """Decide a case with its checklist filled in."""
    codes = review_of(subject.kind).checks.codes
    answers = dict.fromkeys(codes, MET)
    if action != "approve":
        item = _ITEMS.get(reason_code, "")
        answers[item if item in answers else codes[0]] = PROBLEM
    wanted = control_class if subject.reviewed.classified and action == "approve" else ""
    cases.decide(subject, actor, cases.Decision(action, answers, reason_code, text, wanted))
