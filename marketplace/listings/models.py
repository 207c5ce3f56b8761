"""Tables of technology listings (fields of docs/domain.md §1.4). Tiers: public, members, confidential."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.authoring.models import RevisionMixin, ThingMixin, revision_args
from marketplace.core.columns import (
    Big,
    Codes,
    NfcString,
    NfcText,
    Rows,
    UtcDateTime,
    index_of_states,
    listed,
)
from marketplace.core.extensions import Base
from marketplace.listings.lifecycle import LISTING, VISIBLE_STATES

#: Listings whose owner was not asked yet to confirm them; written out, so that the index serves.
_TO_REMIND = text("state IN ('published') AND reminded_at IS NULL")


class Listing(Base, ThingMixin):
    """A technology on offer: its public life. What it says is in its revisions."""

    __tablename__ = "listing"
    __table_args__ = (
        CheckConstraint(LISTING.check_sql(), name="state_known"),
        CheckConstraint(
            f"state NOT IN ({listed(VISIBLE_STATES)}) OR "
            "(published_at IS NOT NULL AND published_revision_id IS NOT NULL)",
            name="published_has_revision",
        ),
        Index("uq_listing_external", "org_id", "external_id", unique=True),
        Index("ix_listing_state_confirmed", "state", "confirmed_at"),
        index_of_states("ix_listing_newest", VISIBLE_STATES, "published_at", "id"),
        Index("ix_listing_field_published", "published_field", "published_at", "id"),  # the newest of a field
        Index("ix_listing_org", "org_id", "id"),
        Index("ix_listing_org_published", "org_id", "published_at", "id"),
        Index("ix_listing_to_remind", "org_id", "id", "confirmed_at", sqlite_where=_TO_REMIND, postgresql_where=_TO_REMIND),
    )
    subject_kind = "listing"
    lifecycle = LISTING

    published_revision_id: Mapped[int | None] = mapped_column(
        Big, ForeignKey("listing_revision.id", use_alter=True, name="fk_listing_published_revision")
    )
    published_field: Mapped[str] = mapped_column(String(10), default="", server_default="")  # of the published revision
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # last confirmed as current by its owner
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when the owner was last asked to confirm
    licensed_until: Mapped[date | None]

    revisions: Mapped[list[ListingRevision]] = relationship(
        back_populates="listing", foreign_keys="ListingRevision.listing_id", order_by="ListingRevision.number"
    )
    published_revision: Mapped[ListingRevision | None] = relationship(
        foreign_keys=[published_revision_id], post_update=True
    )


class ListingRevision(Base, RevisionMixin):
    """One version of what a listing says."""

    __tablename__ = "listing_revision"
    __table_args__ = revision_args("listing_revision", "listing_id")
    subject_kind = "listing_revision"

    listing_id: Mapped[int] = mapped_column(Big, ForeignKey("listing.id"))

    # What it is (public)
    object_kinds: Mapped[Codes] = mapped_column(JSON, default=list)
    public_summary: Mapped[str] = mapped_column(NfcText, default="")
    field_code: Mapped[str] = mapped_column(String(10), default="")
    vsic_codes: Mapped[Codes] = mapped_column(JSON, default=list)
    ipc_codes: Mapped[Codes] = mapped_column(JSON, default=list)
    market_tags: Mapped[Codes] = mapped_column(JSON, default=list)  # market keywords
    # What it does (public)
    problem_solved: Mapped[str] = mapped_column(NfcText, default="")
    how_it_works: Mapped[str] = mapped_column(NfcText, default="")
    applications: Mapped[str] = mapped_column(NfcText, default="")
    advantages: Mapped[str] = mapped_column(NfcText, default="")
    specs: Mapped[Rows] = mapped_column(JSON, default=list)  # {name, value, unit}
    # Maturity
    trl: Mapped[int | None]
    trl_evidence: Mapped[str] = mapped_column(NfcText, default="")
    trl_assessed_by: Mapped[str] = mapped_column(String(20), default="")  # self | expert | organisation
    trl_assessor: Mapped[str] = mapped_column(NfcString(200), default="")
    trl_assessed_on: Mapped[date | None]
    # Rights
    owners: Mapped[Rows] = mapped_column(JSON, default=list)  # {name, tax_code, share_bp}; Σ share_bp = 10000
    right_basis: Mapped[str] = mapped_column(String(20), default="")
    ip: Mapped[Rows] = mapped_column(JSON, default=list)  # {kind, status, number, country, filed_on, expires_on}
    funding_source: Mapped[str] = mapped_column(String(20), default="")
    task_code: Mapped[str] = mapped_column(NfcString(100), default="")
    result_certificate_no: Mapped[str] = mapped_column(NfcString(100), default="")  # result-registration certificate
    origin: Mapped[str] = mapped_column(String(20), default="")
    control_class: Mapped[str] = mapped_column(String(20), default="")  # set by the moderator
    # Transfer
    transfer_directions: Mapped[Codes] = mapped_column(JSON, default=list)
    transfer_right: Mapped[str] = mapped_column(String(20), default="")
    exclusivity: Mapped[str] = mapped_column(String(20), default="")
    sublicence: Mapped[bool | None]
    territory: Mapped[str] = mapped_column(NfcString(300), default="")
    field_of_use: Mapped[str] = mapped_column(NfcString(300), default="")
    term_months: Mapped[int | None]
    transfer_methods: Mapped[Codes] = mapped_column(JSON, default=list)
    pricing_mode: Mapped[str] = mapped_column(String(30), default="")
    price_min: Mapped[int | None] = mapped_column(BigInteger)  # VND; fixed price has min = max
    price_max: Mapped[int | None] = mapped_column(BigInteger)
    payment_methods: Mapped[Codes] = mapped_column(JSON, default=list)
    support_kinds: Mapped[Codes] = mapped_column(JSON, default=list)
    warranty_months: Mapped[int | None]
    support_note: Mapped[str] = mapped_column(NfcText, default="")
    # Place and reach
    members_detail: Mapped[str] = mapped_column(NfcText, default="")  # members tier
    visibility: Mapped[str] = mapped_column(String(20), default="public")  # public | members
    nda_required: Mapped[bool] = mapped_column(default=False)

    listing: Mapped[Listing] = relationship(back_populates="revisions", foreign_keys=[listing_id])
