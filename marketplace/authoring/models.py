"""What things with versions have in common: columns of the thing and of its versions, whose it is, one open version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from marketplace.authoring.lifecycle import OPEN_STATES, REVISION, WAITING_STATES
from marketplace.core.access import Actor
from marketplace.core.columns import Big, Codes, Key, Moment, NfcString, NfcText, UtcDateTime, index_of_states
from marketplace.core.permissions import EDIT_CONTENT, MODERATE
from marketplace.organisations.models import Organisation
from marketplace.values import clock


class ThingMixin:
    """A listing or need: its public life. What it says is in its versions."""

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[str] = mapped_column(String(20), default="draft")
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    external_id: Mapped[str | None] = mapped_column(NfcString(200))  # the owner's own identifier (import)
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)

    @declared_attr
    def org_id(cls) -> Mapped[int]:
        """Whose it is."""
        return mapped_column(Big, ForeignKey("organisation.id"))

    @declared_attr
    def created_by_id(cls) -> Mapped[int | None]:
        """Who began it."""
        return mapped_column(Big, ForeignKey("user_account.id"))

    @declared_attr
    def organisation(cls) -> Mapped[Organisation]:
        """Whose it is."""
        return relationship()

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the actor's roles towards this thing: system, owner, colleague, moderator."""
        roles: set[str] = set()
        if actor.is_system:
            roles.add("system")
        if actor.org_id == self.org_id:
            roles.add("colleague")
            if actor.may(EDIT_CONTENT):
                roles.add("owner")
        if actor.may(MODERATE) and self.org_id not in actor.org_ids:
            roles.add("moderator")
        return frozenset(roles)


class RevisionMixin:
    """A version of a listing or need with its own way through review. `lock` guards what people edit."""

    lifecycle = REVISION
    id: Mapped[Key]
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
    # What both kinds of things say
    title: Mapped[str] = mapped_column(NfcString(300), default="")
    title_en: Mapped[str] = mapped_column(NfcString(300), default="")
    summary_en: Mapped[str] = mapped_column(NfcText, default="")
    language: Mapped[str] = mapped_column(String(5), default="vi")  # language the texts are written in
    topic_codes: Mapped[Codes] = mapped_column(JSON, default=list)  # TOPICS, of either level
    hanoi_priority_field: Mapped[str] = mapped_column(String(40), default="")
    tags: Mapped[Codes] = mapped_column(JSON, default=list)
    transfer_forms: Mapped[Codes] = mapped_column(JSON, default=list)
    cooperation_forms: Mapped[Codes] = mapped_column(JSON, default=list)
    province_code: Mapped[str] = mapped_column(String(10), default="")
    ward_code: Mapped[str] = mapped_column(String(10), default="")
    contact_name: Mapped[str] = mapped_column(NfcString(200), default="")  # members tier
    contact_email: Mapped[str] = mapped_column(String(255), default="")  # members tier
    contact_phone: Mapped[str] = mapped_column(String(30), default="")  # members tier
    confidential_detail: Mapped[str] = mapped_column(NfcText, default="")  # confidential tier, never indexed
    source_url: Mapped[str] = mapped_column(String(500), default="")

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
    def rejected(self) -> bool:
        """True when a moderator has decided against it."""
        return self.state == "rejected"

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
