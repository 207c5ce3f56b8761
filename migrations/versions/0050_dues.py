"""What the parties of a deal owe and pay each other; when a milestone is paid."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import Big, NfcString, NfcText, UtcDateTime

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

STATES = "state IN ('planned', 'due', 'part', 'claimed', 'contested', 'confirmed', 'waived', 'cancelled')"
PAY_WHEN = "pay_when IN ('accepted', 'on_date')"


def upgrade() -> None:
    with op.batch_alter_table("milestone") as batch:
        batch.add_column(sa.Column("pay_when", sa.String(20), nullable=False, server_default="accepted"))
    with op.batch_alter_table("milestone") as batch:
        batch.alter_column("pay_when", server_default=None)
        batch.create_check_constraint(op.f("ck_milestone_pay_when_known"), PAY_WHEN)
    _create_due()
    _create_due_claim()
    _create_due_confirm()
    _create_due_reopening()


def _create_due() -> None:
    op.create_table(
        "due",
        sa.Column("id", Big, nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("of_kind", sa.String(40), nullable=False),
        sa.Column("of_id", Big, nullable=False),
        sa.Column("deal_id", Big, nullable=False),
        sa.Column("payer_side", sa.String(10), nullable=False),
        sa.Column("title", NfcString(300), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("pay_when", sa.String(20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("lock", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.BigInteger(), nullable=False),
        sa.Column("waive_asked_by", sa.String(10), nullable=False),
        sa.Column("waive_asked_by_id", Big, nullable=True),
        sa.Column("waive_reason", NfcText(), nullable=False),
        sa.Column("next_reminder_on", sa.Date(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_due_state_known")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_due_amount_positive")),
        sa.CheckConstraint("confirmed >= 0 AND confirmed <= amount", name=op.f("ck_due_confirmed_within")),
        sa.CheckConstraint("(state = 'confirmed') = (confirmed = amount)", name=op.f("ck_due_confirmed_is_whole")),
        sa.CheckConstraint("state <> 'part' OR confirmed > 0", name=op.f("ck_due_part_has_amount")),
        sa.CheckConstraint("payer_side IN ('supplier', 'buyer')", name=op.f("ck_due_payer_side_known")),
        sa.CheckConstraint(PAY_WHEN, name=op.f("ck_due_pay_when_known")),
        sa.CheckConstraint("waive_asked_by IN ('', 'payer', 'payee')", name=op.f("ck_due_waive_asked_by_known")),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_due_deal_id")),
        sa.ForeignKeyConstraint(["waive_asked_by_id"], ["user_account.id"], name=op.f("fk_due_waive_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due")),
        sa.UniqueConstraint("key", name=op.f("uq_due_key")),
    )
    op.create_index("ix_due_deal", "due", ["deal_id", "id"])
    op.create_index("ix_due_planned", "due", ["due_on", "id"], sqlite_where=sa.text("state IN ('planned')"),
                    postgresql_where=sa.text("state IN ('planned')"))
    op.create_index("ix_due_reminder", "due", ["next_reminder_on", "id"])


def _create_due_claim() -> None:
    op.create_table(
        "due_claim",
        sa.Column("id", Big, nullable=False),
        sa.Column("due_id", Big, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", NfcString(100), nullable=False),
        sa.Column("attachment_id", Big, nullable=False),
        sa.Column("by_id", Big, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("contested_reason", NfcText(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_due_claim_amount_positive")),
        sa.ForeignKeyConstraint(["due_id"], ["due.id"], name=op.f("fk_due_claim_due_id")),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_due_claim_attachment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_due_claim_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_claim")),
    )
    op.create_index("ix_due_claim_due", "due_claim", ["due_id"])
    op.create_index("uq_due_claim_open", "due_claim", ["due_id"], unique=True, sqlite_where=sa.text("closed_at IS NULL"),
                    postgresql_where=sa.text("closed_at IS NULL"))


def _create_due_confirm() -> None:
    op.create_table(
        "due_confirm",
        sa.Column("id", Big, nullable=False),
        sa.Column("due_id", Big, nullable=False),
        sa.Column("claim_id", Big, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("by_id", Big, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("reopened_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_due_confirm_amount_positive")),
        sa.ForeignKeyConstraint(["due_id"], ["due.id"], name=op.f("fk_due_confirm_due_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["due_claim.id"], name=op.f("fk_due_confirm_claim_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_due_confirm_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_confirm")),
    )
    op.create_index("ix_due_confirm_due", "due_confirm", ["due_id"])


def _create_due_reopening() -> None:
    op.create_table(
        "due_reopening",
        sa.Column("id", Big, nullable=False),
        sa.Column("due_id", Big, nullable=False),
        sa.Column("payer_text", NfcText(), nullable=False),
        sa.Column("payee_text", NfcText(), nullable=False),
        sa.Column("reason", NfcText(), nullable=False),
        sa.Column("by_id", Big, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["due_id"], ["due.id"], name=op.f("fk_due_reopening_due_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_due_reopening_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_reopening")),
    )
    op.create_index("ix_due_reopening_due", "due_reopening", ["due_id"])


def downgrade() -> None:
    for table in ("due_reopening", "due_confirm", "due_claim", "due"):
        op.drop_table(table)
    with op.batch_alter_table("milestone") as batch:
        batch.drop_constraint(op.f("ck_milestone_pay_when_known"), type_="check")
        batch.drop_column("pay_when")
