"""What takes two people, the tariff with what is free for whom, and what organisations are charged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import Big, NfcString, NfcText, UtcDateTime

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_fee_rule()
    _create_waiver_rule()
    _create_charge()
    _create_proposal()


def _create_fee_rule() -> None:
    op.create_table('fee_rule',
        sa.Column('id', Big, nullable=False),
        sa.Column('code', sa.String(40), nullable=False),
        sa.Column('kind', sa.String(30), nullable=False),
        sa.Column('name_vi', NfcString(300), nullable=False),
        sa.Column('name_en', NfcString(300), nullable=False),
        sa.Column('base', sa.String(10), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=True),
        sa.Column('bands', sa.JSON(), nullable=False),
        sa.Column('payer', sa.String(10), nullable=False),
        sa.Column('vat_rule', sa.String(20), nullable=False),
        sa.Column('from_on', sa.Date(), nullable=False),
        sa.Column('to_on', sa.Date(), nullable=True),
        sa.Column('source', NfcString(300), nullable=False),
        sa.Column('read_in_source', sa.Boolean(), nullable=False),
        sa.Column('illustrative', sa.Boolean(), nullable=False),
        sa.Column('written_by_id', Big, nullable=False),
        sa.Column('approved_by_id', Big, nullable=False),
        sa.Column('made_at', UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(base = 'fixed') = (amount IS NOT NULL)",
            name=op.f('ck_fee_rule_fixed_has_amount')),
        sa.CheckConstraint("base IN ('fixed', 'bands')", name=op.f('ck_fee_rule_base_known')),
        sa.CheckConstraint(
            "kind IN ('success_commission', 'listing_promotion', 'express_verification', "
            "'assessment', 'service_order', 'event_ticket')",
            name=op.f('ck_fee_rule_kind_known')),
        sa.CheckConstraint("payer IN ('supplier', 'buyer')", name=op.f('ck_fee_rule_payer_known')),
        sa.CheckConstraint(
            "vat_rule IN ('standard', 'reduced', 'none')",
            name=op.f('ck_fee_rule_vat_rule_known')),
        sa.CheckConstraint('amount >= 0', name=op.f('ck_fee_rule_amount_not_negative')),
        sa.CheckConstraint('approved_by_id <> written_by_id', name=op.f('ck_fee_rule_two_people')),
        sa.CheckConstraint('to_on >= from_on', name=op.f('ck_fee_rule_days_in_order')),
        sa.ForeignKeyConstraint(['approved_by_id'], ['user_account.id'],
            name=op.f('fk_fee_rule_approved_by_id')),
        sa.ForeignKeyConstraint(['written_by_id'], ['user_account.id'],
            name=op.f('fk_fee_rule_written_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_fee_rule')),
        sa.UniqueConstraint('code', 'from_on', name=op.f('uq_fee_rule_code_from_on'))
    )
    op.create_index('ix_fee_rule_kind', 'fee_rule', ['kind', 'from_on'])


def _create_waiver_rule() -> None:
    op.create_table('waiver_rule',
        sa.Column('id', Big, nullable=False),
        sa.Column('code', sa.String(40), nullable=False),
        sa.Column('name_vi', NfcString(300), nullable=False),
        sa.Column('name_en', NfcString(300), nullable=False),
        sa.Column('fee_kinds', sa.JSON(), nullable=False),
        sa.Column('org_kinds', sa.JSON(), nullable=False),
        sa.Column('from_on', sa.Date(), nullable=False),
        sa.Column('to_on', sa.Date(), nullable=True),
        sa.Column('decision_no', NfcString(100), nullable=False),
        sa.Column('illustrative', sa.Boolean(), nullable=False),
        sa.Column('written_by_id', Big, nullable=False),
        sa.Column('approved_by_id', Big, nullable=False),
        sa.Column('made_at', UtcDateTime(), nullable=False),
        sa.CheckConstraint('approved_by_id <> written_by_id', name=op.f('ck_waiver_rule_two_people')),
        sa.CheckConstraint('to_on >= from_on', name=op.f('ck_waiver_rule_days_in_order')),
        sa.ForeignKeyConstraint(['approved_by_id'], ['user_account.id'],
            name=op.f('fk_waiver_rule_approved_by_id')),
        sa.ForeignKeyConstraint(['written_by_id'], ['user_account.id'],
            name=op.f('fk_waiver_rule_written_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_waiver_rule')),
        sa.UniqueConstraint('code', 'from_on', name=op.f('uq_waiver_rule_code_from_on'))
    )


def _create_charge() -> None:
    op.create_table('charge',
        sa.Column('id', Big, nullable=False),
        sa.Column('key', sa.String(120), nullable=False),
        sa.Column('rule_id', Big, nullable=False),
        sa.Column('kind', sa.String(30), nullable=False),
        sa.Column('org_id', Big, nullable=False),
        sa.Column('of_kind', sa.String(40), nullable=False),
        sa.Column('of_id', Big, nullable=False),
        sa.Column('of_code', sa.String(40), nullable=False),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('vat_bp', sa.Integer(), nullable=False),
        sa.Column('vat', sa.BigInteger(), nullable=False),
        sa.Column('state', sa.String(20), nullable=False),
        sa.Column('lock', sa.Integer(), nullable=False),
        sa.Column('made_at', UtcDateTime(), nullable=False),
        sa.Column('waiver_rule_id', Big, nullable=True),
        sa.Column('waived_reason', NfcText(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('success_commission', 'listing_promotion', 'express_verification', "
            "'assessment', 'service_order', 'event_ticket')",
            name=op.f('ck_charge_kind_known')),
        sa.CheckConstraint(
            "state IN ('pending', 'invoiced', 'settled', 'credited', 'waived')",
            name=op.f('ck_charge_state_known')),
        sa.CheckConstraint('net > 0', name=op.f('ck_charge_net_positive')),
        sa.CheckConstraint('vat >= 0', name=op.f('ck_charge_vat_not_negative')),
        sa.ForeignKeyConstraint(['org_id'], ['organisation.id'], name=op.f('fk_charge_org_id')),
        sa.ForeignKeyConstraint(['rule_id'], ['fee_rule.id'], name=op.f('fk_charge_rule_id')),
        sa.ForeignKeyConstraint(['waiver_rule_id'], ['waiver_rule.id'],
            name=op.f('fk_charge_waiver_rule_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_charge')),
        sa.UniqueConstraint('key', name=op.f('uq_charge_key'))
    )
    op.create_index('ix_charge_org', 'charge', ['org_id', 'id'])
    op.create_index('ix_charge_pending', 'charge', ['org_id', 'id'],
        sqlite_where=sa.text("state IN ('pending')"),
        postgresql_where=sa.text("state IN ('pending')"))
    op.create_index('ix_charge_state', 'charge', ['state', 'id'])


def _create_proposal() -> None:
    op.create_table('proposal',
        sa.Column('id', Big, nullable=False),
        sa.Column('code', sa.String(20), nullable=False),
        sa.Column('kind', sa.String(40), nullable=False),
        sa.Column('about', sa.String(120), nullable=False),
        sa.Column('version', sa.String(64), nullable=False),
        sa.Column('payload', sa.JSON(), nullable=False),
        sa.Column('reason', NfcText(), nullable=False),
        sa.Column('org_id', Big, nullable=True),
        sa.Column('by_id', Big, nullable=False),
        sa.Column('state', sa.String(10), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.Column('due_at', UtcDateTime(), nullable=False),
        sa.Column('decided_by_id', Big, nullable=True),
        sa.Column('decided_at', UtcDateTime(), nullable=True),
        sa.Column('note', NfcText(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)",
            name=op.f('ck_proposal_decided_has_date')),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> by_id OR state = 'withdrawn'",
            name=op.f('ck_proposal_two_people')),
        sa.CheckConstraint(
            "state IN ('open', 'approved', 'refused', 'withdrawn', 'lapsed', 'outdated')",
            name=op.f('ck_proposal_state_known')),
        sa.ForeignKeyConstraint(['by_id'], ['user_account.id'], name=op.f('fk_proposal_by_id')),
        sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'],
            name=op.f('fk_proposal_decided_by_id')),
        sa.ForeignKeyConstraint(['org_id'], ['organisation.id'], name=op.f('fk_proposal_org_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal')),
        sa.UniqueConstraint('code', name=op.f('uq_proposal_code'))
    )
    op.create_index('ix_proposal_kind_state', 'proposal', ['kind', 'state', 'id'])
    op.create_index('ix_proposal_open', 'proposal', ['kind', 'due_at', 'id'],
        sqlite_where=sa.text("state IN ('open')"),
        postgresql_where=sa.text("state IN ('open')"))
    op.create_index('uq_proposal_open_about', 'proposal', ['kind', 'about'], unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"))


def downgrade() -> None:
    for table in ("proposal", "charge", "waiver_rule", "fee_rule"):
        op.drop_table(table)
