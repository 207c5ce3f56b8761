"""Files and the virus scanner: the state of each, what was found, until when something is to be done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import UtcDateTime

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

STATES = "state IN ('unscanned', 'waiting', 'clean', 'infected', 'failed', 'released', 'removed')"
DUE = "(due_at IS NULL) = (state NOT IN ('waiting', 'infected', 'failed'))"
WAITING = {"ix_stored_file_scanner": "state IN ('waiting')", "ix_stored_file_staff": "state IN ('infected', 'failed')"}


def upgrade() -> None:
    with op.batch_alter_table("stored_file") as batch:
        batch.add_column(sa.Column("state", sa.String(20), nullable=False, server_default="unscanned"))
        batch.add_column(sa.Column("state_since", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("due_at", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("checked_at", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("finding", sa.String(200), nullable=False, server_default=""))
    op.execute("UPDATE stored_file SET state_since = created_at")
    with op.batch_alter_table("stored_file") as batch:
        batch.alter_column("state", server_default=None)
        batch.alter_column("finding", server_default=None)
        batch.alter_column("state_since", existing_type=UtcDateTime(), nullable=False)
        batch.create_check_constraint(op.f("ck_stored_file_state_known"), STATES)
        batch.create_check_constraint(op.f("ck_stored_file_due_while_open"), DUE)
    op.create_index("ix_stored_file_state", "stored_file", ["state", "id"])
    for name, here in WAITING.items():
        op.create_index(name, "stored_file", ["due_at", "id"], sqlite_where=sa.text(here), postgresql_where=sa.text(here))


def downgrade() -> None:
    for name in ("ix_stored_file_state", *WAITING):
        op.drop_index(name, table_name="stored_file")
    with op.batch_alter_table("stored_file") as batch:
        batch.drop_constraint(op.f("ck_stored_file_due_while_open"), type_="check")
        batch.drop_constraint(op.f("ck_stored_file_state_known"), type_="check")
        for column in ("finding", "checked_at", "due_at", "state_since", "state"):
            batch.drop_column(column)
