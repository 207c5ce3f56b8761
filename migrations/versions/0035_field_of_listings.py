"""The field of what a listing has published stands with the listing: the newest of a field are read from an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("listing", sa.Column("published_field", sa.String(10), nullable=False, server_default=""))
    op.execute(
        "UPDATE listing SET published_field = (SELECT field_code FROM listing_revision"
        " WHERE listing_revision.id = listing.published_revision_id) WHERE published_revision_id IS NOT NULL"
    )
    op.create_index("ix_listing_field_published", "listing", ["published_field", "published_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_listing_field_published", table_name="listing")
    op.drop_column("listing", "published_field")
