"""Tables of matching: computed pairs, what they are weighed by, what people said of them, full passes, fingerprints."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.columns import Big, Box, Key, Moment, NfcText, Rows, UtcDateTime, one_of
from marketplace.core.extensions import Base
from marketplace.listings.models import Listing


class Match(Base):
    """One pair of need and listing with its reasons, as last computed; an operator's mark stays."""

    __tablename__ = "match"
    __table_args__ = (
        UniqueConstraint("buyer_request_id", "listing_id"),
        one_of("mark", ("", "suggested", "dismissed")),
        Index("ix_match_listing_score", "listing_id", "score"),
        Index("ix_match_request_score", "buyer_request_id", "score"),
        Index("ix_match_strength", "strength", "score", "id"),
    )
    subject_kind = "match"

    id: Mapped[Key]
    buyer_request_id: Mapped[int] = mapped_column(Big, ForeignKey("buyer_request.id"))
    listing_id: Mapped[int] = mapped_column(Big, ForeignKey("listing.id"))
    score: Mapped[int]  # 0–1000
    strength: Mapped[str] = mapped_column(String(20))  # strong | possible | weak
    confidence: Mapped[int] = mapped_column(default=0)  # 0–100: how much of the evidence was known
    #: The factor that excludes the pair; such a row stands only for a mark or for what people said of it.
    excluded_by: Mapped[str] = mapped_column(String(20), default="")
    factors: Mapped[Rows] = mapped_column(JSON)  # {factor, verdict, score, weight, need, listing, message, params, …}
    #: Place among the best of its need and among the best of its listing (from 1); a row is kept while it has one.
    need_rank: Mapped[int | None]
    listing_rank: Mapped[int | None]
    computed_at: Mapped[Moment]
    mark: Mapped[str] = mapped_column(String(20), default="")
    mark_code: Mapped[str] = mapped_column(String(40), default="")  # UNSUITABLE_REASONS, of a dismissed pair
    mark_reason: Mapped[str] = mapped_column(NfcText, default="")
    marked_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    marked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    buyer_request: Mapped[BuyerRequest] = relationship()
    listing: Mapped[Listing] = relationship()
    feedback: Mapped[list[MatchFeedback]] = relationship(back_populates="match")


class MatchFeedback(Base):
    """What one organisation said or did about a match. The strength and the factors are those it saw."""

    __tablename__ = "match_feedback"
    __table_args__ = (
        UniqueConstraint("match_id", "org_id", "verdict"),
        one_of("verdict", ("useful", "not_useful", "contacted", "dealt")),
        Index("ix_match_feedback_org", "org_id", "verdict"),
    )

    id: Mapped[Key]
    match_id: Mapped[int] = mapped_column(Big, ForeignKey("match.id"))
    org_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"))
    verdict: Mapped[str] = mapped_column(String(20))
    side: Mapped[str] = mapped_column(String(10))  # need | listing: whose the organisation is
    score: Mapped[int]
    strength: Mapped[str] = mapped_column(String(20))
    factors: Mapped[Box] = mapped_column(JSON)  # factor → score
    given_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    given_at: Mapped[Moment]

    match: Mapped[Match] = relationship(back_populates="feedback")


class MatchWeights(Base):
    """What the factors are worth from a moment on. Rows are added, never changed; the latest in force counts."""

    __tablename__ = "match_weights"
    subject_kind = "match_weights"

    id: Mapped[Key]
    effective_at: Mapped[Moment] = mapped_column(UtcDateTime, index=True)
    weights: Mapped[Box] = mapped_column(JSON)  # factor → hundredths; they sum to 100
    note: Mapped[str] = mapped_column(NfcText)
    set_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    set_at: Mapped[Moment]


class MatchRun(Base):
    """One full pass over all listings, in slices; the last unfinished one goes on where it stopped."""

    __tablename__ = "match_run"

    id: Mapped[Key]
    cause: Mapped[str] = mapped_column(String(20))  # nightly | weights | command
    weights: Mapped[Box] = mapped_column(JSON)  # those it computes with
    started_at: Mapped[Moment]
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_listing_id: Mapped[int] = mapped_column(Big, default=0)
    done: Mapped[int] = mapped_column(default=0)  # listings
    total: Mapped[int] = mapped_column(default=0)
    pairs: Mapped[int] = mapped_column(Big, default=0)  # compared factor by factor
    seconds: Mapped[int] = mapped_column(default=0)  # of work


class Fingerprint(Base):
    """The shingles of one submitted or published text in short, to find what looks like it."""

    __tablename__ = "fingerprint"
    __table_args__ = (UniqueConstraint("kind", "thing_id"),)

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(20))  # listing | need
    thing_id: Mapped[int] = mapped_column(Big)  # no foreign key: two tables
    revision_id: Mapped[int] = mapped_column(Big)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class FingerprintBand(Base):
    """A part of a fingerprint; alike texts share at least one with high probability."""

    __tablename__ = "fingerprint_band"
    __table_args__ = (Index("ix_fingerprint_band_hash", "band", "fingerprint_id"),)

    id: Mapped[Key]
    fingerprint_id: Mapped[int] = mapped_column(Big, ForeignKey("fingerprint.id"), index=True)
    band: Mapped[int] = mapped_column(Big)  # the band's number and hash
