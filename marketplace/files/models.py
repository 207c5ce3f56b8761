"""Tables of stored files and what they are attached to."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.columns import Big, Key, Moment, NfcString, UtcDateTime, one_of
from marketplace.core.extensions import Base
from marketplace.values import clock

TIERS = ("public", "members", "confidential", "staff")


class StoredFile(Base):
    """One uploaded content, named by its SHA-256 in the store."""

    __tablename__ = "stored_file"

    id: Mapped[Key]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(Big)
    content_type: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(NfcString(200))
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now, index=True)
    created_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    org_id: Mapped[int | None] = mapped_column(Big, ForeignKey("organisation.id"))


class Attachment(Base):
    """A file's place on a subject. Who may read it is the subject's visibility rule plus the tier."""

    __tablename__ = "attachment"
    __table_args__ = (one_of("tier", TIERS), Index("ix_attachment_subject", "subject_kind", "subject_id"))

    id: Mapped[Key]
    file_id: Mapped[int] = mapped_column(Big, ForeignKey("stored_file.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(40))  # listing_revision, need_revision, organisation ...
    subject_id: Mapped[int] = mapped_column(Big)
    role: Mapped[str] = mapped_column(String(30))  # image, document, right_proof, or a DOCUMENT_KINDS code
    tier: Mapped[str] = mapped_column(String(20), default="public")
    position: Mapped[int] = mapped_column(default=0)
    caption: Mapped[str] = mapped_column(NfcString(300), default="")

    file: Mapped[StoredFile] = relationship()
