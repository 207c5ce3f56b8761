"""A lead about a technology and a need is unique apart from one about the technology alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OPEN = "state IN ('suggested', 'contacted', 'negotiating')"


def upgrade() -> None:
    op.drop_index("uq_lead_listing_open", table_name="lead")
    _create("listing", ["listing_id", "buyer_org_id"], "listing_id IS NOT NULL AND need_id IS NULL")
    _create("both", ["listing_id", "need_id"], "listing_id IS NOT NULL AND need_id IS NOT NULL")


def downgrade() -> None:
    op.drop_index("uq_lead_both_open", table_name="lead")
    op.drop_index("uq_lead_listing_open", table_name="lead")
    _create("listing", ["listing_id", "buyer_org_id"], "listing_id IS NOT NULL")


def _create(name: str, columns: list[str], rule: str) -> None:
    where = sa.text(f"{OPEN} AND {rule}")
    op.create_index(f"uq_lead_{name}_open", "lead", columns, unique=True, sqlite_where=where, postgresql_where=where)
