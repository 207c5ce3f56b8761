"""Moderation cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core import columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('moderation_case',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('submitted_at', columns.UtcDateTime(), nullable=False),
    sa.Column('due_at', columns.UtcDateTime(), nullable=False),
    sa.Column('claimed_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('claimed_at', columns.UtcDateTime(), nullable=False),
    sa.Column('released_at', columns.UtcDateTime(), nullable=True),
    sa.Column('decided_at', columns.UtcDateTime(), nullable=True),
    sa.Column('decision', sa.String(length=20), nullable=False),
    sa.Column('reason_code', sa.String(length=60), nullable=False),
    sa.Column('text', columns.NfcText(), nullable=False),
    sa.Column('checklist', sa.JSON(), nullable=False),
    sa.CheckConstraint("kind IN ('organisation', 'listing', 'need')", name=op.f('ck_moderation_case_kind_known')),
    sa.ForeignKeyConstraint(['claimed_by_id'], ['user_account.id'], name=op.f('fk_moderation_case_claimed_by_id')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.id'], name=op.f('fk_moderation_case_org_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_moderation_case'))
    )
    op.create_index(op.f('ix_moderation_case_claimed_by_id'), 'moderation_case', ['claimed_by_id'], unique=False)
    op.create_index('ix_moderation_case_decided', 'moderation_case', ['decided_at'], unique=False)
    op.create_index(op.f('ix_moderation_case_org_id'), 'moderation_case', ['org_id'], unique=False)
    op.create_index('ix_moderation_case_subject', 'moderation_case', ['kind', 'subject_id'], unique=False)
    op.create_index('uq_moderation_case_open', 'moderation_case', ['kind', 'subject_id'], unique=True, sqlite_where=sa.text('released_at IS NULL AND decided_at IS NULL'), postgresql_where=sa.text('released_at IS NULL AND decided_at IS NULL'))


def downgrade() -> None:
    op.drop_index('uq_moderation_case_open', table_name='moderation_case', sqlite_where=sa.text('released_at IS NULL AND decided_at IS NULL'), postgresql_where=sa.text('released_at IS NULL AND decided_at IS NULL'))
    op.drop_index('ix_moderation_case_subject', table_name='moderation_case')
    op.drop_index(op.f('ix_moderation_case_org_id'), table_name='moderation_case')
    op.drop_index('ix_moderation_case_decided', table_name='moderation_case')
    op.drop_index(op.f('ix_moderation_case_claimed_by_id'), table_name='moderation_case')
    op.drop_table('moderation_case')
