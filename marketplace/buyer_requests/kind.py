"""What a need consists of: every field with its step, when it must be stated and who reads it. Data only.

The rules that are richer than "must be there" live in `rules`, what follows a publication in `publication`.
"""

from __future__ import annotations

from marketplace.authoring import shared_fields as shared
from marketplace.authoring.kinds import (
    SUBMIT,
    FacetSpec,
    FieldSpec,
    ImportSpec,
    Kind,
    NumberSpec,
    RowColumn,
)
from marketplace.buyer_requests.hidden_files import check_files
from marketplace.buyer_requests.known import known
from marketplace.buyer_requests.lifecycle import NEED, VISIBLE_STATES
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.buyer_requests.on_publish import on_publish, on_start
from marketplace.buyer_requests.rules import SUMMARY_LENGTH, TITLE_LENGTH, problems
from marketplace.values.text import N_
from marketplace.vocabulary import (
    BUDGET_BANDS,
    COOPERATION_FORMS,
    HANOI_PRIORITY_FIELDS,
    LANGUAGES,
    NEED_KINDS,
    NEED_VISIBILITIES,
    SCIENCE_FIELDS,
    TOPICS,
    TRANSFER_FORMS,
    TRL,
)

_DAY = N_("dd/mm/yyyy")
_MONEY = N_("For example 500 triệu or 1,5 tỷ. Leave empty when it is not fixed.")
_SHORT = {"rows": 4}
_MEASURES = (
    RowColumn("name", N_("Measure"), search=True, required=True),
    RowColumn("baseline", N_("At present"), search=True, most=60, size="short"),
    RowColumn("target", N_("Target"), search=True, required=True, most=60, size="short"),
    RowColumn("unit", N_("Unit"), search=True, required=True, most=60, size="short"),
)
_CRITERIA = (
    RowColumn("name", N_("Criterion"), search=True, required=True),
    RowColumn("weight", N_("Weight"), "number", required=True, bounds=(1, 100), size="third"),
)
_SIX_CLEAR = (
    RowColumn("person", N_("Person in charge")),
    RowColumn("task", N_("Task"), search=True, most=300, hint=N_("A verb and its object: “Build 12 measuring stations”.")),
    RowColumn("start", N_("Starts on"), "date", hint=_DAY),
    RowColumn("due", N_("Due on"), "date", hint=_DAY),
    RowColumn("unit", N_("Accountable unit")),
    RowColumn("head", N_("Head of the unit")),
    RowColumn("deliverable", N_("Deliverable"), search=True, most=300),
    RowColumn("unit_of_measure", N_("Unit of measure"), most=60),
    RowColumn("quantity", N_("Quantity"), most=60),
    RowColumn("evidence", N_("Evidence"), most=300),
    RowColumn("approver", N_("Who approves")),
    RowColumn("escalation", N_("Beyond authority, goes to")),
)

GLANCE = "glance"  # the list of facts on the page
_OTHER_LANGUAGE, _CONSTRAINTS = N_("For readers of the other language"), N_("Constraints")
_CLASSES, _LEVELS, _CHOICE = N_("Field"), N_("Readiness"), N_("How answers are compared")
_READERS, _CONTACT_GROUP = N_("Who sees it"), N_("Contact")
_BUDGET, _COOPERATION, _TIME_AND_PLACE = N_("Budget"), N_("Cooperation"), N_("Time and place")

