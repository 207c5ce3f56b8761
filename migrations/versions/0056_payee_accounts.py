"""The bank account into which an organisation wants to be paid by the other side of a deal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import Big, NfcString, UtcDateTime

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None
_IN_USE = sa.text("retired_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "payee_account",
        sa.Column("id", Big, nullable=False),
        sa.Column("org_id", Big, nullable=False),
        sa.Column("bin", sa.String(6), nullable=False),
        sa.Column("account_no", sa.String(19), nullable=False),
        sa.Column("holder", NfcString(140), nullable=False),
        sa.Column("by_id", Big, nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_payee_account_org_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_payee_account_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee_account")),
        info={"never_deleted": True},
    )
    op.create_index("ix_payee_account_org", "payee_account", ["org_id"])
    op.create_index("uq_payee_account_in_use", "payee_account", ["org_id"], unique=True, sqlite_where=_IN_USE,
                    postgresql_where=_IN_USE)


def downgrade() -> None:
    op.drop_table("payee_account")
