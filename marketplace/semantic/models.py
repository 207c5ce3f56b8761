"""The meaning of each findable thing as a vector, and whether it must be computed anew."""

from __future__ import annotations

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import Big, Codes, Moment
from marketplace.core.extensions import Base


class Embedding(Base):
    """One thing's vector. A row stays when the thing is no longer found, without vector and readers: others look at
    what changed since they last looked."""

    __tablename__ = "embedding"
    __table_args__ = (Index("ix_embedding_due", "due"), Index("ix_embedding_changed_at", "changed_at"))

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    thing_id: Mapped[int] = mapped_column(Big, primary_key=True, autoincrement=False)
    model: Mapped[str] = mapped_column(String(40))
    fingerprint: Mapped[str] = mapped_column(String(64), default="")  # of model and text; empty: nobody may find it
    audience: Mapped[Codes]  # the same tokens as in the search document
    vietnamese: Mapped[bool] = mapped_column(default=True)
    vector: Mapped[bytes | None] = mapped_column(LargeBinary)  # 384 numbers of 16 bits
    due: Mapped[bool] = mapped_column(default=True)  # the vector is missing or of an older text
    changed_at: Mapped[Moment]
