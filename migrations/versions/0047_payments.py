"""Bank accounts, payments, refunds, messages of providers; lines of receivables name the payment request they are for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import Big, NfcString, NfcText, UtcDateTime
from marketplace.payments.ledger import triggers

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _name_items()
    _create_bank_account()
    _create_payment()
    _create_provider_event()
    _create_refund()


def _name_items() -> None:
    triggers.off(op.get_bind())
    op.add_column("journal_line", sa.Column("item_id", Big, nullable=True))
    op.execute(
        "UPDATE journal_line SET item_id = (SELECT e.subject_id FROM journal_entry e WHERE e.id = journal_line.entry_id"
        " AND e.subject_kind = 'invoice') WHERE account_id IN (SELECT id FROM account WHERE code LIKE '131-%')")
    op.create_index("ix_journal_line_item", "journal_line", ["item_id"], sqlite_where=sa.text("item_id IS NOT NULL"),
                    postgresql_where=sa.text("item_id IS NOT NULL"))
    triggers.on(op.get_bind())


def _create_bank_account() -> None:
    op.create_table("bank_account",
        sa.Column("id", Big, nullable=False),
        sa.Column("bin", sa.String(6), nullable=False),
        sa.Column("account_no", sa.String(19), nullable=False),
        sa.Column("holder", NfcString(140), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("layout", sa.String(40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("lock", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint("bin", "account_no", name=op.f("uq_bank_account_bin_account_no")),
        info={"never_deleted": True},
    )


def _create_payment() -> None:
    op.create_table("payment",
        sa.Column("id", Big, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("org_id", Big, nullable=False),
        sa.Column("invoice_id", Big, nullable=True),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("bank_account_id", Big, nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("provider_id", sa.String(255), nullable=True),
        sa.Column("intent_id", sa.String(255), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("parked_reason", NfcString(300), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("by_id", Big, nullable=True),
        sa.Column("lock", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'succeeded', 'part_refunded', 'refunded', 'disputed', 'lost', 'failed', 'cancelled')",
            name=op.f("ck_payment_state_known")),
        sa.CheckConstraint("channel IN ('card', 'bank')", name=op.f("ck_payment_channel_known")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_amount_positive")),
        sa.CheckConstraint("channel = 'card' OR bank_account_id IS NOT NULL", name=op.f("ck_payment_bank_has_account")),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_payment_org_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_payment_invoice_id")),
        sa.ForeignKeyConstraint(["bank_account_id"], ["bank_account.id"], name=op.f("fk_payment_bank_account_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_payment_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("code", name=op.f("uq_payment_code")),
        sa.UniqueConstraint("provider", "provider_id", name=op.f("uq_payment_provider_provider_id")),
        sa.UniqueConstraint("provider", "intent_id", name=op.f("uq_payment_provider_intent_id")),
        info={"never_deleted": True},
    )
    pending = sa.text("state = 'pending' AND channel = 'card'")
    op.create_index("uq_payment_pending_card", "payment", ["invoice_id"], unique=True, sqlite_where=pending,
                    postgresql_where=pending)
    op.create_index("ix_payment_invoice", "payment", ["invoice_id"])
    op.create_index("ix_payment_org", "payment", ["org_id", "id"])
    op.create_index("ix_payment_state", "payment", ["state", "id"])
    op.create_index("ix_payment_received", "payment", ["received_on", "id"])


def _create_provider_event() -> None:
    op.create_table("provider_event",
        sa.Column("id", Big, nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("event_id", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(80), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.Column("parked_reason", NfcString(300), nullable=False),
        sa.Column("payment_id", Big, nullable=True),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_provider_event_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_event")),
        sa.UniqueConstraint("provider", "event_id", name=op.f("uq_provider_event_provider_event_id")),
        info={"never_deleted": True},
    )
    op.create_index("ix_provider_event_received", "provider_event", ["received_at", "id"])
    parked = sa.text("parked_reason <> ''")
    op.create_index("ix_provider_event_parked", "provider_event", ["id"], sqlite_where=parked, postgresql_where=parked)


def _create_refund() -> None:
    op.create_table("refund",
        sa.Column("id", Big, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("payment_id", Big, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason_code", sa.String(40), nullable=False),
        sa.Column("reason", NfcText(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.String(255), nullable=True),
        sa.Column("bank_reference", NfcString(100), nullable=False),
        sa.Column("requested_by_id", Big, nullable=False),
        sa.Column("first_approved_by_id", Big, nullable=True),
        sa.Column("approved_by_id", Big, nullable=True),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("lock", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('requested', 'approved', 'sent', 'done', 'failed', 'rejected')",
                           name=op.f("ck_refund_state_known")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_amount_positive")),
        sa.CheckConstraint("approved_by_id IS NULL OR approved_by_id <> requested_by_id",
                           name=op.f("ck_refund_approved_by_another")),
        sa.CheckConstraint(
            "first_approved_by_id IS NULL OR (first_approved_by_id <> requested_by_id"
            " AND (approved_by_id IS NULL OR first_approved_by_id <> approved_by_id))",
            name=op.f("ck_refund_two_approvers")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_refund_payment_id")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["user_account.id"], name=op.f("fk_refund_requested_by_id")),
        sa.ForeignKeyConstraint(["first_approved_by_id"], ["user_account.id"], name=op.f("fk_refund_first_approved_by_id")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["user_account.id"], name=op.f("fk_refund_approved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("code", name=op.f("uq_refund_code")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_refund_provider_id")),
        info={"never_deleted": True},
    )
    op.create_index("ix_refund_payment", "refund", ["payment_id"])
    op.create_index("ix_refund_open", "refund", ["due_at", "id"],
        sqlite_where=sa.text("state IN ('requested', 'approved', 'sent', 'failed')"),
        postgresql_where=sa.text("state IN ('requested', 'approved', 'sent', 'failed')"))


def downgrade() -> None:
    for table in ("refund", "provider_event", "payment", "bank_account"):
        op.drop_table(table)
    triggers.off(op.get_bind())
    op.drop_index("ix_journal_line_item", "journal_line")
    op.drop_column("journal_line", "item_id")
    triggers.on(op.get_bind())
