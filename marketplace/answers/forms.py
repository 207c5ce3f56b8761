"""Shape of input of answers. Forms check shape; `content` is what they make, and knows nothing of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField
from wtforms.validators import StopValidation

from marketplace.answers.asked import Asked
from marketplace.answers.content import (
    LINE,
    LONGEST,
    MOST_ROWS,
    Content,
    Criterion,
    PlanRow,
    PriceRow,
    Target,
    TeamRow,
    from_data,
    to_data,
)
from marketplace.answers.lifecycle import DECLINING_REASONS
from marketplace.answers.models import AnswerPoint
from marketplace.answers.points import MOST_POINTS
from marketplace.authoring.fields import AtMost, Between, FlagField, RowForm, RowsField
from marketplace.values.text import clean_line
from marketplace.vocabulary import ANSWER_DECLARATIONS, DECLINE_REASONS
from marketplace.web.forms import (
    ExchangeForm,
    LineField,
    LongField,
    MoneyField,
    TermField,
    TermsField,
    WholeField,
)

MOST_DAYS = 2000  # working days of one step
_REASON_LENGTH = 2000
_MOST_LETTERS = 500


class TargetRow(RowForm):
    """What is offered against one measure."""

    value = LineField(_l("Value offered"), [AtMost(LINE)])
    unit = LineField(_l("Unit"), [AtMost(60)])
    evidence = LongField(_l("How it is shown"), [AtMost(LONGEST)])


class CriterionRow(RowForm):
    """What is said to one criterion."""

    claimed = LineField(_l("In one figure or a few words"), [AtMost(LINE)])
    text = LongField(_l("In your words"), [AtMost(LONGEST)])


class PriceRowForm(RowForm):
    """One part of the price."""

    required = ("item",)
    item = LineField(_l("Part of the price"), [AtMost(LINE)])
    amount = MoneyField(_l("Amount"))


class PlanRowForm(RowForm):
    """One step of the work."""

    required = ("step",)
    step = LineField(_l("Work step"), [AtMost(LINE)])
    working_days = WholeField(_l("Working days"), [Between(0, MOST_DAYS)])
    deliverable = LineField(_l("Deliverable"), [AtMost(LINE)])


class TeamRowForm(RowForm):
    """One role in the team."""

    required = ("role",)
    role = LineField(_l("Role"), [AtMost(LINE)])
    experience = LineField(_l("Experience"), [AtMost(LINE)])


class AnswerForm(ExchangeForm):
    """The whole answer but its files. `ready` fits it to what the need asks; `content` reads it."""

    summary = LongField(_l("What you offer"), [AtMost(LONGEST)])
    technology = SelectField(_l("Technology of yours"), choices=[], coerce=clean_line, default="")
    targets = FieldList(FormField(TargetRow), label=_l("Targets"), max_entries=MOST_ROWS)
    criteria = FieldList(FormField(CriterionRow), label=_l("Criteria"), max_entries=MOST_ROWS)
    price_total = MoneyField(_l("Total price"))
    price_rows = RowsField(PriceRowForm, (("item", "half"), ("amount", "third")), _l("Add a part"), most=MOST_ROWS,
                           label=_l("Parts of the price"))
    plan = RowsField(PlanRowForm, (("step", "half"), ("working_days", "short"), ("deliverable", "third")),
                     _l("Add a step"), most=MOST_ROWS, label=_l("Steps of the work"))
    team = RowsField(TeamRowForm, (("role", "third"), ("experience", "half")), _l("Add a role"), most=MOST_ROWS,
                     label=_l("Team"))
    trial = FlagField(_l("A trial is offered"))
    trial_days = WholeField(_l("Length of the trial in working days"), [Between(0, MOST_DAYS)])
    trial_cost = MoneyField(_l("Cost of the trial"))
    support = LongField(_l("Support afterwards"), [AtMost(LONGEST)])
    declarations = TermsField(_l("Declarations"), vocabulary=ANSWER_DECLARATIONS)

    def ready(self, asked: Asked, technologies: list[tuple[str, str]]) -> None:
        """Have one row for each measure and criterion asked, an empty row where rows repeat, and the own technologies."""
        self.technology.choices = [("", gettext("None of those listed here")), *technologies]
        for field, count in ((self.targets, len(asked.measures)), (self.criteria, len(asked.criteria))):
            while len(field.entries) > count:
                field.pop_entry()
            while len(field.entries) < count:
                field.append_entry()
        for rows in (self.price_rows, self.plan, self.team):
            if not rows.entries:
                rows.append_entry()

    def handle_button(self) -> bool:
        """Obey a button that adds or removes a row; True when one was pressed."""
        return any(rows.handle_button(request.form) for rows in (self.price_rows, self.plan, self.team))

    def content(self, asked: Asked, before: Content, *, only_valid: bool = False) -> Content:
        """Return what was typed; `only_valid` keeps from `before` the fields with errors."""
        values: dict[str, Any] = to_data(before)
        targets = [entry.form.data for entry in self.targets.entries]
        criteria = [entry.form.data for entry in self.criteria.entries]
        found: dict[str, Any] = {
            "summary": self.summary.data, "technology": self.technology.data, "support": self.support.data,
            "targets": [asdict(Target(**{**_of(row, "value", "unit", "evidence"), "name": one.name}))
                        for one, row in zip(asked.measures, targets, strict=False)],
            "criteria": [asdict(Criterion(**{**_of(row, "claimed", "text"), "name": one.name}))
                         for one, row in zip(asked.criteria, criteria, strict=False)],
            "price_total": self.price_total.data, "price_rows": self.price_rows.stored(), "plan": self.plan.stored(),
            "team": self.team.stored(), "trial": self.trial.stored(), "trial_days": self.trial_days.data,
            "trial_cost": self.trial_cost.data, "declarations": list(self.declarations.data or []),
        }
        values |= {name: value for name, value in found.items() if not (only_valid and self[name].errors)}
        return from_data(values)


def _of(row: dict[str, Any], *names: str) -> dict[str, str]:
    return {name: row.get(name) or "" for name in names}


def initial(content: Content, asked: Asked) -> dict[str, Any]:
    """Return what a form begins with; an unwritten target has the unit that is asked."""
    return {
        **{name: getattr(content, name) for name in (
            "summary", "technology", "price_total", "trial", "trial_days", "trial_cost", "support")},
        "declarations": list(content.declarations),
        "targets": [{**asdict(said := content.target(one.name)), "unit": said.unit or one.unit} for one in asked.measures],
        "criteria": [asdict(content.criterion(one.name)) for one in asked.criteria],
        "price_rows": _cells(content.price_rows), "plan": _cells(content.plan), "team": _cells(content.team),
    }


def _cells(rows: tuple[PriceRow, ...] | tuple[PlanRow, ...] | tuple[TeamRow, ...]) -> list[dict[str, Any]]:
    return [asdict(row) for row in rows]


class BeginForm(ExchangeForm):
    """Nothing but the press that begins an answer."""


class FileForm(ExchangeForm):
    """Files, and which target or criterion they are evidence for."""

    file = MultipleFileField(_l("Files"))
    about = SelectField(_l("Evidence for"), choices=[], coerce=clean_line, default="")

    def offer(self, asked: Asked) -> None:
        """Let the targets and criteria asked be chosen."""
        names = dict.fromkeys([*(one.name for one in asked.measures), *(one.name for one in asked.criteria)])
        self.about.choices = [("", gettext("The answer as a whole")), *((name, name) for name in names)]


class ReasonForm(ExchangeForm):
    """Why an answer is withdrawn, with a code of the list."""

    reason_code = TermField(_l("Reason"), vocabulary=DECLINE_REASONS, default="")
    reason = LongField(_l("In your words"), [AtMost(_REASON_LENGTH)], description=_l("The other side reads this."))


class PointsRow(RowForm):
    """A person's points for one criterion."""

    points = WholeField(_l("Points, 0 to 10"), [Between(0, MOST_POINTS)])
    comment = LineField(_l("Comment"), [AtMost(500)])

    def validate_comment(self, field: Any) -> None:
        """A comment explains points, so it needs them."""
        if field.data and self.points.data is None and not self.points.errors:
            raise StopValidation(gettext("Give points with the comment."))


