"""One fact per event, for figures of a past week; the worker gives facts to the events there are."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "fact",
        sa.Column("event_id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("action", sa.String(80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("field", sa.String(10), nullable=False),
        sa.Column("org_kind", sa.String(20), nullable=False),
        sa.Column("ward", sa.String(10), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("org_id", BIG, nullable=True),
        sa.Column("reconstructed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_fact"),
    )
    op.create_index("ix_fact_kind_action_at", "fact", ["kind", "action", "at"])
    last = op.get_bind().scalar(sa.text("SELECT max(id) FROM event"))
    if last:
        outbox = sa.table(
            "outbox", sa.column("consumer", sa.String), sa.column("key", sa.String), sa.column("payload", sa.JSON),
            sa.column("due_at", UtcDateTime), sa.column("attempts", sa.Integer), sa.column("last_error", sa.Text),
        )
        first = {"consumer": "facts", "key": "facts:0", "payload": {"after": 0, "until": last}}
        op.bulk_insert(outbox, [{**first, "due_at": datetime.now(UTC), "attempts": 0, "last_error": ""}])


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE consumer = 'facts'")
    op.drop_table("fact")
