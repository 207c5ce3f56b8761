"""What waits for staff, by due date: an index of each source's open rows, and dates for submissions that have none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

#: Table, column of the due date and states of what waits.
SOURCES = (
    ("ix_listing_revision_waiting", "listing_revision", "review_due_at", "state IN ('submitted', 'in_review')"),
    ("ix_need_revision_waiting", "need_revision", "review_due_at", "state IN ('submitted', 'in_review')"),
    ("ix_complaint_open", "complaint", "due_at", "state IN ('received', 'triaged', 'waiting_party', 'escalated')"),
)


def upgrade() -> None:
    for table in ("listing_revision", "need_revision", "organisation"):
        waits = "state IN ('submitted', 'in_review')"
        op.execute(f"UPDATE {table} SET submitted_at = created_at WHERE submitted_at IS NULL AND {waits}")
        op.execute(f"UPDATE {table} SET review_due_at = submitted_at WHERE review_due_at IS NULL AND {waits}")
    for name, table, due, waiting in SOURCES:
        op.create_index(name, table, [due, "id"], sqlite_where=sa.text(waiting), postgresql_where=sa.text(waiting))
    op.drop_index("ix_complaint_state", table_name="complaint")
    for table in ("listing_revision", "need_revision"):
        op.drop_index(f"ix_{table}_queue", table_name=table)


def downgrade() -> None:
    op.create_index("ix_complaint_state", "complaint", ["state", "due_at"])
    for table in ("listing_revision", "need_revision"):
        op.create_index(f"ix_{table}_queue", table, ["state", "review_due_at"])
    for name, table, _due, _waiting in SOURCES:
        op.drop_index(name, table_name=table)
