"""What the card provider calls our organisations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import Big, UtcDateTime

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card_customer",
        sa.Column("id", Big, nullable=False),
        sa.Column("org_id", Big, nullable=False),
        sa.Column("stripe_customer_id", sa.String(255), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_card_customer_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_customer")),
        sa.UniqueConstraint("org_id", name=op.f("uq_card_customer_org_id")),
        sa.UniqueConstraint("stripe_customer_id", name=op.f("uq_card_customer_stripe_customer_id")),
    )


def downgrade() -> None:
    op.drop_table("card_customer")
