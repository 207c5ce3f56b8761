"""Tables of stored files and what they are attached to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.access import Actor
from marketplace.core.columns import Big, Key, Moment, NfcString, UtcDateTime, index_of_states, listed, one_of
from marketplace.core.extensions import Base
from marketplace.core.lifecycle import SYSTEM
from marketplace.core.permissions import MODERATE
from marketplace.files.lifecycle import (
    AWAITING_SCANNER,
    AWAITING_STAFF,
    CHECKING_STATES,
    DUE,
    FILE,
    OPEN_STATES,
)
from marketplace.values import clock

TIERS = ("public", "members", "confidential", "staff")


class StoredFile(Base):
    """One uploaded content, named by its SHA-256 in the store."""

    __tablename__ = "stored_file"
    subject_kind = "stored_file"
    lifecycle = FILE
    __table_args__ = (
        CheckConstraint(FILE.check_sql(), name="state_known"),
        # What has to be done about a file, and only that, has a moment until when.
        CheckConstraint(f"(due_at IS NULL) = (state NOT IN ({listed(DUE)}))", name="due_while_open"),
        Index("ix_stored_file_state", "state", "id"),
        index_of_states("ix_stored_file_scanner", AWAITING_SCANNER, "due_at", "id"),
        index_of_states("ix_stored_file_staff", AWAITING_STAFF, "due_at", "id"),
    )

    id: Mapped[Key]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(Big)
    content_type: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(NfcString(200))
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now, index=True)
    created_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    org_id: Mapped[int | None] = mapped_column(Big, ForeignKey("organisation.id"))
    state: Mapped[str] = mapped_column(String(20), default=FILE.initial)
    state_since: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # until when the scanner, or the staff, should have spoken
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when the scanner last said something
    finding: Mapped[str] = mapped_column(NfcString(200), default="")  # what it found, or why there is no verdict

    def given_to(self, reader: Actor) -> bool:
        """Tell whether a reader who may know the file gets its content: before the check only whoever sent it."""
        return self.state in OPEN_STATES or (self.state in CHECKING_STATES and self.sent_by(reader))

    def sent_by(self, reader: Actor) -> bool:
        """Tell whether that person sent the file."""
        return reader.user_id is not None and reader.user_id == self.created_by_id

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the roles of the workflow: nobody decides about a file of their own, or of their own organisation."""
        if actor.is_system:
            return frozenset({SYSTEM})
        concerned = self.sent_by(actor) or self.org_id in actor.org_ids
        return frozenset({"moderator"}) if actor.may(MODERATE) and not concerned else frozenset()


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
