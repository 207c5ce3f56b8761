"""What is told of answers: to whose need it is, and to who answered. Sentences name the need and the answerer."""

from __future__ import annotations

from typing import Any

from marketplace.answers.models import Answer
from marketplace.core.events import Event
from marketplace.core.permissions import NEGOTIATE
from marketplace.core.subjects import Ref
from marketplace.notifications.occasions import Occasion
from marketplace.notifications.rendering import term
from marketplace.notifications.rules import Notifications, Rule, rule
from marketplace.values.text import N_


def _answer(action: str, to: str, text: str, **more: Any) -> Rule:
    return rule(f"answer.{action}", "interest", to, text, **more)


def occasion(event: Event, row: Answer) -> Occasion | None:
    """Return what there is to tell of an event of an answer."""
    return Occasion(
        row, event, members=NEGOTIATE, parties=Ref(Answer.subject_kind, row.id),
        params={"number": event.data.get("version", ""), "reason": term("decline_reasons", event.reason_code)},
    )


NOTIFICATIONS = Notifications((
    _answer("send", "buyer", N_("%(party)s answered your need “%(title)s”.")),
    _answer("revise", "buyer", N_("%(party)s sent version %(number)s of its answer to your need “%(title)s”.")),
    _answer("withdraw", "buyer", N_("%(party)s withdrew its answer to your need “%(title)s”: %(reason)s.")),
    _answer("shortlist", "supplier", N_("Your answer to the need “%(title)s” is on the shortlist.")),
    _answer("unlist", "supplier", N_("Your answer to the need “%(title)s” is no longer on the shortlist.")),
    _answer("choose", "supplier", N_("Your answer to the need “%(title)s” was chosen.")),
    _answer("decline", "supplier", N_("Your answer to the need “%(title)s” was not chosen: %(reason)s.")),
    _answer("reconsider", "supplier", N_("Your answer to the need “%(title)s” is being looked at again.")),
), {
    "answer.create": "its own people see the draft in their list",
    "answer.save": "a draft is nobody else's business",
    "answer.add_file": "a draft is nobody else's business",
    "answer.remove_file": "a draft is nobody else's business",
    "answer.give_points": "colleagues see each other's points in the table; the organisation that answers never does",
    "answer.add_note": "colleagues see each other's notes on the answer; the organisation that answers never does",
}, occasion)
