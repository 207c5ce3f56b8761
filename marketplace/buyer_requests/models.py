"""Tables of technology needs (fields of docs/domain.md §1.4)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.authoring.models import RevisionMixin, revision_args
from marketplace.buyer_requests.lifecycle import NEED
from marketplace.core.access import Actor
from marketplace.core.columns import Big, Box, Codes, Key, Moment, NfcString, NfcText, Rows, UtcDateTime
from marketplace.core.extensions import Base
from marketplace.core.permissions import EDIT_CONTENT, MODERATE
from marketplace.organisations.models import Organisation
from marketplace.values import clock


class BuyerRequest(Base):
    """A technology need: its public life. What it asks is in its revisions."""

    __tablename__ = "buyer_request"
    __table_args__ = (
        CheckConstraint(NEED.check_sql(), name="state_known"),
        CheckConstraint(
            "state NOT IN ('open', 'shortlisting', 'negotiating', 'solved', 'expired') OR "
            "(published_at IS NOT NULL AND published_revision_id IS NOT NULL)",
            name="published_has_revision",
        ),
        Index("uq_buyer_request_external", "org_id", "external_id", unique=True),
        Index("ix_buyer_request_state_deadline", "state", "answer_deadline"),
        Index("ix_buyer_request_state_published", "state", "published_at"),
    )
    subject_kind = "need"
    lifecycle = NEED

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    org_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default=NEED.initial)
    published_revision_id: Mapped[int | None] = mapped_column(
        Big, ForeignKey("need_revision.id", use_alter=True, name="fk_buyer_request_published_revision")
    )
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_deadline: Mapped[date | None]  # of the published revision, or as extended since
    external_id: Mapped[str | None] = mapped_column(NfcString(200))
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))

    organisation: Mapped[Organisation] = relationship()
    revisions: Mapped[list[NeedRevision]] = relationship(
        back_populates="buyer_request", foreign_keys="NeedRevision.buyer_request_id", order_by="NeedRevision.number"
    )
    published_revision: Mapped[NeedRevision | None] = relationship(foreign_keys=[published_revision_id], post_update=True)
    invitations: Mapped[list[NeedInvitation]] = relationship(back_populates="buyer_request")

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the actor's roles towards this need: system, owner, colleague, invited, moderator."""
        roles: set[str] = set()
        if actor.is_system:
            roles.add("system")
        if actor.org_id == self.org_id:
            roles.add("colleague")
            if actor.may(EDIT_CONTENT):
                roles.add("owner")
        if actor.may(MODERATE) and self.org_id not in actor.org_ids:
            roles.add("moderator")
        return frozenset(roles)


class NeedRevision(Base, RevisionMixin):
    """One version of what a need asks."""

    __tablename__ = "need_revision"
    __table_args__ = revision_args("need_revision", "buyer_request_id")
    subject_kind = "need_revision"

    id: Mapped[Key]
    buyer_request_id: Mapped[int] = mapped_column(Big, ForeignKey("buyer_request.id"))

    # The problem
    kind: Mapped[str] = mapped_column(String(30), default="")  # NEED_KINDS
    title: Mapped[str] = mapped_column(NfcString(300), default="")
    title_en: Mapped[str] = mapped_column(NfcString(300), default="")
    language: Mapped[str] = mapped_column(String(5), default="vi")
    summary: Mapped[str] = mapped_column(NfcText, default="")  # ≤ 1,000 characters
    summary_en: Mapped[str] = mapped_column(NfcText, default="")
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
    hanoi_priority_field: Mapped[str] = mapped_column(String(40), default="")
    tags: Mapped[Codes] = mapped_column(JSON, default=list)
    trl_min: Mapped[int | None]
    trl_max: Mapped[int | None]
    # Terms
    budget_min: Mapped[int | None] = mapped_column(BigInteger)  # VND
    budget_max: Mapped[int | None] = mapped_column(BigInteger)
    budget_note: Mapped[str] = mapped_column(NfcText, default="")
    cooperation_forms: Mapped[Codes] = mapped_column(JSON, default=list)
    transfer_forms: Mapped[Codes] = mapped_column(JSON, default=list)
    answer_deadline: Mapped[date | None]
    start_on: Mapped[date | None]
    end_on: Mapped[date | None]
    province_code: Mapped[str] = mapped_column(String(10), default="")
    ward_code: Mapped[str] = mapped_column(String(10), default="")
    # Choosing
    criteria: Mapped[Rows] = mapped_column(JSON, default=list)  # {name, weight}; Σ weight = 100
    visibility: Mapped[str] = mapped_column(String(30), default="public")  # NEED_VISIBILITIES
    confidential_detail: Mapped[str] = mapped_column(NfcText, default="")  # own organisation and its moderator only
    invited_org_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    contact_name: Mapped[str] = mapped_column(NfcString(200), default="")  # members tier
    contact_email: Mapped[str] = mapped_column(String(255), default="")  # members tier
    contact_phone: Mapped[str] = mapped_column(String(30), default="")  # members tier
    # 6 rõ: person, task, start, due, unit, head, deliverable, unit_of_measure, quantity, evidence, approver, escalation
    six_clear: Mapped[Box] = mapped_column(JSON, default=dict)
    source_url: Mapped[str] = mapped_column(String(500), default="")

    buyer_request: Mapped[BuyerRequest] = relationship(back_populates="revisions", foreign_keys=[buyer_request_id])


class NeedInvitation(Base):
    """An organisation invited to a need, in force since its revision was published."""

    __tablename__ = "need_invitation"
    __table_args__ = (UniqueConstraint("buyer_request_id", "organisation_id"),)

    id: Mapped[Key]
    buyer_request_id: Mapped[int] = mapped_column(Big, ForeignKey("buyer_request.id"))
    organisation_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"), index=True)
    invited_at: Mapped[Moment]

    buyer_request: Mapped[BuyerRequest] = relationship(back_populates="invitations")
    organisation: Mapped[Organisation] = relationship()
