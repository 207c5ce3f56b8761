"""Tables of technology needs (fields of docs/domain.md §1.4)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.authoring.models import RevisionMixin, ThingMixin, revision_args
from marketplace.buyer_requests.lifecycle import NEED, VISIBLE_STATES
from marketplace.core.columns import Big, Box, Codes, Key, Moment, NfcText, Rows, index_of_states, listed
from marketplace.core.extensions import Base
from marketplace.organisations.models import Organisation


class BuyerRequest(Base, ThingMixin):
    """A technology need: its public life. What it asks is in its revisions."""

    __tablename__ = "buyer_request"
    __table_args__ = (
        CheckConstraint(NEED.check_sql(), name="state_known"),
        CheckConstraint(
            f"state NOT IN ({listed(VISIBLE_STATES)}) OR "
            "(published_at IS NOT NULL AND published_revision_id IS NOT NULL)",
            name="published_has_revision",
        ),
        Index("uq_buyer_request_external", "org_id", "external_id", unique=True),
        Index("ix_buyer_request_state_deadline", "state", "answer_deadline"),
        Index("ix_buyer_request_state_published", "state", "published_at"),
        index_of_states("ix_buyer_request_newest", VISIBLE_STATES, "published_at", "id"),
        Index("ix_buyer_request_org", "org_id", "id"),
        Index("ix_buyer_request_org_published", "org_id", "published_at", "id"),
    )
    subject_kind = "need"
    lifecycle = NEED

    published_revision_id: Mapped[int | None] = mapped_column(
        Big, ForeignKey("need_revision.id", use_alter=True, name="fk_buyer_request_published_revision")
    )
    answer_deadline: Mapped[date | None]  # of the published revision, or as extended since

    revisions: Mapped[list[NeedRevision]] = relationship(
        back_populates="buyer_request", foreign_keys="NeedRevision.buyer_request_id", order_by="NeedRevision.number"
    )
    published_revision: Mapped[NeedRevision | None] = relationship(foreign_keys=[published_revision_id], post_update=True)
    invitations: Mapped[list[NeedInvitation]] = relationship(back_populates="buyer_request")


class NeedRevision(Base, RevisionMixin):
    """One version of what a need asks."""

    __tablename__ = "need_revision"
    __table_args__ = revision_args("need_revision", "buyer_request_id")
    subject_kind = "need_revision"

    buyer_request_id: Mapped[int] = mapped_column(Big, ForeignKey("buyer_request.id"))

    # The problem
    kind: Mapped[str] = mapped_column(String(30), default="")  # NEED_KINDS
    summary: Mapped[str] = mapped_column(NfcText, default="")  # ≤ 1,000 characters
    context: Mapped[str] = mapped_column(NfcText, default="")
    current_state: Mapped[str] = mapped_column(NfcText, default="")
    # The result asked
    target_result: Mapped[str] = mapped_column(NfcText, default="")
    target_measures: Mapped[Rows] = mapped_column(JSON, default=list)  # {name, baseline, target, unit}
    constraints_technical: Mapped[str] = mapped_column(NfcText, default="")
    constraints_legal: Mapped[str] = mapped_column(NfcText, default="")
    constraints_environment: Mapped[str] = mapped_column(NfcText, default="")
    data_available: Mapped[str] = mapped_column(NfcText, default="")
    # Classification
    field_codes: Mapped[Codes] = mapped_column(JSON, default=list)
    trl_min: Mapped[int | None]
    trl_max: Mapped[int | None]
    # Terms
    budget_min: Mapped[int | None] = mapped_column(BigInteger)  # VND
    budget_max: Mapped[int | None] = mapped_column(BigInteger)
    budget_note: Mapped[str] = mapped_column(NfcText, default="")
    answer_deadline: Mapped[date | None]
    start_on: Mapped[date | None]
    end_on: Mapped[date | None]
    # Choosing
    criteria: Mapped[Rows] = mapped_column(JSON, default=list)  # {name, weight}; Σ weight = 100
    visibility: Mapped[str] = mapped_column(String(30), default="public")  # NEED_VISIBILITIES
    invited_org_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    # 6 rõ: person, task, start, due, unit, head, deliverable, unit_of_measure, quantity, evidence, approver, escalation
    six_clear: Mapped[Box] = mapped_column(JSON, default=dict)

    buyer_request: Mapped[BuyerRequest] = relationship(back_populates="revisions", foreign_keys=[buyer_request_id])

    @property
    def hides_requester(self) -> bool:
        """True when others read it without knowing whose it is."""
        return self.visibility == "requester_hidden"


class NeedInvitation(Base):
    """An organisation invited to a need: by its published revision, or later by one press for one of its technologies."""

    __tablename__ = "need_invitation"
    __table_args__ = (UniqueConstraint("buyer_request_id", "organisation_id"),)

    id: Mapped[Key]
    buyer_request_id: Mapped[int] = mapped_column(Big, ForeignKey("buyer_request.id"))
    organisation_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"), index=True)
    invited_at: Mapped[Moment]
    #: The technology that brought the invitation; such a one stays whatever a later revision lists.
    listing_id: Mapped[int | None] = mapped_column(Big, ForeignKey("listing.id"))

    buyer_request: Mapped[BuyerRequest] = relationship(back_populates="invitations")
    organisation: Mapped[Organisation] = relationship()
