"""What a listing is made of: its fields with step, need, tier and review, and its rules (docs/domain.md §1.4, §4.2)."""

from __future__ import annotations

from marketplace import vocabulary as v
from marketplace.authoring.kinds import PUBLISH, SUBMIT, Column, FieldSpec, Kind
from marketplace.core.access import Actor
from marketplace.listings.lifecycle import LISTING, VISIBLE_STATES
from marketplace.listings.models import Listing, ListingRevision
from marketplace.listings.rules import rules
from marketplace.values import clock
from marketplace.values.text import N_

WHAT, USE, MATURITY, RIGHTS, TRANSFER, FILES, CONTACT = "what", "use", "maturity", "rights", "transfer", "files", "contact"
F = FieldSpec

#: The steps of the form in order: key and label.
STEPS: tuple[tuple[str, str], ...] = (
    (WHAT, N_("What it is")),
    (USE, N_("Problem and advantages")),
    (MATURITY, N_("Maturity")),
    (RIGHTS, N_("Rights")),
    (TRANSFER, N_("Transfer and price")),
    (FILES, N_("Pictures and documents")),
    (CONTACT, N_("Contact and visibility")),
)

SPEC_COLUMNS = (Column("name", N_("Figure")), Column("value", N_("Value")), Column("unit", N_("Unit")))
OWNER_COLUMNS = (
    Column("name", N_("Owner")), Column("tax_code", N_("Tax code")), Column("share_bp", N_("Share"), "percent"),
)
IP_COLUMNS = (
    Column("kind", N_("Kind of protection"), "code", v.IP_KINDS),
    Column("status", N_("Status"), "code", v.IP_STATUSES),
    Column("number", N_("Number")),
    Column("country", N_("Country")),
    Column("filed_on", N_("Filed on"), "date"),
    Column("expires_on", N_("Expires on"), "date"),
)

