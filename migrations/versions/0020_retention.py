"""What is removed is found by an index; what was removed is noted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
#: name, table, columns, condition
INDEXES = (
    ("ix_outbox_open", "outbox", ["consumer", "due_at", "id"], "done_at IS NULL AND parked_at IS NULL"),
    ("ix_outbox_done", "outbox", ["done_at"], "done_at IS NOT NULL"),
    ("ix_outbox_parked", "outbox", ["parked_at"], "parked_at IS NOT NULL"),
    ("ix_mail_message_queued", "mail_message", ["queued_at"], None),
    ("ix_mail_message_text", "mail_message", ["queued_at"], "body <> ''"),
    ("ix_notification_created", "notification", ["created_at"], None),
    ("ix_alert_hit_found", "alert_hit", ["found_at"], None),
    ("ix_view_count_day", "view_count", ["day"], None),
)


def upgrade() -> None:
    op.drop_index("ix_outbox_open", table_name="outbox")
    for name, table, columns, condition in INDEXES:
        where = sa.text(condition) if condition else None
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "retention_run",
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("removed", _BIG, nullable=False),
        sa.Column("total", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_retention_run")),
    )


def downgrade() -> None:
    op.drop_table("retention_run")
    for name, table, _columns, _condition in INDEXES:
        op.drop_index(name, table_name=table)
    op.create_index("ix_outbox_open", "outbox", ["consumer", "done_at", "parked_at", "due_at"])
