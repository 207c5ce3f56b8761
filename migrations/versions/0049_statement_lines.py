"""Lines of bank statements, and the layouts that were learnt from files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import Big, NfcString, NfcText, UtcDateTime

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None
_OPEN = sa.text("state IN ('open', 'unidentified')")


def upgrade() -> None:
    op.create_table("statement_layout",
        sa.Column("id", Big, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("date_format", sa.String(20), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("by_id", Big, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_statement_layout_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_layout")),
        sa.UniqueConstraint("code", name=op.f("uq_statement_layout_code")),
    )
    op.create_table("statement_line",
        sa.Column("id", Big, nullable=False),
        sa.Column("account_id", Big, nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("description", NfcText(), nullable=False),
        sa.Column("reference", NfcString(100), nullable=False),
        sa.Column("counterparty", NfcString(200), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("match", sa.String(10), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("invoice_id", Big, nullable=True),
        sa.Column("payment_id", Big, nullable=True),
        sa.Column("refund_id", Big, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("lock", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'unidentified', 'booked', 'split', 'credited', 'returned', 'ignored')",
                           name=op.f("ck_statement_line_state_known")),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_statement_line_amount_not_nothing")),
        sa.CheckConstraint("match IN ('exact', 'under', 'over', 'late', 'name', 'refund', 'known', 'unknown')",
                           name=op.f("ck_statement_line_match_known")),
        sa.ForeignKeyConstraint(["account_id"], ["bank_account.id"], name=op.f("fk_statement_line_account_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_statement_line_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_line")),
        sa.UniqueConstraint("account_id", "booked_on", "amount", "fingerprint", "ordinal",
                            name=op.f("uq_statement_line_account_id_booked_on_amount_fingerprint_ordinal")),
        info={"never_deleted": True},
    )
    for name, columns in (("ix_statement_line_open", ["due_at", "id"]), ("ix_statement_line_match", ["match", "id"])):
        op.create_index(name, "statement_line", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_statement_line_reference", "statement_line", ["account_id", "reference"])


def downgrade() -> None:
    op.drop_table("statement_line")
    op.drop_table("statement_layout")
