"""Tables of answers. A row of `answer` is one organisation's answer to one need; what was sent is in its versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.answers.content import Content, from_data
from marketplace.answers.lifecycle import ANSWER, CHOSEN_STATES
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor
from marketplace.core.columns import Big, Box, Key, Moment, NfcString, NfcText, UtcDateTime, listed
from marketplace.core.extensions import Base
from marketplace.core.permissions import NEGOTIATE
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.values import clock

_CHOSEN = text(f"state IN ({listed(CHOSEN_STATES)})")


class Answer(Base):
    """One organisation's answer to one need. `draft` is what its people write, unseen by others until it is sent."""

    __tablename__ = "answer"
    __table_args__ = (
        CheckConstraint(ANSWER.check_sql(), name="state_known"),
        CheckConstraint("(sent_at IS NULL) = (version = 0)", name="sent_has_version"),
        UniqueConstraint("need_id", "org_id"),
        Index("uq_answer_chosen", "need_id", unique=True, sqlite_where=_CHOSEN, postgresql_where=_CHOSEN),
        Index("ix_answer_org", "org_id", "state", "saved_at"),
        Index("ix_answer_need", "need_id", "state", "sent_at"),
    )
    subject_kind = "answer"
    lifecycle = ANSWER

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)  # TL-2026-000001
    need_id: Mapped[int] = mapped_column(Big, ForeignKey("buyer_request.id"))
    org_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"))
    state: Mapped[str] = mapped_column(String(20), default=ANSWER.initial)
    lock: Mapped[int] = mapped_column(default=0)
    draft: Mapped[Box] = mapped_column(JSON, default=dict)  # `content.to_data`
    listing_id: Mapped[int | None] = mapped_column(Big, ForeignKey("listing.id"))  # of the newest version sent
    version: Mapped[int] = mapped_column(default=0)  # of the newest version sent
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    saved_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the newest version
    reason_code: Mapped[str] = mapped_column(String(40), default="")  # why it was withdrawn or not chosen
    told_points: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # own means and sum, as the letter told them

    need: Mapped[BuyerRequest] = relationship()
    organisation: Mapped[Organisation] = relationship()
    listing: Mapped[Listing | None] = relationship()
    versions: Mapped[list[AnswerVersion]] = relationship(back_populates="answer", order_by="AnswerVersion.number")

    @property
    def written(self) -> Content:
        """What its people have written so far."""
        return from_data(self.draft or {})

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the actor's roles towards this answer: system, supplier (who answers), buyer (whose need it is)."""
        roles: set[str] = {"system"} if actor.is_system else set()
        if actor.org_id is not None and actor.may(NEGOTIATE):
            if actor.org_id == self.org_id:
                roles.add("supplier")
            elif actor.org_id == self.need.org_id:
                roles.add("buyer")
        return frozenset(roles)


class AnswerVersion(Base):
    """One version as it was sent; never changed. Its files are attachments of subject `answer_version`."""

    __tablename__ = "answer_version"
    __table_args__ = (UniqueConstraint("answer_id", "number"),)
    subject_kind = "answer_version"

    id: Mapped[Key]
    answer_id: Mapped[int] = mapped_column(Big, ForeignKey("answer.id"))
    number: Mapped[int]
    need_revision_id: Mapped[int | None] = mapped_column(Big, ForeignKey("need_revision.id"))  # what it answers
    data: Mapped[Box] = mapped_column(JSON, default=dict)  # `content.to_data`
    sent_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    sent_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))

    answer: Mapped[Answer] = relationship(back_populates="versions")
    sent_by: Mapped[User | None] = relationship()

    @property
    def content(self) -> Content:
        """What was sent."""
        return from_data(self.data or {})


class AnswerPoint(Base):
    """A colleague's points for one criterion, with a comment. Only the people whose need it is read them."""

    __tablename__ = "answer_point"
    __table_args__ = (
        CheckConstraint("points BETWEEN 0 AND 10", name="points_in_scale"),
        UniqueConstraint("answer_id", "user_id", "criterion"),
    )

    id: Mapped[Key]
    answer_id: Mapped[int] = mapped_column(Big, ForeignKey("answer.id"))
    user_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    criterion: Mapped[str] = mapped_column(NfcString(300))  # its name in the need
    points: Mapped[int]
    comment: Mapped[str] = mapped_column(NfcString(500), default="")
    given_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)

    user: Mapped[User] = relationship()


class AnswerNote(Base):
    """A note on an answer for the colleagues. Only the people whose need it is read it."""

    __tablename__ = "answer_note"
    __table_args__ = (Index("ix_answer_note_answer", "answer_id", "id"),)

    id: Mapped[Key]
    answer_id: Mapped[int] = mapped_column(Big, ForeignKey("answer.id"))
    author_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    text: Mapped[str] = mapped_column(NfcText)
    written_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)

    author: Mapped[User] = relationship()
