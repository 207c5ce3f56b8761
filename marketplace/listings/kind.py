"""What a listing is made of: its fields with step, need, tier and review, and its rules (docs/domain.md §1.4, §4.2)."""

from __future__ import annotations

from marketplace import vocabulary as v
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
from marketplace.core.access import Actor
from marketplace.listings.known import known
from marketplace.listings.lifecycle import LISTING, VISIBLE_STATES
from marketplace.listings.models import Listing, ListingRevision
from marketplace.listings.rules import rules
from marketplace.values import clock
from marketplace.values.text import N_

WHAT, MATURITY, TRANSFER, FILES = "what", "maturity", "transfer", "files"

#: The steps of the form in order: key and label.
STEPS: tuple[tuple[str, str], ...] = (
    (WHAT, N_("What it is and what it solves")),
    (MATURITY, N_("Maturity and rights")),
    (TRANSFER, N_("Transfer, price and contact")),
    (FILES, N_("Pictures and documents")),
)

SPEC_COLUMNS = (
    RowColumn("name", N_("Figure"), search=True, required=True),
    RowColumn("value", N_("Value"), search=True, required=True, most=100, size="third"),
    RowColumn("unit", N_("Unit"), search=True, most=30, size="short"),
)
OWNER_COLUMNS = (
    RowColumn("name", N_("Owner"), most=300, required=True),
    RowColumn("tax_code", N_("Tax code"), most=20, size="third"),
    RowColumn("share_bp", N_("Share"), "percent", size="short"),
)
IP_COLUMNS = (
    RowColumn("kind", N_("Kind of protection"), "code", v.IP_KINDS, required=True),
    RowColumn("status", N_("Status"), "code", v.IP_STATUSES),
    RowColumn("number", N_("Number"), most=100),
    RowColumn("country", N_("Country"), most=100),
    RowColumn("filed_on", N_("Filed on"), "date"),
    RowColumn("expires_on", N_("Expires on"), "date"),
)

WARRANTY_HEADINGS = ("warranty months", "warranty", "guarantee", "thoi gian bao hanh", "bao hanh thang", "bao hanh")

TITLE, SUMMARY = {"count": 300, "advice": 256}, {"count": 1000, "advice": 500, "rows": 6}
LONG = {"count": 10_000, "advice": 4_000, "rows": 7}  # EEN advises 4,000 characters for a description

# Lists of facts on the page, and headings in the form.
TERMS, ORIGIN, SUPPORT, CLASSES, MEMBERS = "terms", "origin", "support", "classes", "members"
MORE_GROUP, CLASSES_GROUP = N_("More about it"), N_("Classification, so that it is found")
LANGUAGE_GROUP, RIGHTS_GROUP = N_("For readers of the other language"), N_("Rights")
TERMS_GROUP = N_("Terms of the transfer")
PRICE_GROUP, SUPPORT_GROUP = N_("Price and payment"), N_("Support after the transfer")
CONTACT_GROUP, PLACE_GROUP = N_("Contact, for members of verified organisations"), N_("Place")
READERS_GROUP = N_("Who sees what")