class PointsForm(ExchangeForm):
    """A person's points for one answer, a row for each criterion."""

    rows = FieldList(FormField(PointsRow), label=_l("Points"), max_entries=MOST_ROWS)

    def ready(self, asked: Asked) -> None:
        """Have one row for each criterion asked."""
        while len(self.rows.entries) > len(asked.criteria):
            self.rows.pop_entry()
        while len(self.rows.entries) < len(asked.criteria):
            self.rows.append_entry()

    def given(self, asked: Asked) -> dict[str, tuple[int | None, str]]:
        """Return points and comment by the name of the criterion."""
        entries = [row.form.data for row in self.rows.entries]
        return {one.name: (row["points"], row["comment"] or "") for one, row in zip(asked.criteria, entries, strict=False)}


def points_given(asked: Asked, rows: Sequence[AnswerPoint]) -> list[dict[str, object]]:
    """Return what the form of points begins with: a person's points so far."""
    by_name = {row.criterion: row for row in rows}
    return [
        {"points": by_name[one.name].points, "comment": by_name[one.name].comment} if one.name in by_name else {}
        for one in asked.criteria
    ]


class NoteForm(ExchangeForm):
    """A note for the colleagues."""

    text = LongField(_l("Note"), [AtMost(_REASON_LENGTH)])


class LetterRow(RowForm):
    """The letter to one of the others."""

    code = HiddenField()
    reason_code = TermField(_l("Reason"), vocabulary=DECLINING_REASONS, optional=False, default="other_chosen")
    reason = LongField(_l("In your words"), [AtMost(_REASON_LENGTH)])


class ChooseForm(ExchangeForm):
    """The letters to the others, and whether each is told its own points."""

    letters = FieldList(FormField(LetterRow), label=_l("Letters"), max_entries=_MOST_LETTERS)
    points = BooleanField(_l("Tell each organisation its own points"))

    def ready(self, codes: Sequence[str]) -> None:
        """Have one letter for each of the others there are now; what was written to them stays."""
        kept = {row.form.code.data: row.form.data for row in self.letters.entries}
        while self.letters.entries:
            self.letters.pop_entry()
        for code in codes:
            self.letters.append_entry(kept.get(code) or {"code": code, "reason_code": "other_chosen"})

    def said(self) -> dict[str, tuple[str, str]]:
        """Return the letters by the codes of the answers."""
        return {
            row.form.code.data or "": (row.form.reason_code.data or "", row.form.reason.data or "")
            for row in self.letters.entries
        }