_PROBLEM = (
    FieldSpec("kind", N_("Kind of need"), "problem", "code", NEED_KINDS, SUBMIT, size="half",
        facet=FacetSpec("kind", position=20, open=True), query_names=shared.KIND_NAMES,
        imports=ImportSpec(("kind of need", "loai nhu cau")),
        hint=N_("Agency problems are posted by public agencies, orders by agencies, enterprises, institutes and "
              "universities.")),
    FieldSpec("title", N_("Title"), "problem", "text", needed=SUBMIT, options={"count": TITLE_LENGTH[1], "advice": 120},
        hint=N_("What is to be solved, for whom or where. A good title can be understood without the rest.")),
    FieldSpec("summary", N_("Summary"), "problem", "prose", needed=SUBMIT, search=True,
        options={"count": SUMMARY_LENGTH, "advice": 500},
        hint=N_("Three or four sentences that a supplier reads first in the list.")),
    FieldSpec("context", N_("Context"), "problem", "prose", needed=SUBMIT, search=True, options={"rows": 7},
        hint=N_("Where the problem arises, how large it is, why it matters now.")),
    FieldSpec("current_state", N_("Current state"), "problem", "prose", search=True, options={"rows": 7},
        hint=N_("How it is done today, with figures; what was tried and why it failed.")),
    FieldSpec("language", N_("Language of the texts"), "problem", "code", LANGUAGES, size="half",
        group=_OTHER_LANGUAGE),
    FieldSpec("title_en", N_("Title in the other language"), "problem", "text", translates="title",
        group=_OTHER_LANGUAGE,
        imports=shared.IMPORT_TITLE_EN, options={"count": TITLE_LENGTH[1]}),
    FieldSpec("summary_en", N_("Summary in the other language"), "problem", "prose", translates="summary", search=True,
        group=_OTHER_LANGUAGE, options={"count": SUMMARY_LENGTH}),
)
_RESULT = (
    FieldSpec("target_result", N_("Target result"), "result", "prose", needed=SUBMIT, search=True,
        imports=ImportSpec(("target", "target result", "expected result", "ket qua", "muc tieu", "ket qua mong muon",
                          "yeu cau dau ra"), label=N_("Result asked")),
        hint=N_("What will be different when the problem is solved.")),
    FieldSpec("target_measures", N_("Measures of the result"), "result", "rows", needed=SUBMIT, columns=_MEASURES,
        search=True,
        add=N_("Add a measure"),
        hint=N_("By what everybody can see that the result is reached. At least one, with target and unit.")),
    FieldSpec("constraints_technical", N_("Technical constraints"), "result", "prose", search=True,
        group=_CONSTRAINTS,
        options=_SHORT),
    FieldSpec("constraints_legal", N_("Legal constraints"), "result", "prose", search=True, group=_CONSTRAINTS,
        options=_SHORT),
    FieldSpec("constraints_environment", N_("Environmental constraints"), "result", "prose", search=True,
        group=_CONSTRAINTS,
        options=_SHORT),
    FieldSpec("data_available", N_("Data available"), "result", "prose", search=True,
        group=_CONSTRAINTS, options=_SHORT,
        hint=N_("Data, samples or sites that a supplier may use.")),
)
_CLASSIFICATION = (
    FieldSpec("topic_codes", N_("Topics"), "result", "codes", TOPICS, free=True, facet=shared.TOPIC_FACET,
        query_names=shared.TOPIC_NAMES, query_example=shared.TOPIC_EXAMPLE, imports=shared.IMPORT_TOPICS, export=True,
        hint=N_("Under these people find it who browse. Choose up to five."), group=_CLASSES),
    FieldSpec("field_codes", N_("Fields of science and technology"), "result", "codes", SCIENCE_FIELDS, SUBMIT,
        section=GLANCE, section_label=N_("Science field"), facet=FacetSpec("field", N_("Field"), 30, open=True, tree=True),
        query_names=shared.FIELD_NAMES, query_example=shared.FIELD_EXAMPLE, imports=shared.IMPORT_FIELD,
        group=_CLASSES),
    FieldSpec("hanoi_priority_field", N_("Priority field of Hanoi"), "result", "code", HANOI_PRIORITY_FIELDS,
        section=GLANCE, facet=shared.PRIORITY_FACET, query_names=shared.PRIORITY_NAMES, group=_CLASSES),
    FieldSpec("tags", N_("Keywords"), "result", "codes", free=True, facet=shared.TAG_FACET,
        options={"keywords": 30},
        hint=N_("Words a supplier would search for, separated by commas."), group=_CLASSES),
    FieldSpec("trl_min", N_("Lowest readiness accepted"), "result", "level", TRL, upper="trl_max",
        facet=FacetSpec("trl", N_("Readiness (TRL)"), 60, words=False, prefix="TRL"), number=NumberSpec(),
        query_names=shared.TRL_NAMES, query_example=shared.TRL_EXAMPLE,
        hint=N_("The least mature technology you would look at."), group=_LEVELS),
    FieldSpec("trl_max", N_("Highest readiness expected"), "result", "level", TRL, number=NumberSpec(),
        imports=ImportSpec(("highest readiness expected", "muc san sang cao nhat mong doi")), export=True,
        hint=N_("Leave empty when anything mature is welcome."), group=_LEVELS),
)
_TERMS = (
    FieldSpec("budget_min", N_("Budget from"), "terms", "money", upper="budget_max", size="half", group=_BUDGET,
        facet=FacetSpec("budget", N_("Budget"), 40, open=True, bands=BUDGET_BANDS), number=NumberSpec(),
        query_names=shared.PRICE_NAMES, query_example="ngân sách>=1,5 tỷ", hint=_MONEY),
    FieldSpec("budget_max", N_("Budget to"), "terms", "money", size="half", group=_BUDGET,
        number=NumberSpec(descending=N_("Largest budget")), hint=_MONEY),
    FieldSpec("budget_note", N_("Note on the budget"), "terms", "prose", search=True, group=_BUDGET, most=2000,
        options={"rows": 3},
        hint=N_("Source of the money, what it covers.")),
    FieldSpec("cooperation_forms", N_("Forms of cooperation"), "terms", "codes", COOPERATION_FORMS, SUBMIT, section=GLANCE,
        section_label=N_("Cooperation"), group=_COOPERATION,
        facet=FacetSpec("form", N_("Form of cooperation"), 50, open=True), query_names=shared.FORM_NAMES),
    FieldSpec("transfer_forms", N_("Forms of transfer"), "terms", "codes", TRANSFER_FORMS, section=GLANCE,
        group=_COOPERATION,
        facet=FacetSpec("transfer", position=55, shown=False)),
    FieldSpec("answer_deadline", N_("Deadline for answers"), "terms", "date", needed=SUBMIT, size="third",
        group=_TIME_AND_PLACE,
        number=NumberSpec("deadline", N_("Answer by"), ascending=N_("Deadline first"), position=100),
        query_names=("hạn nộp", "hạn", "deadline"), query_example="hạn nộp<=31/12/2026",
        hint=N_("dd/mm/yyyy. Answers are taken until the end of this day.")),
    FieldSpec("start_on", N_("Desired start"), "terms", "date", size="third", section=GLANCE, group=_TIME_AND_PLACE,
        hint=_DAY),
    FieldSpec("end_on", N_("Desired end"), "terms", "date", size="third", section=GLANCE,
        group=_TIME_AND_PLACE, hint=_DAY),
    FieldSpec("province_code", N_("Province or city"), "terms", "place", needed=SUBMIT, size="half",
        group=_TIME_AND_PLACE,
        facet=shared.PLACE_FACET, query_names=shared.PLACE_NAMES, query_example=shared.PLACE_EXAMPLE,
        imports=shared.IMPORT_PROVINCE),
    FieldSpec("ward_code", N_("Ward or commune"), "terms", "place", size="half", group=_TIME_AND_PLACE,
        within="province_code"),
)
_CHOOSING = (
    FieldSpec("criteria", N_("Evaluation criteria"), "terms", "rows", needed=SUBMIT, columns=_CRITERIA, search=True,
        add=N_("Add a criterion"), hint=N_("How answers will be compared. The weights sum to 100."), group=_CHOICE),
    FieldSpec("visibility", N_("Who sees this need"), "terms", "code", NEED_VISIBILITIES, SUBMIT, size="half",
        imports=ImportSpec(("who sees this need", "ai thay nhu cau nay")),
        hint=N_("A hidden requester is named to nobody but moderators; a need for invited organisations is found "
              "by them only."), group=_READERS),
    FieldSpec("invited_org_ids", N_("Invited organisations"), "terms", "organisations", free=True, tier="confidential",
        hint=N_("They are told by e-mail when the need is published, whatever its visibility. At most 50."),
        group=_READERS),
    FieldSpec("confidential_detail", N_("Confidential detail"), "terms", "prose", tier="confidential",
        options={"rows": 6},
        hint=N_("Read only by your organisation and by the moderator who has the case; each reading is recorded. "
              "Never searched."), group=_READERS),
)
_SIX = (FieldSpec("six_clear", N_("Six clear points"), "six-clear", "box", columns=_SIX_CLEAR, search=True),)
_CONTACT = (
    FieldSpec("contact_name", N_("Contact person"), "terms", "text", needed=SUBMIT, free=True, tier="members",
        size="half", group=_CONTACT_GROUP),
    FieldSpec("contact_email", N_("Contact e-mail"), "terms", "text", needed=SUBMIT, free=True, tier="members",
        size="half", group=_CONTACT_GROUP),
    FieldSpec("contact_phone", N_("Contact telephone"), "terms", "text", free=True, tier="members", size="half",
        group=_CONTACT_GROUP),
    FieldSpec("source_url", N_("Page with the original announcement"), "terms", "text", group=_CONTACT_GROUP),
)

