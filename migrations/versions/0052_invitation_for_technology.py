"""An organisation can be invited to a need for one of its technologies; pairs found unsuitable have a coded reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import Big

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("need_invitation") as batch:
        batch.add_column(sa.Column("listing_id", Big, nullable=True))
        batch.create_foreign_key(op.f("fk_need_invitation_listing_id"), "listing", ["listing_id"], ["id"])
    with op.batch_alter_table("match") as batch:
        batch.add_column(sa.Column("mark_code", sa.String(40), nullable=False, server_default=""))
    with op.batch_alter_table("match") as batch:
        batch.alter_column("mark_code", server_default=None)
    op.create_index("ix_match_strength", "match", ["strength", "score", "id"])


def downgrade() -> None:
    op.drop_index("ix_match_strength", "match")
    with op.batch_alter_table("match") as batch:
        batch.drop_column("mark_code")
    with op.batch_alter_table("need_invitation") as batch:
        batch.drop_constraint(op.f("fk_need_invitation_listing_id"), type_="foreignkey")
        batch.drop_column("listing_id")
