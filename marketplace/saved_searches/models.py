"""Tables of saved searches and of what they found."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import Big, Key, Moment, NfcString, UtcDateTime, one_of
from marketplace.core.extensions import Base
from marketplace.values import clock

#: How often a person hears of what is new.
FREQUENCIES = ("at_once", "daily", "weekly", "off")
KINDS = ("listing", "need", "organisation")
MOST_NAME = 120
#: `told_at` of what its person did not want to hear of when it was found.
FORGOTTEN = datetime(1970, 1, 1, tzinfo=UTC)
_UNTOLD = text("told_at IS NULL")


class SavedSearch(Base):
    """A search that a person keeps, as the address of its page says it."""

    __tablename__ = "saved_search"
    __table_args__ = (
        UniqueConstraint("user_id", "name"),
        one_of("kind", KINDS),
        one_of("frequency", FREQUENCIES),
        Index("ix_saved_search_evaluated", "kind", "frequency"),
    )
    subject_kind = "saved_search"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    org_id: Mapped[int | None] = mapped_column(Big, ForeignKey("organisation.id"))  # acted for when it was saved
    name: Mapped[str] = mapped_column(NfcString(MOST_NAME))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(NfcString(300), default="")  # as typed, fields and all
    filters: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    frequency: Mapped[str] = mapped_column(String(10))
    #: Ids that it found when it was saved: changes of these are no news. None: too many; all published before count.
    known: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    last_run_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when its person was last told something


class SavedSearchHit(Base):
    """One thing that a saved search newly found; once, whatever is delivered how often."""

    __tablename__ = "alert_hit"
    __table_args__ = (
        UniqueConstraint("saved_search_id", "kind", "thing_id"),
        one_of("kind", KINDS),
        Index("ix_alert_hit_found", "found_at"),
        Index("ix_alert_hit_untold", "saved_search_id", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
    )

    id: Mapped[Key]
    saved_search_id: Mapped[int] = mapped_column(Big, ForeignKey("saved_search.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    thing_id: Mapped[int] = mapped_column(Big)
    found_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
