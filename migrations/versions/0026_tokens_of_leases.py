"""Who works on what: the token of the worker that has leased a row, and one import at a time for an organisation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_GOING_ON = sa.text("state = 'running' AND begun_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("lease_token", sa.String(length=32)))
    op.add_column("import_run", sa.Column("begun_at", UtcDateTime()))
    op.create_index(
        "ix_import_run_going_on", "import_run", ["org_id"], unique=True, sqlite_where=_GOING_ON, postgresql_where=_GOING_ON
    )


def downgrade() -> None:
    op.drop_index("ix_import_run_going_on", table_name="import_run")
    op.drop_column("import_run", "begun_at")
    op.drop_column("outbox", "lease_token")
