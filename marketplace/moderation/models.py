"""Tables of moderation: who has which case, and what was decided."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, String, and_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core.columns import Big, Box, Key, Moment, NfcText, UtcDateTime, one_of
from marketplace.core.extensions import Base

KINDS = ("organisation", "listing", "need")


class ModerationCase(Base):
    """One moderator's handling of one submission. The queue itself is the submitted things, not rows of this table."""

    __tablename__ = "moderation_case"
    __table_args__ = (
        one_of("kind", KINDS),
        Index("ix_moderation_case_subject", "kind", "subject_id"),
        Index("ix_moderation_case_decided", "decided_at", "id"),
        Index("ix_moderation_case_claimed_by", "claimed_by_id", "decided_at"),
        Index("uq_moderation_case_open", "kind", "subject_id", unique=True,
              sqlite_where=text("released_at IS NULL AND decided_at IS NULL"),
              postgresql_where=text("released_at IS NULL AND decided_at IS NULL")),
    )
    subject_kind = "moderation_case"

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(Big)  # organisation id, or id of the listing's or need's revision
    org_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"), index=True)
    submitted_at: Mapped[Moment]
    due_at: Mapped[Moment]
    claimed_by_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    claimed_at: Mapped[Moment]
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str] = mapped_column(String(20), default="")
    reason_code: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(NfcText, default="")
    checklist: Mapped[Box] = mapped_column(JSON, default=dict)

    claimed_by: Mapped[User] = relationship()

    @classmethod
    def is_open(cls) -> ColumnElement[bool]:
        """Return the condition that somebody has the case: it is neither given back nor decided."""
        return and_(cls.released_at.is_(None), cls.decided_at.is_(None))
