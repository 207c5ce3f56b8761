"""What an officer found of the funding of a technology that the exchange had not reviewed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deal", sa.Column("classified_funding", sa.String(length=20), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("deal") as batch:
        batch.drop_column("classified_funding")
