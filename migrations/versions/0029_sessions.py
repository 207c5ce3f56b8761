"""Sessions on the server: a row for each device where somebody is signed in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import Big, NfcString, UtcDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "user_session",
        sa.Column("id", Big, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("user_id", Big, nullable=False),
        sa.Column("uniquifier", sa.String(64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("stay", sa.Boolean(), nullable=False),
        sa.Column("client", NfcString(80), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_user_session_digest")),
    )
    op.create_index("ix_user_session_user_id", "user_session", ["user_id"])
    op.create_index("ix_user_session_ends_at", "user_session", ["ends_at"])


def downgrade() -> None:
    op.drop_table("user_session")
