"""Sign-ins and failed ones, which the person sees on the account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import Big, NfcString, UtcDateTime

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", Big, primary_key=True),
        sa.Column("user_id", Big, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("way", sa.String(40), nullable=False),
        sa.Column("client", NfcString(80), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
    )
    op.create_index("ix_sign_in_attempt_user_at", "sign_in_attempt", ["user_id", "at"])
    op.create_index("ix_sign_in_attempt_at", "sign_in_attempt", ["at"])


def downgrade() -> None:
    op.drop_table("sign_in_attempt")
