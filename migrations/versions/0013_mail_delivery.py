"""What is known of every mail: state, attempts, who handed it over; the topic it belongs to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core import columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATES = "state IN ('queued', 'handed', 'sent', 'failed', 'unknown', 'suppressed')"
ADDED = (
    sa.Column("state", sa.String(12), nullable=False, server_default="queued"),
    sa.Column("repeatable", sa.Boolean(), nullable=False, server_default=sa.true()),
    sa.Column("handed_at", columns.UtcDateTime(), nullable=True),
    sa.Column("hand", sa.String(32), nullable=False, server_default=""),
    sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("last_error", columns.NfcText(), nullable=False, server_default=""),
    sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column("topic", sa.String(30), nullable=False, server_default=""),
    sa.Column("unsubscribe", sa.String(500), nullable=False, server_default=""),
)


def upgrade() -> None:
    with op.batch_alter_table("mail_message") as batch:
        for column in ADDED:
            batch.add_column(column.copy())
        batch.create_check_constraint(op.f("ck_mail_message_state_known"), STATES)
    op.execute("UPDATE mail_message SET state = 'sent' WHERE sent_at IS NOT NULL")
    with op.batch_alter_table("mail_message") as batch:
        for column in ADDED:
            if column.server_default is not None:
                batch.alter_column(column.name, existing_type=column.type, existing_nullable=False, server_default=None)
    op.create_index(op.f("ix_mail_message_recipient"), "mail_message", ["recipient"])
    op.create_index("ix_mail_message_state", "mail_message", ["state", "id"])
    op.create_index("ix_mail_message_user", "mail_message", ["user_id", "id"])


def downgrade() -> None:
    for name in ("ix_mail_message_user", "ix_mail_message_state", "ix_mail_message_recipient"):
        op.drop_index(name, table_name="mail_message")
    with op.batch_alter_table("mail_message") as batch:
        batch.drop_constraint(op.f("ck_mail_message_state_known"), type_="check")
        for column in reversed(ADDED):
            batch.drop_column(column.name)
