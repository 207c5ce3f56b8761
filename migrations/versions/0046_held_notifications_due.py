"""Held notifications say until when somebody should decide about them, and an index gives them in that order."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import UtcDateTime

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

HELD = sa.table("held_notification", sa.column("id", sa.BigInteger), sa.column("held_at", UtcDateTime()),
                sa.column("due_at", UtcDateTime()))


def upgrade() -> None:
    with op.batch_alter_table("held_notification") as batch:
        batch.add_column(sa.Column("due_at", UtcDateTime(), nullable=True))
    here = op.get_bind()
    for id_, held_at in here.execute(sa.select(HELD.c.id, HELD.c.held_at)).all():
        here.execute(sa.update(HELD).where(HELD.c.id == id_).values(due_at=held_at + timedelta(days=1)))
    with op.batch_alter_table("held_notification") as batch:
        batch.alter_column("due_at", existing_type=UtcDateTime(), nullable=False)
    op.create_index("ix_held_notification_due", "held_notification", ["state", "due_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_held_notification_due", table_name="held_notification")
    with op.batch_alter_table("held_notification") as batch:
        batch.drop_column("due_at")
