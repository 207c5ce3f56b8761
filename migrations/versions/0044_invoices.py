"""Payment requests with their lines, and credit notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import Big, NfcString, NfcText, UtcDateTime

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_invoice()
    _create_credit_note()
    _create_invoice_line()


def _create_invoice() -> None:
    op.create_table('invoice',
        sa.Column('id', Big, nullable=False),
        sa.Column('code', sa.String(20), nullable=True),
        sa.Column('org_id', Big, nullable=False),
        sa.Column('buyer', sa.JSON(), nullable=False),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('vat', sa.BigInteger(), nullable=False),
        sa.Column('total', sa.BigInteger(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.Column('issued_at', UtcDateTime(), nullable=True),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('state', sa.String(20), nullable=False),
        sa.Column('lock', sa.Integer(), nullable=False),
        sa.Column('e_invoice', sa.JSON(), nullable=False),
        sa.Column('e_invoice_on', sa.Date(), nullable=True),
        sa.Column('cancelled_reason', NfcText(), nullable=False),
        sa.Column('overdue_days', sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'cancelled') OR code IS NOT NULL",
            name=op.f('ck_invoice_standing_has_number')),
        sa.CheckConstraint(
            "state IN ('draft', 'issued', 'part_paid', 'paid', 'cancelled')",
            name=op.f('ck_invoice_state_known')),
        sa.CheckConstraint('(code IS NULL) = (issued_at IS NULL)', name=op.f('ck_invoice_issued_has_number')),
        sa.CheckConstraint('total = net + vat', name=op.f('ck_invoice_total_is_sum')),
        sa.ForeignKeyConstraint(['org_id'], ['organisation.id'], name=op.f('fk_invoice_org_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice')),
        sa.UniqueConstraint('code', name=op.f('uq_invoice_code')),
    info={'never_deleted': True}
    )
    op.create_index('ix_invoice_open', 'invoice', ['due_on', 'id'],
        sqlite_where=sa.text("state IN ('issued', 'part_paid')"),
        postgresql_where=sa.text("state IN ('issued', 'part_paid')"))
    op.create_index('ix_invoice_org', 'invoice', ['org_id', 'id'])
    op.create_index('ix_invoice_state', 'invoice', ['state', 'id'])
    op.create_index('uq_invoice_draft', 'invoice', ['org_id'], unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"))


def _create_credit_note() -> None:
    op.create_table('credit_note',
        sa.Column('id', Big, nullable=False),
        sa.Column('code', sa.String(20), nullable=False),
        sa.Column('invoice_id', Big, nullable=False),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('vat', sa.BigInteger(), nullable=False),
        sa.Column('total', sa.BigInteger(), nullable=False),
        sa.Column('agreement_no', NfcString(100), nullable=False),
        sa.Column('agreement_on', sa.Date(), nullable=False),
        sa.Column('reason', NfcText(), nullable=False),
        sa.Column('by_id', Big, nullable=False),
        sa.Column('approved_by_id', Big, nullable=False),
        sa.Column('issued_at', UtcDateTime(), nullable=False),
        sa.CheckConstraint('total > 0 AND total = net + vat', name=op.f('ck_credit_note_total_is_sum')),
        sa.ForeignKeyConstraint(['approved_by_id'], ['user_account.id'],
            name=op.f('fk_credit_note_approved_by_id')),
        sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_credit_note_by_id')),
        sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_credit_note_invoice_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_note')),
        sa.UniqueConstraint('code', name=op.f('uq_credit_note_code'))
    )
    op.create_index('ix_credit_note_invoice', 'credit_note', ['invoice_id'])


def _create_invoice_line() -> None:
    op.create_table('invoice_line',
        sa.Column('id', Big, nullable=False),
        sa.Column('invoice_id', Big, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('charge_id', Big, nullable=False),
        sa.Column('text_vi', NfcString(300), nullable=False),
        sa.Column('text_en', NfcString(300), nullable=False),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('vat_bp', sa.Integer(), nullable=False),
        sa.Column('vat', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['charge_id'], ['charge.id'], name=op.f('fk_invoice_line_charge_id')),
        sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_invoice_line_invoice_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_line')),
        sa.UniqueConstraint('invoice_id', 'position', name=op.f('uq_invoice_line_invoice_id_position'))
    )
    op.create_index('ix_invoice_line_charge', 'invoice_line', ['charge_id'])


def downgrade() -> None:
    for table in ("invoice_line", "credit_note", "invoice"):
        op.drop_table(table)
