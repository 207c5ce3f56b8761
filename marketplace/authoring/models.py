"""Columns that every revision has, and the rule of one open revision per thing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from marketplace.authoring.lifecycle import OPEN_STATES, REVISION, WAITING_STATES
from marketplace.core.columns import Big, Moment, NfcText, UtcDateTime, index_of_states
from marketplace.values import clock


class RevisionMixin:
    """A version of a listing or need with its own way through review. `lock` guards what people edit."""

    lifecycle = REVISION
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default=REVISION.initial)
    lock: Mapped[int] = mapped_column()
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    saved_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_reason_code: Mapped[str] = mapped_column(String(60), default="")
    decision_text: Mapped[str] = mapped_column(NfcText, default="")
    imported: Mapped[bool] = mapped_column(default=False)  # completeness rules bind what people write by hand

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        """Two tabs, one winner: SQLAlchemy checks and raises `lock` with every update."""
        return {"version_id_col": cls.__table__.c.lock}  # type: ignore[attr-defined]

    @declared_attr
    def created_by_id(cls) -> Mapped[int | None]:
        """Who began this version."""
        return mapped_column(Big, ForeignKey("user_account.id"))

    @declared_attr
    def submitted_by_id(cls) -> Mapped[int | None]:
        """Who submitted it; never the one who decides."""
        return mapped_column(Big, ForeignKey("user_account.id"))

    @property
    def open(self) -> bool:
        """True while this version is still on its way."""
        return self.state in OPEN_STATES


def revision_args(table: str, parent: str) -> tuple[CheckConstraint | Index, ...]:
    """Return the constraints of a revision table whose parent column is `parent`."""
    open_now = text(f"state IN {OPEN_STATES!r}")
    return (
        CheckConstraint(REVISION.check_sql(), name="state_known"),
        CheckConstraint(f"state NOT IN {WAITING_STATES!r} OR submitted_at IS NOT NULL", name="submitted_has_date"),
        Index(f"uq_{table}_open", parent, unique=True, sqlite_where=open_now, postgresql_where=open_now),
        Index(f"uq_{table}_number", parent, "number", unique=True),
        index_of_states(f"ix_{table}_waiting", WAITING_STATES, "review_due_at", "id"),
    )
