"""Table of computed matches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.buyer_requests.models import BuyerRequest
from marketplace.columns import Big, Key, Moment, NfcText, Rows, UtcDateTime, one_of
from marketplace.extensions import Base
from marketplace.listings.models import Listing


class Match(Base):
    """One pair of need and listing with its reasons, as last computed; an operator's mark stays."""

    __tablename__ = "match"
    __table_args__ = (
        UniqueConstraint("buyer_request_id", "listing_id"),
        one_of("mark", ("", "suggested", "dismissed")),
        Index("ix_match_listing_score", "listing_id", "score"),
        Index("ix_match_request_score", "buyer_request_id", "score"),
    )
    subject_kind = "match"

    id: Mapped[Key]
    buyer_request_id: Mapped[int] = mapped_column(Big, ForeignKey("buyer_request.id"))
    listing_id: Mapped[int] = mapped_column(Big, ForeignKey("listing.id"))
    score: Mapped[int]  # 0–1000
    strength: Mapped[str] = mapped_column(String(20))  # strong | possible | weak
    factors: Mapped[Rows] = mapped_column(JSON)  # {factor, verdict, score, weight, need, listing, message, params}
    #: Place among the best of its need and among the best of its listing (from 1); a row is kept while it has one.
    need_rank: Mapped[int | None]
    listing_rank: Mapped[int | None]
    computed_at: Mapped[Moment]
    mark: Mapped[str] = mapped_column(String(20), default="")
    mark_reason: Mapped[str] = mapped_column(NfcText, default="")
    marked_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    marked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    buyer_request: Mapped[BuyerRequest] = relationship()
    listing: Mapped[Listing] = relationship()
