"""Events of which nobody is told until the staff has looked at them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import NfcText, UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "held_notification",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("event_id", _BIG, nullable=False),
        sa.Column("of_kind", sa.String(length=40), nullable=False),
        sa.Column("of_id", _BIG, nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("held_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by_id", _BIG, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("note", NfcText(), nullable=False),
        sa.CheckConstraint("state IN ('held', 'released', 'dropped')", name=op.f("ck_held_notification_state_known")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_held_notification_decided_by_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_held_notification_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_notification")),
        sa.UniqueConstraint("event_id", name=op.f("uq_held_notification_event_id")),
    )
    op.create_index("ix_held_notification_state", "held_notification", ["state", "id"])


def downgrade() -> None:
    op.drop_table("held_notification")
