"""Forms that were sent after a session had ended, encrypted, for an hour."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import Big, UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unsent_form",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("user_id", Big, nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_unsent_form_user_id")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_unsent_form")),
    )
    op.create_index("ix_unsent_form_ends_at", "unsent_form", ["ends_at"])
    op.create_index("ix_unsent_form_user_id", "unsent_form", ["user_id"])


def downgrade() -> None:
    op.drop_table("unsent_form")
