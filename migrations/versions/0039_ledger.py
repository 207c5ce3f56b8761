"""The ledger: accounts, journal entries with their lines, sums of months, and the triggers that keep it whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import NfcString, UtcDateTime
from marketplace.payments.ledger import triggers

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("name_vi", NfcString(300), nullable=False),
        sa.Column("name_en", NfcString(300), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("org_id", BIG, nullable=True),
        sa.Column("deal_id", BIG, nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('asset', 'liability', 'income', 'expense', 'memo')", name=op.f("ck_account_kind_known")),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_account_org_id")),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_account_deal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("code", name=op.f("uq_account_code")),
    )
    op.create_index("ix_account_org", "account", ["org_id"])
    op.create_index("ix_account_deal", "account", ["deal_id"])
    _create_journal()
    op.create_table(
        "account_month",
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_month_account_id")),
        sa.PrimaryKeyConstraint("account_id", "month", name=op.f("pk_account_month")),
    )
    op.create_table(
        "ledger_cache",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("through_entry_id", BIG, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_cache")),
    )
    triggers.on(op.get_bind())


def _create_journal() -> None:
    op.create_table(
        "journal_entry",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("text", NfcString(300), nullable=False),
        sa.Column("subject_kind", sa.String(40), nullable=False),
        sa.Column("subject_id", BIG, nullable=True),
        sa.Column("reverses_id", BIG, nullable=True),
        sa.Column("made_by_id", BIG, nullable=True),
        sa.Column("posted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["reverses_id"], ["journal_entry.id"], name=op.f("fk_journal_entry_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        *(sa.UniqueConstraint(name, name=op.f(f"uq_journal_entry_{name}")) for name in ("code", "key", "reverses_id")),
    )
    op.create_index("ix_journal_entry_happened_on", "journal_entry", ["happened_on", "id"])
    op.create_index("ix_journal_entry_subject", "journal_entry", ["subject_kind", "subject_id"])
    op.create_index("ix_journal_entry_posted_at", "journal_entry", ["posted_at"])
    op.create_table(
        "journal_line",
        sa.Column("id", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_journal_line_amount_not_zero")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_journal_line_entry_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_journal_line_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_line")),
        sa.UniqueConstraint("entry_id", "position", name=op.f("uq_journal_line_entry_id_position")),
    )
    op.create_index("ix_journal_line_account", "journal_line", ["account_id", "entry_id"])


def downgrade() -> None:
    triggers.off(op.get_bind())
    for table in ("ledger_cache", "account_month", "journal_line", "journal_entry", "account"):
        op.drop_table(table)
