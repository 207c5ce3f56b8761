"""Tables of editable texts."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import Big, Key, Line, Moment, Prose
from marketplace.core.extensions import Base


class EditableText(Base):
    """A page whose words the operator writes: about, terms, privacy, operating regulation. Markdown."""

    __tablename__ = "editable_text"
    __table_args__ = (UniqueConstraint("key", "language"),)
    subject_kind = "text"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(5))
    title: Mapped[Line]
    body: Mapped[Prose]
    lock: Mapped[int] = mapped_column()
    updated_at: Mapped[Moment]
    updated_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))

    __mapper_args__ = {"version_id_col": lock}


