"""Tables of organisations, members and invitations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core.access import Actor
from marketplace.core.columns import (
    Big,
    Codes,
    Key,
    Line,
    Moment,
    NfcString,
    NfcText,
    Prose,
    UtcDateTime,
    one_of,
)
from marketplace.core.extensions import Base
from marketplace.core.permissions import MANAGE_ORGANISATION, MODERATE
from marketplace.core.reader_language import in_language
from marketplace.organisations.lifecycle import HOLDING_STATES, ORGANISATION
from marketplace.values import clock
from marketplace.vocabulary import ORGANISATION_KINDS

_HOLDS_TAX_CODE = f"state IN {HOLDING_STATES!r} AND tax_code <> ''"


class Organisation(Base):
    """A party of the exchange. Only a verified one publishes, answers and signs."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(ORGANISATION.check_sql(), name="state_known"),
        CheckConstraint("state <> 'verified' OR verified_at IS NOT NULL", name="verified_has_date"),
        one_of("kind", ORGANISATION_KINDS.codes),
        Index("ix_organisation_state_due", "state", "review_due_at"),
        # One tax code, one verified organisation; drafts may repeat it, so that nobody can block a name by drafting.
        Index("uq_organisation_tax_code", "tax_code", unique=True, sqlite_where=text(_HOLDS_TAX_CODE),
              postgresql_where=text(_HOLDS_TAX_CODE)),
    )
    subject_kind = "organisation"
    lifecycle = ORGANISATION

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=ORGANISATION.initial)
    lock: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[Line]
    name_en: Mapped[str] = mapped_column(NfcString(300), default="")
    sort_name: Mapped[str] = mapped_column(String(400), default="", index=True)
    tax_code: Mapped[str] = mapped_column(String(20), default="")  # normalised; see marketplace.values.tax_code
    legal_representative: Mapped[str] = mapped_column(NfcString(200), default="")
    representative_title: Mapped[str] = mapped_column(NfcString(200), default="")
    province_code: Mapped[str] = mapped_column(String(10), default="")
    ward_code: Mapped[str] = mapped_column(String(10), default="")
    street: Mapped[str] = mapped_column(NfcString(300), default="")
    field_codes: Mapped[Codes] = mapped_column(JSON, default=list)
    description: Mapped[Prose] = mapped_column(NfcText, default="")
    description_en: Mapped[str] = mapped_column(NfcText, default="")
    website: Mapped[str] = mapped_column(String(300), default="")
    email: Mapped[str] = mapped_column(String(255), default="")  # where enquiries go; shown to members only
    phone: Mapped[str] = mapped_column(String(30), default="")
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    review_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_reason_code: Mapped[str] = mapped_column(String(60), default="")
    decision_text: Mapped[str] = mapped_column(NfcText, default="")

    memberships: Mapped[list[Membership]] = relationship(back_populates="organisation")

    __mapper_args__ = {"version_id_col": lock}

    @hybrid_property
    def verified(self) -> bool:
        """True while the organisation may publish, answer and sign."""
        return self.state == "verified"

    def name_in(self, locale: str) -> str:
        """Return the name in a language; where there is no English one, the name."""
        return in_language(self.name, self.name_en, locale)

    def description_in(self, locale: str) -> str:
        """Return the description in a language; where there is no English one, the description."""
        return in_language(self.description, self.description_en, locale)

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the actor's roles towards this organisation: system, admin, member, moderator."""
        roles: set[str] = set()
        if actor.is_system:
            roles.add("system")
        if self.id is not None and actor.org_id == self.id:
            roles.add("member")
            if actor.may(MANAGE_ORGANISATION):
                roles.add("admin")
        if actor.may(MODERATE) and self.id not in actor.org_ids:
            roles.add("moderator")
        return frozenset(roles)


class Membership(Base):
    """A person's place in an organisation. Ended, never deleted."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("uq_membership_open", "organisation_id", "user_id", unique=True, sqlite_where=text("left_at IS NULL"),
              postgresql_where=text("left_at IS NULL")),
        Index("ix_membership_user", "user_id"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"))
    user_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    roles: Mapped[Codes] = mapped_column(JSON, default=list)  # of MEMBER_ROLES
    joined_at: Mapped[Moment]
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship(back_populates="memberships")
    user: Mapped[User] = relationship()


class Invitation(Base):
    """An invitation by e-mail; only the digest of its token is stored."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("token_digest"),)

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(255))
    roles: Mapped[Codes] = mapped_column(JSON, default=list)
    token_digest: Mapped[str] = mapped_column(String(64))
    invited_by_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()


