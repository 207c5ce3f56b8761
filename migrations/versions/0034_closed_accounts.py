"""When and by whom an account was closed, and when it was erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import UtcDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("user_account", sa.Column("closed_at", UtcDateTime()))
    op.add_column("user_account", sa.Column("closed_by_id", BIG))
    op.add_column("user_account", sa.Column("erased_at", UtcDateTime()))


def downgrade() -> None:
    for name in ("erased_at", "closed_by_id", "closed_at"):
        op.drop_column("user_account", name)
