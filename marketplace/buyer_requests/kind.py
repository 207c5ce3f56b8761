"""What a need consists of: every field with its step, when it must be stated and who reads it. Data only.

The rules that are richer than "must be there" live in `rules`, what follows a publication in `publication`.
"""

from __future__ import annotations

from marketplace.authoring.kinds import PUBLISH, SUBMIT, Column, FieldSpec, Kind
from marketplace.buyer_requests.lifecycle import NEED
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.buyer_requests.on_publish import on_publish, on_start
from marketplace.buyer_requests.rules import problems
from marketplace.values.text import N_
from marketplace.vocabulary import (
    COOPERATION_FORMS,
    HANOI_PRIORITY_FIELDS,
    LANGUAGES,
    NEED_KINDS,
    NEED_VISIBILITIES,
    SCIENCE_FIELDS,
    TRANSFER_FORMS,
)

_MEASURES = (
    Column("name", N_("Measure")),
    Column("baseline", N_("At present")),
    Column("target", N_("Target")),
    Column("unit", N_("Unit")),
)
_CRITERIA = (Column("name", N_("Criterion")), Column("weight", N_("Weight"), "number"))
_SIX_CLEAR = (
    Column("person", N_("Person in charge")),
    Column("task", N_("Task")),
    Column("start", N_("Starts on"), "date"),
    Column("due", N_("Due on"), "date"),
    Column("unit", N_("Accountable unit")),
    Column("head", N_("Head of the unit")),
    Column("deliverable", N_("Deliverable")),
    Column("unit_of_measure", N_("Unit of measure")),
    Column("quantity", N_("Quantity")),
    Column("evidence", N_("Evidence")),
    Column("approver", N_("Who approves")),
    Column("escalation", N_("Beyond authority, goes to")),
)

_PROBLEM = (
    FieldSpec("kind", N_("Kind of need"), "problem", "code", NEED_KINDS, SUBMIT),
    FieldSpec("title", N_("Title"), "problem", "text", needed=SUBMIT),
    FieldSpec("summary", N_("Summary"), "problem", "prose", needed=SUBMIT),
    FieldSpec("context", N_("Context"), "problem", "prose", needed=SUBMIT),
    FieldSpec("current_state", N_("Current state"), "problem", "prose", needed=PUBLISH),
    FieldSpec("language", N_("Language of the texts"), "problem", "code", LANGUAGES),
    FieldSpec("title_en", N_("Title in the other language"), "problem", "text"),
    FieldSpec("summary_en", N_("Summary in the other language"), "problem", "prose"),
)
_RESULT = (
    FieldSpec("target_result", N_("Target result"), "result", "prose", needed=SUBMIT),
    FieldSpec("target_measures", N_("Measures of the result"), "result", "rows", needed=SUBMIT,
              columns=_MEASURES),
    FieldSpec("constraints_technical", N_("Technical constraints"), "result", "prose"),
    FieldSpec("constraints_legal", N_("Legal constraints"), "result", "prose"),
    FieldSpec("constraints_environment", N_("Environmental constraints"), "result", "prose"),
    FieldSpec("data_available", N_("Data available"), "result", "prose"),
)
_CLASSIFICATION = (
    FieldSpec("field_codes", N_("Fields of science and technology"), "classification", "codes", SCIENCE_FIELDS, SUBMIT),
    FieldSpec("hanoi_priority_field", N_("Priority field of Hanoi"), "classification", "code", HANOI_PRIORITY_FIELDS),
    FieldSpec("tags", N_("Keywords"), "classification", "codes", free=True),
    FieldSpec("trl_min", N_("Lowest readiness accepted"), "classification", "number"),
    FieldSpec("trl_max", N_("Highest readiness expected"), "classification", "number"),
)
_TERMS = (
    FieldSpec("budget_min", N_("Budget from"), "terms", "money"),
    FieldSpec("budget_max", N_("Budget to"), "terms", "money"),
    FieldSpec("budget_note", N_("Note on the budget"), "terms", "prose"),
    FieldSpec("cooperation_forms", N_("Forms of cooperation"), "terms", "codes", COOPERATION_FORMS, SUBMIT),
    FieldSpec("transfer_forms", N_("Forms of transfer"), "terms", "codes", TRANSFER_FORMS),
    FieldSpec("answer_deadline", N_("Deadline for answers"), "terms", "date", needed=SUBMIT),
    FieldSpec("start_on", N_("Desired start"), "terms", "date"),
    FieldSpec("end_on", N_("Desired end"), "terms", "date"),
    FieldSpec("province_code", N_("Province or city"), "terms", "place", needed=PUBLISH),
    FieldSpec("ward_code", N_("Ward or commune"), "terms", "place"),
)
_CHOOSING = (
    FieldSpec("criteria", N_("Evaluation criteria"), "choosing", "rows", needed=SUBMIT, columns=_CRITERIA),
    FieldSpec("visibility", N_("Who sees this need"), "choosing", "code", NEED_VISIBILITIES, SUBMIT),
    FieldSpec("invited_org_ids", N_("Invited organisations"), "choosing", "organisations", free=True, tier="confidential"),
    FieldSpec("confidential_detail", N_("Confidential detail"), "choosing", "prose", tier="confidential"),
)
_SIX = (FieldSpec("six_clear", N_("Six clear points"), "six-clear", "box", columns=_SIX_CLEAR),)
_CONTACT = (
    FieldSpec("contact_name", N_("Contact person"), "contact", "text", needed=PUBLISH, free=True, tier="members"),
    FieldSpec("contact_email", N_("Contact e-mail"), "contact", "text", needed=PUBLISH, free=True, tier="members"),
    FieldSpec("contact_phone", N_("Contact telephone"), "contact", "text", free=True, tier="members"),
    FieldSpec("source_url", N_("Page with the original announcement"), "contact", "text"),
)

KIND = Kind(
    name="need",
    prefix="NC",
    thing=BuyerRequest,
    revision=NeedRevision,
    parent="buyer_request",
    lifecycle=NEED,
    fields=(*_PROBLEM, *_RESULT, *_CLASSIFICATION, *_TERMS, *_CHOOSING, *_SIX, *_CONTACT),
    rules=problems,
    on_publish=on_publish,
    on_start=on_start,
    revisable=("draft", "open"),
    live=NEED.in_groups("answers", "chosen"),
)
