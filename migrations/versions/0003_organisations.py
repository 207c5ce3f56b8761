"""Organisations, members, invitations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('organisation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('slug', sa.String(length=100), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('lock', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('name', columns.NfcString(length=300), nullable=False),
    sa.Column('name_en', columns.NfcString(length=300), nullable=False),
    sa.Column('sort_name', sa.String(length=400), nullable=False),
    sa.Column('tax_code', sa.String(length=20), nullable=False),
    sa.Column('legal_representative', columns.NfcString(length=200), nullable=False),
    sa.Column('representative_title', columns.NfcString(length=200), nullable=False),
    sa.Column('province_code', sa.String(length=10), nullable=False),
    sa.Column('ward_code', sa.String(length=10), nullable=False),
    sa.Column('street', columns.NfcString(length=300), nullable=False),
    sa.Column('field_codes', sa.JSON(), nullable=False),
    sa.Column('description', columns.NfcText(), nullable=False),
    sa.Column('description_en', columns.NfcText(), nullable=False),
    sa.Column('website', sa.String(length=300), nullable=False),
    sa.Column('email', sa.String(length=255), nullable=False),
    sa.Column('phone', sa.String(length=30), nullable=False),
    sa.Column('created_at', columns.UtcDateTime(), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('submitted_at', columns.UtcDateTime(), nullable=True),
    sa.Column('submitted_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('review_due_at', columns.UtcDateTime(), nullable=True),
    sa.Column('verified_at', columns.UtcDateTime(), nullable=True),
    sa.Column('decision_reason_code', sa.String(length=60), nullable=False),
    sa.Column('decision_text', columns.NfcText(), nullable=False),
    sa.CheckConstraint("kind IN ('startup', 'enterprise', 'institute', 'university', 'agency', 'intermediary', 'individual')", name=op.f('ck_organisation_kind_known')),
    sa.CheckConstraint("state <> 'verified' OR verified_at IS NOT NULL", name=op.f('ck_organisation_verified_has_date')),
    sa.CheckConstraint("state IN ('draft', 'submitted', 'needs_info', 'rejected', 'verified', 'suspended', 'closed')", name=op.f('ck_organisation_state_known')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_organisation_created_by_id')),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['user_account.id'], name=op.f('fk_organisation_submitted_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('slug', name=op.f('uq_organisation_slug'))
    )
    op.create_index(op.f('ix_organisation_sort_name'), 'organisation', ['sort_name'], unique=False)
    op.create_index('ix_organisation_state_due', 'organisation', ['state', 'review_due_at'], unique=False)
    op.create_index('uq_organisation_tax_code', 'organisation', ['tax_code'], unique=True, sqlite_where=sa.text("state IN ('verified', 'suspended') AND tax_code <> ''"), postgresql_where=sa.text("state IN ('verified', 'suspended') AND tax_code <> ''"))
    op.create_table('invitation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('email', sa.String(length=255), nullable=False),
    sa.Column('roles', sa.JSON(), nullable=False),
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('invited_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', columns.UtcDateTime(), nullable=False),
    sa.Column('expires_at', columns.UtcDateTime(), nullable=False),
    sa.Column('accepted_at', columns.UtcDateTime(), nullable=True),
    sa.Column('revoked_at', columns.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['invited_by_id'], ['user_account.id'], name=op.f('fk_invitation_invited_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_invitation_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_invitation_token_digest'))
    )
    op.create_index(op.f('ix_invitation_organisation_id'), 'invitation', ['organisation_id'], unique=False)
    op.create_table('membership',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('roles', sa.JSON(), nullable=False),
    sa.Column('joined_at', columns.UtcDateTime(), nullable=False),
    sa.Column('left_at', columns.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_membership_organisation_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_membership_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership'))
    )
    op.create_index('ix_membership_user', 'membership', ['user_id'], unique=False)
    op.create_index('uq_membership_open', 'membership', ['organisation_id', 'user_id'], unique=True, sqlite_where=sa.text('left_at IS NULL'), postgresql_where=sa.text('left_at IS NULL'))


def downgrade() -> None:
    op.drop_index('uq_membership_open', table_name='membership', sqlite_where=sa.text('left_at IS NULL'), postgresql_where=sa.text('left_at IS NULL'))
    op.drop_index('ix_membership_user', table_name='membership')
    op.drop_table('membership')
    op.drop_index(op.f('ix_invitation_organisation_id'), table_name='invitation')
    op.drop_table('invitation')
    op.drop_index('uq_organisation_tax_code', table_name='organisation', sqlite_where=sa.text("state IN ('verified', 'suspended') AND tax_code <> ''"), postgresql_where=sa.text("state IN ('verified', 'suspended') AND tax_code <> ''"))
    op.drop_index('ix_organisation_state_due', table_name='organisation')
    op.drop_index(op.f('ix_organisation_sort_name'), table_name='organisation')
    op.drop_table('organisation')