FIELDS = (
    FieldSpec("title", N_("Title"), WHAT, needed=SUBMIT, options=TITLE,
        hint=N_("What it is and what it does, in one line.")),
    FieldSpec("title_en", N_("Title in English"), WHAT, free=True, translates="title", imports=shared.IMPORT_TITLE_EN,
        options=TITLE, group=LANGUAGE_GROUP),
    FieldSpec("language", N_("Language of the text"), WHAT, "code", v.LANGUAGES, free=True, size="third",
        group=LANGUAGE_GROUP),
    FieldSpec("object_kinds", N_("What is transferred"), WHAT, "codes", v.OBJECT_KINDS, needed=SUBMIT,
        facet=FacetSpec("kind", N_("Object of transfer"), 30, open=True), query_names=shared.KIND_NAMES),
    FieldSpec("public_summary", N_("Summary"), WHAT, "prose", needed=SUBMIT, search=True, options=SUMMARY,
        hint=N_("For readers outside the field: which problem, which benefit. Plain text.")),
    FieldSpec("summary_en", N_("Summary in English"), WHAT, "prose", free=True, translates="public_summary", search=True,
        options=SUMMARY, group=LANGUAGE_GROUP),
    FieldSpec("topic_codes", N_("Topics"), WHAT, "codes", v.TOPICS, free=True, facet=shared.TOPIC_FACET,
        query_names=shared.TOPIC_NAMES, query_example=shared.TOPIC_EXAMPLE, imports=shared.IMPORT_TOPICS, export=True,
        hint=N_("Under these people find it who browse. Choose up to five."), group=CLASSES_GROUP),
    FieldSpec("field_code", N_("Field of science and technology"), WHAT, "code", v.SCIENCE_FIELDS, needed=SUBMIT,
        size="half",
        section=CLASSES, facet=FacetSpec("field", N_("Field"), 40, tree=True), query_names=shared.FIELD_NAMES,
        query_example=shared.FIELD_EXAMPLE, imports=shared.IMPORT_FIELD),
    FieldSpec("hanoi_priority_field", N_("Priority field of Hanoi"), WHAT, "code", v.HANOI_PRIORITY_FIELDS, size="half",
        section=CLASSES, facet=shared.PRIORITY_FACET, query_names=shared.PRIORITY_NAMES, group=CLASSES_GROUP),
    FieldSpec("vsic_codes", N_("Sectors that use it"), WHAT, "codes", v.VSIC_SECTIONS, section=CLASSES,
        group=CLASSES_GROUP),
    FieldSpec("ipc_codes", N_("Patent classes (IPC)"), WHAT, "codes", section=CLASSES,
        hint=N_("For example C02F 1/44."), group=CLASSES_GROUP),
    FieldSpec("tags", N_("Technology keywords"), WHAT, "codes", free=True, section=CLASSES, facet=shared.TAG_FACET,
        options={"keywords": 5}, hint=N_("Separated by commas, for example: membrane, ultrafiltration."),
        group=CLASSES_GROUP),
    FieldSpec("market_tags", N_("Market keywords"), WHAT, "codes", free=True, section=CLASSES, facet=shared.TAG_FACET,
        options={"keywords": 5}, hint=N_("Who buys it, for example: food industry, hospitals."), group=CLASSES_GROUP),
    FieldSpec("problem_solved", N_("Problem it solves"), WHAT, "prose", needed=SUBMIT, search=True,
        imports=ImportSpec(("problem", "problem solved", "van de", "van de giai quyet"), "problem", N_("Problem solved")),
        options=LONG, hint=N_("Who has it, how large it is, what is done today.")),
    FieldSpec("how_it_works", N_("How it works"), WHAT, "prose", search=True, options=LONG,
        hint=N_("Nothing secret here: know-how has its own place."), group=MORE_GROUP),
    FieldSpec("applications", N_("Where it is used"), WHAT, "prose", search=True,
        imports=ImportSpec(("applications", "application areas", "ung dung", "pham vi ung dung"), label=N_("Applications")),
        options=LONG, group=MORE_GROUP),
    FieldSpec("advantages", N_("Advantages"), WHAT, "prose", search=True,
        imports=ImportSpec(("advantages", "benefits", "uu diem", "loi the")), options=LONG,
        hint=N_("With figures, compared to what is on the market.")),
    FieldSpec("specs", N_("Technical figures"), WHAT, "rows", columns=SPEC_COLUMNS, search=True, most=40,
        add=N_("Add a figure"), hint=N_("Measured figures with their units."), group=MORE_GROUP),
    FieldSpec("trl", N_("Technology readiness level (TRL)"), MATURITY, "level", v.TRL, needed=SUBMIT,
        facet=FacetSpec("trl", N_("Readiness (TRL)"), 20, open=True, words=False, prefix="TRL"),
        number=NumberSpec(descending=N_("Most mature")), query_names=shared.TRL_NAMES, query_example=shared.TRL_EXAMPLE),
    FieldSpec("trl_evidence", N_("Evidence of the level"), MATURITY, "prose", options={"count": 4000, "rows": 6},
        hint=N_("Tests, pilots, customers: what shows that the level is reached."), demanded_if=N_("from TRL 4 on")),
    FieldSpec("trl_assessed_by", N_("Who assessed it"), MATURITY, "code", v.TRL_ASSESSED_BY, needed=SUBMIT,
        facet=FacetSpec("assessed", N_("Readiness assessed by"), 80, words=False),
        query_names=("người đánh giá", "assessed"),
        hint=N_("Your own estimate is shown as self-declared. Only an assessment by others counts as assessed.")),
    FieldSpec("trl_assessor", N_("Name of the assessor"), MATURITY, size="half",
        demanded_if=N_("when others assessed it")),
    FieldSpec("trl_assessed_on", N_("Assessed on"), MATURITY, "date", size="third",
        demanded_if=N_("when others assessed it")),
    FieldSpec("owners", N_("Owners"), MATURITY, "rows", needed=SUBMIT, columns=OWNER_COLUMNS, add=N_("Add an owner"),
        hint=N_("Everybody who owns the technology. The shares sum to 100 %."), group=RIGHTS_GROUP),
    FieldSpec("right_basis", N_("Your right to transfer it"), MATURITY, "code", v.RIGHT_BASES, needed=SUBMIT, size="half",
        section=ORIGIN, hint=N_("When you are authorised, add the consent as a file."), group=RIGHTS_GROUP),
    FieldSpec("ip", N_("Intellectual property"), MATURITY, "rows", needed=SUBMIT, columns=IP_COLUMNS,
        facet=FacetSpec("ip", position=60, column="kind", in_database=False),
        query_names=("sở hữu trí tuệ", "shtt", "ip"), add=N_("Add a right"),
        hint=N_("The number is needed except for trade secrets and what is not filed."), group=RIGHTS_GROUP),
    FieldSpec("funding_source", N_("How it was funded"), MATURITY, "code", v.FUNDING_SOURCES, needed=SUBMIT, size="half",
        section=ORIGIN, group=RIGHTS_GROUP),
    FieldSpec("task_code", N_("Code of the S&T task"), MATURITY, size="half", section=ORIGIN,
        hint=N_("For results paid by the State."), group=RIGHTS_GROUP, demanded_if=N_("when the State paid for it")),
    FieldSpec("result_certificate_no", N_("Result-registration certificate"), MATURITY, size="half", section=ORIGIN,
        hint=N_("Number of the certificate, when there is one."), group=RIGHTS_GROUP),
    FieldSpec("origin", N_("Origin"), MATURITY, "code", v.ORIGINS, needed=SUBMIT, size="half", section=ORIGIN,
        group=RIGHTS_GROUP),
    FieldSpec("control_class", N_("Control class"), MATURITY, "code", v.CONTROL_CLASSES,
        section=ORIGIN, in_form=False),
    FieldSpec("transfer_right", N_("Right offered"), TRANSFER, "code", v.TRANSFER_RIGHTS, needed=SUBMIT, size="half",
        section=TERMS),
    FieldSpec("exclusivity", N_("Exclusivity"), TRANSFER, "code", v.EXCLUSIVITIES, size="half", section=TERMS,
        group=TERMS_GROUP),
    FieldSpec("sublicence", N_("Sub-licence allowed"), TRANSFER, "flag", size="third", section=TERMS,
        group=TERMS_GROUP),
    FieldSpec("territory", N_("Territory"), TRANSFER, section=TERMS, group=TERMS_GROUP),
    FieldSpec("field_of_use", N_("Field of use"), TRANSFER, section=TERMS, group=TERMS_GROUP),
    FieldSpec("term_months", N_("Term in months"), TRANSFER, "number", bounds=(1, 1200), size="short", section=TERMS,
        group=TERMS_GROUP),
    FieldSpec("transfer_forms", N_("Forms of transfer"), TRANSFER, "codes", v.TRANSFER_FORMS, section=TERMS,
        facet=FacetSpec("form", N_("Form of transfer"), 50), query_names=shared.FORM_NAMES, group=TERMS_GROUP),
    FieldSpec("transfer_methods", N_("Methods of transfer"), TRANSFER, "codes", v.TRANSFER_METHODS, section=TERMS,
        group=TERMS_GROUP),
    FieldSpec("transfer_directions", N_("Directions of transfer"), TRANSFER, "codes", v.TRANSFER_DIRECTIONS, section=TERMS,
        group=TERMS_GROUP),
    FieldSpec("cooperation_forms", N_("Partnership sought"), TRANSFER, "codes", v.COOPERATION_FORMS, section=TERMS,
        facet=FacetSpec("cooperation", position=55, shown=False), hint=N_("One to three read best."),
        group=TERMS_GROUP),
    FieldSpec("pricing_mode", N_("Price"), TRANSFER, "code", v.PRICING_MODES, needed=SUBMIT, size="half",
        group=PRICE_GROUP,
        facet=FacetSpec("mode", N_("Pricing"), 70, words=False), query_names=("cách tính giá", "pricing"),
        imports=ImportSpec(("pricing", "cach dinh gia", "cach tinh gia"), label=N_("Pricing")), export=True),
    FieldSpec("price_min", N_("Amount, or the lowest"), TRANSFER, "money", upper="price_max", size="half",
        group=PRICE_GROUP,
        facet=FacetSpec("price", N_("Price"), 40, open=True, bands=v.PRICE_BANDS),
        number=NumberSpec(ascending=N_("Lowest price")), query_names=shared.PRICE_NAMES, query_example="giá:500tr..2tỷ",
        hint=N_("In dong, for example 1,5 tỷ or 500 triệu."), demanded_if=N_("for a fixed price or a range")),
    FieldSpec("price_max", N_("The highest amount"), TRANSFER, "money", size="half", group=PRICE_GROUP,
        number=NumberSpec(descending=N_("Highest price")), hint=N_("Only for a range.")),
    FieldSpec("payment_methods", N_("Ways of payment"), TRANSFER, "codes", v.PAYMENT_METHODS, section=TERMS,
        group=PRICE_GROUP),
    FieldSpec("support_kinds", N_("Support after the transfer"), TRANSFER, "codes", v.SUPPORT_KINDS,
        section=SUPPORT, group=SUPPORT_GROUP),
    FieldSpec("warranty_months", N_("Warranty in months"), TRANSFER, "number", bounds=(1, 240), size="short",
        section=SUPPORT,
        group=SUPPORT_GROUP, facet=FacetSpec("warranty", bands=v.number_bands(12, 24, 36)), number=NumberSpec(),
        units=("thang", "month", "months"), query_names=("bảo hành", "warranty"), imports=ImportSpec(WARRANTY_HEADINGS),
        export=True),
    FieldSpec("support_note", N_("More about support"), TRANSFER, "prose", free=True, section=SUPPORT,
        group=SUPPORT_GROUP,
        options={"count": 4000}),
    FieldSpec("contact_name", N_("Contact person"), TRANSFER, free=True, tier="members", needed=SUBMIT, size="half",
        section=MEMBERS, group=CONTACT_GROUP, options={"autocomplete": "name"}),
    FieldSpec("contact_email", N_("E-mail"), TRANSFER, free=True, tier="members", needed=SUBMIT, size="half",
        section=MEMBERS,
        group=CONTACT_GROUP, options={"autocomplete": "email"}),
    FieldSpec("contact_phone", N_("Telephone"), TRANSFER, free=True, tier="members", size="third", section=MEMBERS,
        group=CONTACT_GROUP, options={"autocomplete": "tel"}),
    FieldSpec("province_code", N_("Province or city"), TRANSFER, "place", free=True, size="half", group=PLACE_GROUP,
        facet=shared.PLACE_FACET, query_names=shared.PLACE_NAMES, query_example=shared.PLACE_EXAMPLE,
        imports=shared.IMPORT_PROVINCE),
    FieldSpec("ward_code", N_("Ward or commune"), TRANSFER, "place", free=True, size="half", group=PLACE_GROUP,
        within="province_code"),
    FieldSpec("visibility", N_("Who may see the listing"), TRANSFER, "code", v.LISTING_VISIBILITIES, size="half",
        group=READERS_GROUP),
    FieldSpec("members_detail", N_("Details for members"), TRANSFER, "prose", tier="members", group=READERS_GROUP,
        options={"count": 10_000}, hint=N_("What members of verified organisations may read besides the public part.")),
    FieldSpec("confidential_detail", N_("Confidential details"), TRANSFER, "prose", tier="confidential",
        group=READERS_GROUP,
        options={"count": 10_000},
        hint=N_("Know-how, for your organisation and the moderator of the case only; every reading is recorded.")),
    FieldSpec("nda_required", N_("Confidentiality agreement needed"), TRANSFER, "flag", group=READERS_GROUP),
    FieldSpec("source_url", N_("Web page of the technology"), TRANSFER, free=True, section=MEMBERS,
        group=READERS_GROUP),
)

#: What search knows of the listing itself.
THING_FIELDS = (
    FieldSpec("published_at", N_("Published on"), "", "moment", number=shared.PUBLISHED_NUMBER,
        query_names=shared.PUBLISHED_NAMES,
        query_example="đăng>=01/10/2026"),
    FieldSpec("confirmed_at", N_("Confirmed on"), "", "moment",
        number=NumberSpec(descending=N_("Last confirmed"), position=900)),
    FieldSpec("org_id", N_("Organisation"), "", "owner", facet=FacetSpec("org", position=990, shown=False, words=False)),
)


def on_publish(listing: Listing, revision: ListingRevision, actor: Actor) -> None:
    """What is published counts as confirmed today; the next reminder starts from here. The listing keeps its field."""
    listing.published_field = revision.field_code
    listing.confirmed_at = clock.now()
    listing.reminded_at = None


KIND = Kind(
    name="listing",
    prefix="CN",
    thing=Listing,
    revision=ListingRevision,
    parent="listing",
    lifecycle=LISTING,
    fields=FIELDS,
    thing_fields=THING_FIELDS,
    rules=rules,
    on_publish=on_publish,
    known=known,
    revisable=("draft", "published", "stale", "unpublished"),
    live=VISIBLE_STATES,
)