#: What search knows of the need itself.
_THING_FIELDS = (
    FieldSpec("state", N_("State"), "", "state",
        facet=FacetSpec("state", position=10, open=True, words=False, codes=VISIBLE_STATES),
        query_names=("trạng thái", "state", "status"), query_example='trạng thái:"đang mở"'),
    FieldSpec("published_at", N_("Published on"), "", "moment", number=shared.PUBLISHED_NUMBER,
        query_names=shared.PUBLISHED_NAMES,
        query_example="đăng>=01/10/2026"),
    # The database does not filter by organisation: the requester may be hidden.
    FieldSpec("org_id", N_("Organisation"), "", "owner",
        facet=FacetSpec("org", position=990, shown=False, words=False, in_database=False)),
)

KIND = Kind(
    name="need",
    prefix="NC",
    thing=BuyerRequest,
    revision=NeedRevision,
    parent="buyer_request",
    lifecycle=NEED,
    fields=(*_PROBLEM, *_RESULT, *_CLASSIFICATION, *_TERMS, *_CHOOSING, *_SIX, *_CONTACT),
    thing_fields=_THING_FIELDS,
    rules=problems,
    on_publish=on_publish,
    on_start=on_start,
    known=known,
    check_files=check_files,
    revisable=("draft", "open"),
    live=NEED.in_groups("answers", "chosen"),
)
