"""The forms of the steps in which a need is written. Shape only; the rules are `marketplace.buyer_requests.rules`."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import Email, Optional, Regexp

from marketplace.authoring.fields import (
    AtMost,
    Between,
    BoxField,
    IsoDayField,
    LevelField,
    ProvinceField,
    RowForm,
    RowsField,
    WardField,
)
from marketplace.authoring.steps import StepForm
from marketplace.buyer_requests.forms.organisation_picker import OrganisationsField
from marketplace.buyer_requests.rules import MAX_ROWS, SIX_POINTS, SUMMARY_LENGTH, TITLE_LENGTH
from marketplace.vocabulary import (
    COOPERATION_FORMS,
    HANOI_PRIORITY_FIELDS,
    LANGUAGES,
    NEED_KINDS,
    NEED_VISIBILITIES,
    SCIENCE_FIELDS,
    SIX_CLEAR,
    TRANSFER_FORMS,
    TRL,
)
from marketplace.web.forms import (
    DayField,
    LineField,
    LongField,
    MoneyField,
    TagsField,
    TermField,
    TermsField,
    WholeField,
)
from marketplace.web.i18n import language

DAY = _l("dd/mm/yyyy")
MONEY = _l("For example 500 triệu or 1,5 tỷ. Leave empty when it is not fixed.")


class ProblemForm(StepForm):
    """What the problem is."""

    kind = TermField("", vocabulary=NEED_KINDS, description=_l(
        "Agency problems are posted by public agencies, orders by agencies, enterprises, institutes and universities."))
    title = LineField("", [AtMost(TITLE_LENGTH[1])], description=_l(
        "What is to be solved, for whom or where. A good title can be understood without the rest."))
    summary = LongField("", [AtMost(SUMMARY_LENGTH)], description=_l(
        "Three or four sentences that a supplier reads first in the list."))
    context = LongField("", description=_l("Where the problem arises, how large it is, why it matters now."))
    current_state = LongField("", description=_l("How it is done today, with figures; what was tried and why it failed."))
    language = TermField("", vocabulary=LANGUAGES, optional=False)
    title_en = LineField("", [AtMost(TITLE_LENGTH[1])])
    summary_en = LongField("", [AtMost(SUMMARY_LENGTH)])

    look = {
        "title": {"count": TITLE_LENGTH[1], "advice": 120}, "summary": {"count": SUMMARY_LENGTH, "advice": 500},
        "context": {"rows": 7}, "current_state": {"rows": 7}, "title_en": {"count": TITLE_LENGTH[1]},
        "summary_en": {"count": SUMMARY_LENGTH},
    }


class MeasureRow(RowForm):
    """One measure of the result."""

    name = LineField(_l("Measure"), [AtMost(200)])
    baseline = LineField(_l("At present"), [AtMost(60)])
    target = LineField(_l("Target"), [AtMost(60)])
    unit = LineField(_l("Unit"), [AtMost(60)])
    required = ("name", "target", "unit")


class ResultForm(StepForm):
    """What must be reached."""

    target_result = LongField("", description=_l("What will be different when the problem is solved."))
    target_measures = RowsField(
        MeasureRow, (("name", "half"), ("baseline", "short"), ("target", "short"), ("unit", "short")),
        _l("Add a measure"), most=MAX_ROWS,
        description=_l("By what everybody can see that the result is reached. At least one, with target and unit."),
    )
    constraints_technical = LongField("")
    constraints_legal = LongField("")
    constraints_environment = LongField("")
    data_available = LongField("", description=_l("Data, samples or sites that a supplier may use."))

    look = {name: {"rows": 4} for name in (
        "constraints_technical", "constraints_legal", "constraints_environment", "data_available")}


class ClassificationForm(StepForm):
    """Where it belongs."""

    field_codes = TermsField("", vocabulary=SCIENCE_FIELDS)
    hanoi_priority_field = TermField("", vocabulary=HANOI_PRIORITY_FIELDS)
    tags = TagsField("", description=_l("Words a supplier would search for, separated by commas."))
    trl_min = LevelField("", vocabulary=TRL, description=_l("The least mature technology you would look at."))
    trl_max = LevelField("", vocabulary=TRL, description=_l("Leave empty when anything mature is welcome."))

    look = {"tags": {"keywords": 30}}


class TermsForm(StepForm):
    """Money, cooperation, dates, place."""

    budget_min = MoneyField("", description=MONEY)
    budget_max = MoneyField("", description=MONEY)
    budget_note = LongField("", [AtMost(2000)], description=_l("Source of the money, what it covers."))
    cooperation_forms = TermsField("", vocabulary=COOPERATION_FORMS)
    transfer_forms = TermsField("", vocabulary=TRANSFER_FORMS)
    answer_deadline = DayField("", description=_l("dd/mm/yyyy. Answers are taken until the end of this day."))
    start_on = DayField("", description=DAY)
    end_on = DayField("", description=DAY)
    province_code = ProvinceField("")
    ward_code = WardField("", of="province_code")

    look = {"budget_note": {"rows": 3}}


class CriterionRow(RowForm):
    """One criterion with its weight."""

    name = LineField(_l("Criterion"), [AtMost(200)])
    weight = WholeField(_l("Weight"), [Between(1, 100)])
    required = ("name", "weight")


class ChoosingForm(StepForm):
    """How answers are compared, and who sees the need."""

    criteria = RowsField(
        CriterionRow, (("name", "half"), ("weight", "third")), _l("Add a criterion"), most=MAX_ROWS,
        description=_l("How answers will be compared. The weights sum to 100."),
    )
    visibility = TermField("", vocabulary=NEED_VISIBILITIES, optional=False, description=_l(
        "A hidden requester is named to nobody but moderators; a need for invited organisations is found by them only."))
    invited_org_ids = OrganisationsField("", description=_l(
        "They are told by e-mail when the need is published, whatever its visibility. At most 50."))
    confidential_detail = LongField("", description=_l(
        "Read only by your organisation and by the moderator who has the case; each reading is recorded. Never searched."))

    look = {"confidential_detail": {"rows": 6}}


class SixClearParts(RowForm):
    """The parts of the six points."""

    person = LineField(_l("Person in charge"), [AtMost(200)])
    task = LineField(_l("Task"), [AtMost(300)], description=_l("A verb and its object: “Build 12 measuring stations”."))
    start = IsoDayField(_l("Starts on"), description=DAY)
    due = IsoDayField(_l("Due on"), description=DAY)
    unit = LineField(_l("Accountable unit"), [AtMost(200)])
    head = LineField(_l("Head of the unit"), [AtMost(200)])
    deliverable = LineField(_l("Deliverable"), [AtMost(300)])
    unit_of_measure = LineField(_l("Unit of measure"), [AtMost(60)])
    quantity = LineField(_l("Quantity"), [AtMost(60)])
    evidence = LineField(_l("Evidence"), [AtMost(300)])
    approver = LineField(_l("Who approves"), [AtMost(200)])
    escalation = LineField(_l("Beyond authority, goes to"), [AtMost(200)])


@dataclass(frozen=True)
class Point:
    """One of the six points as the form draws it."""

    label: str
    note: str
    parts: list[Field]


class SixClearBox(BoxField):
    """The six points, drawn point by point."""

    template = "buyer_requests/_six_field.html"

    def points(self) -> list[Point]:
        """Return the points with their parts, in the reader's language."""
        found = []
        for code, keys, _message in SIX_POINTS:
            term, parts = SIX_CLEAR.get(code), [self.form[key] for key in keys]
            if term is not None:
                found.append(Point(term.label(language()), term.note(language()), parts))
        return found


class SixClearForm(StepForm):
    """The six points that every task of the city must settle."""

    six_clear = SixClearBox(SixClearParts, "")


class ContactForm(StepForm):
    """Who answers questions."""

    contact_name = LineField("", [AtMost(200)])
    contact_email = LineField("", [Optional(), Email(_l("This is not an e-mail address.")), AtMost(255)])
    contact_phone = LineField("", [AtMost(30)])
    source_url = LineField("", [Optional(), AtMost(500), Regexp(
        r"https?://\S+$", message=_l("An address begins with http:// or https://."))])
