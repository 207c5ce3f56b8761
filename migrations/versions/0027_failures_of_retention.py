"""The last failure of each rule of retention, and when it was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("retention_run", sa.Column("error", sa.Text(), nullable=False, server_default=""))
    op.add_column("retention_run", sa.Column("failed_at", UtcDateTime()))
    with op.batch_alter_table("retention_run") as batch:
        batch.alter_column("error", server_default=None)


def downgrade() -> None:
    op.drop_column("retention_run", "failed_at")
    op.drop_column("retention_run", "error")