FIELDS = (
    F("title", N_("Title"), WHAT, needed=SUBMIT),
    F("title_en", N_("Title in English"), WHAT, free=True),
    F("language", N_("Language of the text"), WHAT, "code", v.LANGUAGES, free=True),
    F("object_kinds", N_("What is transferred"), WHAT, "codes", v.OBJECT_KINDS, needed=SUBMIT),
    F("public_summary", N_("Summary"), WHAT, "prose", needed=SUBMIT),
    F("summary_en", N_("Summary in English"), WHAT, "prose", free=True),
    F("field_code", N_("Field of science and technology"), WHAT, "code", v.SCIENCE_FIELDS, needed=PUBLISH),
    F("vsic_codes", N_("Sectors that use it"), WHAT, "codes", v.VSIC_SECTIONS),
    F("ipc_codes", N_("Patent classes (IPC)"), WHAT, "codes"),
    F("hanoi_priority_field", N_("Priority field of Hanoi"), WHAT, "code", v.HANOI_PRIORITY_FIELDS),
    F("tags", N_("Technology keywords"), WHAT, "codes", free=True),
    F("market_tags", N_("Market keywords"), WHAT, "codes", free=True),
    F("problem_solved", N_("Problem it solves"), USE, "prose", needed=PUBLISH),
    F("how_it_works", N_("How it works"), USE, "prose"),
    F("applications", N_("Where it is used"), USE, "prose", needed=PUBLISH),
    F("advantages", N_("Advantages"), USE, "prose", needed=PUBLISH),
    F("specs", N_("Technical figures"), USE, "rows", needed=PUBLISH, columns=SPEC_COLUMNS),
    F("trl", N_("Technology readiness level (TRL)"), MATURITY, "code", v.TRL, needed=PUBLISH),
    F("trl_evidence", N_("Evidence of the level"), MATURITY, "prose"),
    F("trl_assessed_by", N_("Who assessed it"), MATURITY, "code", v.TRL_ASSESSED_BY, needed=PUBLISH),
    F("trl_assessor", N_("Name of the assessor"), MATURITY),
    F("trl_assessed_on", N_("Assessed on"), MATURITY, "date"),
    F("owners", N_("Owners"), RIGHTS, "rows", needed=PUBLISH, columns=OWNER_COLUMNS),
    F("right_basis", N_("Your right to transfer it"), RIGHTS, "code", v.RIGHT_BASES, needed=PUBLISH),
    F("ip", N_("Intellectual property"), RIGHTS, "rows", needed=PUBLISH, columns=IP_COLUMNS),
    F("funding_source", N_("How it was funded"), RIGHTS, "code", v.FUNDING_SOURCES, needed=PUBLISH),
    F("task_code", N_("Code of the S&T task"), RIGHTS),
    F("result_certificate_no", N_("Result-registration certificate"), RIGHTS),
    F("origin", N_("Origin"), RIGHTS, "code", v.ORIGINS, needed=PUBLISH),
    F("control_class", N_("Control class"), RIGHTS, "code", v.CONTROL_CLASSES),
    F("transfer_directions", N_("Directions of transfer"), TRANSFER, "codes", v.TRANSFER_DIRECTIONS),
    F("transfer_right", N_("Right offered"), TRANSFER, "code", v.TRANSFER_RIGHTS, needed=PUBLISH),
    F("exclusivity", N_("Exclusivity"), TRANSFER, "code", v.EXCLUSIVITIES),
    F("sublicence", N_("Sub-licence allowed"), TRANSFER, "flag"),
    F("territory", N_("Territory"), TRANSFER),
    F("field_of_use", N_("Field of use"), TRANSFER),
    F("term_months", N_("Term in months"), TRANSFER, "number"),
    F("transfer_forms", N_("Forms of transfer"), TRANSFER, "codes", v.TRANSFER_FORMS, needed=PUBLISH),
    F("transfer_methods", N_("Methods of transfer"), TRANSFER, "codes", v.TRANSFER_METHODS),
    F("cooperation_forms", N_("Partnership sought"), TRANSFER, "codes", v.COOPERATION_FORMS),
    F("pricing_mode", N_("Price"), TRANSFER, "code", v.PRICING_MODES, needed=PUBLISH),
    F("price_min", N_("Amount, or the lowest"), TRANSFER, "money"),
    F("price_max", N_("The highest amount"), TRANSFER, "money"),
    F("payment_methods", N_("Ways of payment"), TRANSFER, "codes", v.PAYMENT_METHODS),
    F("support_kinds", N_("Support after the transfer"), TRANSFER, "codes", v.SUPPORT_KINDS, needed=PUBLISH),
    F("warranty_months", N_("Warranty in months"), TRANSFER, "number"),
    F("support_note", N_("More about support"), TRANSFER, "prose", free=True),
    F("province_code", N_("Province or city"), CONTACT, "place", free=True),
    F("ward_code", N_("Ward or commune"), CONTACT, "place", free=True),
    F("contact_name", N_("Contact person"), CONTACT, free=True, tier="members", needed=SUBMIT),
    F("contact_email", N_("E-mail"), CONTACT, free=True, tier="members", needed=SUBMIT),
    F("contact_phone", N_("Telephone"), CONTACT, free=True, tier="members"),
    F("members_detail", N_("Details for members"), CONTACT, "prose", tier="members"),
    F("confidential_detail", N_("Confidential details"), CONTACT, "prose", tier="confidential"),
    F("visibility", N_("Who may see the listing"), CONTACT, "code", v.LISTING_VISIBILITIES),
    F("nda_required", N_("Confidentiality agreement needed"), CONTACT, "flag"),
    F("source_url", N_("Web page of the technology"), CONTACT, free=True),
)


def on_publish(listing: Listing, revision: ListingRevision, actor: Actor) -> None:
    """What is published counts as confirmed today; the next reminder starts from here."""
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
    rules=rules,
    on_publish=on_publish,
    revisable=("draft", "published", "stale", "unpublished"),
    live=VISIBLE_STATES,
)


