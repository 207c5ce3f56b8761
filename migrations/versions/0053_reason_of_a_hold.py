"""What a hold says is a code of the program, no words of a person: it is called as codes are everywhere else."""

from __future__ import annotations

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE held_notification RENAME COLUMN reason TO reason_code")


def downgrade() -> None:
    op.execute("ALTER TABLE held_notification RENAME COLUMN reason_code TO reason")
