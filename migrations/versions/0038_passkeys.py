"""Passkeys, the answers to their challenges that were used, how a session was made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import Big, NfcString, UtcDateTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", Big, primary_key=True),
        sa.Column("user_id", Big, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("name", NfcString(64), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(1024), nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", Big, nullable=False),
        sa.Column("transports", sa.JSON()),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.String(64), nullable=False),
        sa.Column("extensions", sa.String(255)),
        sa.Column("usage", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("lastuse_datetime", UtcDateTime, nullable=False),
        sa.UniqueConstraint("user_id", "name", name="uq_passkey_user_id_name"),
    )
    op.create_table(
        "used_answer",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("used_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_used_answer_used_at", "used_answer", ["used_at"])
    op.add_column("user_session", sa.Column("second_factor", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("user_account") as batch:
        batch.add_column(sa.Column("fs_webauthn_user_handle", sa.String(64)))
        batch.create_unique_constraint("uq_user_account_fs_webauthn_user_handle", ["fs_webauthn_user_handle"])


def downgrade() -> None:
    with op.batch_alter_table("user_account") as batch:
        batch.drop_constraint("uq_user_account_fs_webauthn_user_handle", type_="unique")
        batch.drop_column("fs_webauthn_user_handle")
    op.drop_column("user_session", "second_factor")
    op.drop_table("used_answer")
    op.drop_table("passkey")
