"""The secret with which a bank signs its messages about an account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bank_account", sa.Column("callback_secret", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("bank_account", "callback_secret")
