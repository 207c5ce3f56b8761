"""How often an import was begun: one that stops its worker each time is not begun for ever."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_run", sa.Column("beginnings", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("import_run") as batch:
        batch.alter_column("beginnings", server_default=None)


def downgrade() -> None:
    op.drop_column("import_run", "beginnings")
