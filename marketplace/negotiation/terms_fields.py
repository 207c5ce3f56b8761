"""What a version of terms consists of: every field with its section, shape and code set. Data only.

Pages, differences between versions and the frozen copy of a deal read it; rules live in `terms_rules`.
"""

from __future__ import annotations

from typing import Any

from marketplace import vocabulary as v
from marketplace.authoring.kinds import FieldSpec, RowColumn
from marketplace.negotiation.models import Terms
from marketplace.values.text import N_

OBJECT, RIGHT, LAW, MONEY, AFTER = "object", "right", "law", "money", "after"

SECTIONS: tuple[tuple[str, str], ...] = (
    (OBJECT, N_("What is transferred")),
    (RIGHT, N_("Right and exclusivity")),
    (LAW, N_("Direction and funding")),
    (MONEY, N_("Price and schedule")),
    (AFTER, N_("After the transfer")),
)

MILESTONE_COLUMNS = (
    RowColumn("title", N_("Milestone")),
    RowColumn("deliverable", N_("What is delivered")),
    RowColumn("due_on", N_("Due on"), "date"),
    RowColumn("amount", N_("Amount"), "money"),
    RowColumn("pay_when", N_("To be paid"), "code", v.PAY_WHENS),
)

FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("scope", N_("What exactly is transferred"), OBJECT, "prose"),
    FieldSpec("transfer_form", N_("Form of transfer"), OBJECT, "code", v.TRANSFER_FORMS),
    FieldSpec("transfer_methods", N_("Methods of transfer"), OBJECT, "codes", v.TRANSFER_METHODS),
    FieldSpec("transfer_right", N_("Right transferred"), RIGHT, "code", v.TRANSFER_RIGHTS),
    FieldSpec("exclusivity", N_("Exclusivity"), RIGHT, "code", v.EXCLUSIVITIES),
    FieldSpec("sublicence", N_("Sub-licence allowed"), RIGHT, "flag"),
    FieldSpec("territory", N_("Territory"), RIGHT),
    FieldSpec("field_of_use", N_("Field of use"), RIGHT),
    FieldSpec("term_months", N_("Term in months"), RIGHT, "number"),
    FieldSpec("direction", N_("Direction of transfer"), LAW, "code", v.TRANSFER_DIRECTIONS),
    FieldSpec("funding_source", N_("How the technology was funded"), LAW, "code", v.FUNDING_SOURCES),
    FieldSpec("result_certificate_no", N_("Result-registration certificate"), LAW),
    FieldSpec("price", N_("Contract price"), MONEY, "money"),
    FieldSpec("payment_methods", N_("Ways of payment"), MONEY, "codes", v.PAYMENT_METHODS),
    FieldSpec("milestones", N_("Schedule of milestones"), MONEY, "rows", columns=MILESTONE_COLUMNS),
    FieldSpec("support_kinds", N_("Support after the transfer"), AFTER, "codes", v.SUPPORT_KINDS),
    FieldSpec("warranty_months", N_("Warranty in months"), AFTER, "number"),
    FieldSpec("penalties", N_("Penalties"), AFTER, "prose"),
    FieldSpec("dispute_body", N_("Who settles disputes"), AFTER),
    FieldSpec("other", N_("Other conditions"), AFTER, "prose"),
)
NAMES = tuple(spec.name for spec in FIELDS)
#: What a field holds when nothing is said.
EMPTY: dict[str, Any] = {
    **dict.fromkeys(NAMES, ""), "price": None, "sublicence": None, "term_months": None, "warranty_months": None,
    "transfer_methods": [], "payment_methods": [], "support_kinds": [], "milestones": [], "direction": "domestic",
}


def values_of(terms: Terms) -> dict[str, Any]:
    """Return what a version says, by field name."""
    return {name: getattr(terms, name) for name in NAMES}
