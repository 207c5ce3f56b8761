"""Shapes of what moderators send: decisions, reasons, calendar days, and the filters of their lists."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import AnyOf, InputRequired, Length

from marketplace.core.subjects import review_of
from marketplace.moderation import decision_log, queries
from marketplace.moderation.actions.cases import Decision
from marketplace.moderation.checklists import ANSWERS
from marketplace.moderation.kind import REVIEWED
from marketplace.values import clock
from marketplace.values.clock import DateError
from marketplace.values.text import clean_line
from marketplace.vocabulary import CONTROL_CLASSES, DECISIONS, SUSPENSION_REASONS, Term
from marketplace.web.forms import DayField, ExchangeForm, LineField, LongField, TermField
from marketplace.web.i18n import language

TEXT = 5_000  # characters to the author


class CheckField(RadioField):
    """One item of the checklist, answered with met, problem or not applicable; unanswered at first."""

    def __init__(self, term: Term | None = None, **kwargs: Any) -> None:
        self.term = term
        kwargs.setdefault("label", self.name_in(language()))
        kwargs.setdefault("choices", [(code, _l(word)) for code, word in ANSWERS.items()])
        super().__init__(coerce=str, validate_choice=False, **kwargs)

    def name_in(self, locale: str) -> str:
        """Return the item's name for its legend."""
        return self.term.label(locale) if self.term else ""

    def note_in(self, locale: str) -> str:
        """Return the item's explanation, or an empty string."""
        return self.term.note(locale) if self.term else ""


class DecisionForm(ExchangeForm):
    """The base of a decision; `decision_form` adds the kind's checklist and reasons."""

    kind = ""
    text = LongField(_l("To the author"), [Length(max=TEXT)])

    def decision(self) -> Decision:
        """Return what was sent as the action takes it."""
        answers = {code: self[f"check_{code}"].data or "" for code in review_of(self.kind).checks.codes}
        return Decision(
            action=request.form.get("action", "")[:40],
            checklist={code: answer for code, answer in answers.items() if answer in ANSWERS},
            reason_code=self["reason_code"].data or "",
            text=self.text.data or "",
            control_class=(self["control_class"].data or "") if "control_class" in self else "",
        )

    def checks(self) -> list[CheckField]:
        """Return the fields of the checklist, in order."""
        return [self[f"check_{code}"] for code in review_of(self.kind).checks.codes]

    def notes(self) -> dict[str, str]:
        """Return the text offered for each reason, in the reader's language."""
        return {term.code: term.note(language()) for term in review_of(self.kind).reasons}


@cache
def decision_form(kind: str) -> type[DecisionForm]:
    """Return the form class of one kind: its checklist and reasons, and the control class for listings."""
    fields: dict[str, Any] = {
        f"check_{term.code}": CheckField(term=term) for term in review_of(kind).checks
    }
    if REVIEWED[kind].classified:
        fields["control_class"] = TermField(_l("Control class"), vocabulary=CONTROL_CLASSES, validate_choice=False)
    fields["reason_code"] = TermField(_l("Reason"), vocabulary=review_of(kind).reasons, validate_choice=False)
    return type(f"{kind.title()}DecisionForm", (DecisionForm,), {"kind": kind, **fields})


class ReasonForm(ExchangeForm):
    """Why a case is taken over from a colleague."""

    reason = LongField(_l("Why do you take it over?"), [Length(max=1_000)])


class SanctionForm(ExchangeForm):
    """Why something public is suspended, restored or removed."""

    reason_code = TermField(_l("Reason"), vocabulary=SUSPENSION_REASONS, validate_choice=False)
    reason = LongField(_l("Say why"), [Length(max=TEXT)])


class DayForm(ExchangeForm):
    """A day that differs from the published calendar."""

    day = DayField(_l("Day"), [InputRequired(_l("Write the date as dd/mm/yyyy, for example 31/12/2026."))])
    working = RadioField(
        _l("What is different"), [AnyOf(["off", "work"], message=_l("Choose one."))],
        choices=[("off", _l("No work on this day")), ("work", _l("Work on this day"))], default="off",
        validate_choice=False,
    )
    note = LineField(_l("Decision or event"), [InputRequired(_l("This field is required.")), Length(max=300)])


def queue_filters() -> queries.Filters:
    """Return the queue's filters from the address; unknown values count as all."""
    args = request.args

    def one(name: str, allowed: tuple[str, ...]) -> str:
        return args.get(name, "") if args.get(name) in allowed else ""

    return queries.Filters(
        kind=one("kind", tuple(REVIEWED)), novelty=one("novelty", queries.NOVELTIES), holder=one("holder", queries.HOLDERS),
        text=clean_line(args.get("q", ""))[:200],
    )


def decided_filters() -> decision_log.DecisionFilters:
    """Return the record's filters from the address; nonsense counts as all."""
    args = request.args
    kind = args.get("kind", "")
    reasons = {code for one in REVIEWED for code in review_of(one).reasons.codes}
    who = args.get("moderator", "")
    return decision_log.DecisionFilters(
        kind=kind if kind in REVIEWED else "",
        decision=args.get("decision", "") if args.get("decision") in DECISIONS else "",
        moderator=int(who) if who.isascii() and who.isdigit() and len(who) < 19 else None,
        reason_code=args.get("reason", "") if args.get("reason") in reasons else "",
        first=_day(args.get("first", "")),
        last=_day(args.get("last", "")),
        late=args.get("late") == "1",
    )


def _day(text: str) -> Any:
    try:
        return clock.parse_date(text)
    except DateError:
        return None
