"""Lines of statements are found by their day: their texts are erased when the books need them no longer."""

from __future__ import annotations

from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_statement_line_booked", "statement_line", ["booked_on", "id"])


def downgrade() -> None:
    op.drop_index("ix_statement_line_booked", table_name="statement_line")
