"""The form of a version of terms: shape of input only; the rules are `terms_rules`."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from marketplace import vocabulary as v
from marketplace.authoring.fields import AtMost, FlagField, IsoDayField, RowForm, RowsField
from marketplace.authoring.shared_forms import StepForm
from marketplace.negotiation.actions.terms import NOTE_LENGTH
from marketplace.negotiation.models import Lead
from marketplace.negotiation.terms_fields import FIELDS, NAMES, SECTIONS
from marketplace.negotiation.terms_rules import MOST_MILESTONES, funding_is_listed
from marketplace.web.forms import LineField, LongField, MoneyField, TermField, TermsField, WholeField

SPARE_ROWS = 3  # milestones offered at first: most schedules have as many, and no script is needed
_SURE = {"optional": False}
_FUNDING = ("funding_source", "result_certificate_no")


class MilestoneRow(RowForm):
    """One step of the schedule."""

    required = ("title", "due_on", "amount")
    title = LineField(_l("Milestone"), [AtMost(300)])
    due_on = IsoDayField(_l("Due on"))
    amount = MoneyField(_l("Amount"))
    deliverable = LineField(_l("What is delivered"), [AtMost(500)])
    pay_when = TermField(_l("To be paid"), vocabulary=v.PAY_WHENS, default="")


class TermsForm(StepForm):
    """A version of terms. `based_on` is the number of the version it was opened on."""

    field_options = {
        "scope": {"count": 10_000, "rows": 5, **_SURE},
        "transfer_form": {"size": "half", **_SURE},
        "transfer_right": {"size": "half", **_SURE},
        "exclusivity": {"size": "half", **_SURE},
        "sublicence": {"size": "third"},
        "term_months": {"size": "short"},
        "direction": {"size": "half", **_SURE},
        "funding_source": {"size": "half"},
        "result_certificate_no": {"size": "half"},
        "price": {"size": "half", **_SURE},
        "warranty_months": {"size": "short"},
        "penalties": {"count": 4000, "rows": 3},
        "other": {"count": 10_000, "rows": 4},
        "note": {"count": NOTE_LENGTH, "rows": 4},
    }
    based_on = HiddenField()
    scope = LongField("", [AtMost(10_000)], description=_l("Which process, drawings, software, machines; and what is not."))
    transfer_form = TermField("", vocabulary=v.TRANSFER_FORMS)
    transfer_methods = TermsField("", vocabulary=v.TRANSFER_METHODS)
    transfer_right = TermField("", vocabulary=v.TRANSFER_RIGHTS)
    exclusivity = TermField(
        "", vocabulary=v.EXCLUSIVITIES,
        description=_l("Ownership is always exclusive. Exclusive terms reserve the technology once both sides accept."),
    )
    sublicence = FlagField("")
    territory = LineField("", [AtMost(300)])
    field_of_use = LineField("", [AtMost(300)])
    term_months = WholeField("", description=_l("Empty: without limit of time."))
    direction = TermField(
        "", vocabulary=v.TRANSFER_DIRECTIONS, optional=False,
        description=_l("Transfers across the border must be registered before they take effect."),
    )
    funding_source = TermField(
        "", vocabulary=v.FUNDING_SOURCES,
        description=_l("Declared by the transferor: what was made with State money must be registered."),
    )
    result_certificate_no = LineField("", [AtMost(100)], description=_l("For results paid by the State that have one."))
    price = MoneyField("", description=_l("In dong, for example 1,5 tỷ or 500 triệu."))
    payment_methods = TermsField("", vocabulary=v.PAYMENT_METHODS)
    milestones = RowsField(
        MilestoneRow, (("title", "half"), ("due_on", "third"), ("deliverable", "half"), ("amount", "third"),
                       ("pay_when", "half")),
        _l("Add a milestone"), most=MOST_MILESTONES,
        description=_l("In order of their days; the amounts sum to the price. Rows left empty do not count."),
    )
    support_kinds = TermsField("", vocabulary=v.SUPPORT_KINDS)
    warranty_months = WholeField("")
    penalties = LongField("", [AtMost(4000)])
    dispute_body = LineField("", [AtMost(300)])
    other = LongField("", [AtMost(10_000)])
    note = LongField(
        _l("Note to the other side"), [AtMost(NOTE_LENGTH)],
        description=_l("What you changed and why. It is no part of the contract."),
    )

    def ready(self, lead: Lead) -> None:
        """Give fields their labels and the schedule its spare rows; leave out what the listing says already."""
        for spec in FIELDS:
            self[spec.name].label.text = _(spec.label)
        if funding_is_listed(lead):
            for name in _FUNDING:
                del self[name]
        elif lead.listing_id is None:
            self.field_options = {**self.field_options, "funding_source": {"size": "half", **_SURE}}
        self.groups = tuple(
            (label, tuple(spec.name for spec in FIELDS if spec.step == key and spec.name in self))
            for key, label in SECTIONS
        )
        while not self.is_submitted() and len(self.milestones.entries) < SPARE_ROWS:
            self.milestones.append_entry()

    def chosen(self) -> dict[str, Any]:
        """Return what was filled in, by field name, as stored."""
        fields = {name: self[name] for name in NAMES if name in self}
        return {name: item.stored() if hasattr(item, "stored") else item.data for name, item in fields.items()}

    def opened_on(self) -> int:
        """Return the number of the version the form was opened on; -1 for nonsense, which no version is."""
        text = str(self.based_on.data or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else -1
