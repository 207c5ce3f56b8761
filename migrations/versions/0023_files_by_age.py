"""Files by age, for what is kept how long."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_stored_file_created_at", "stored_file", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_stored_file_created_at", table_name="stored_file")
