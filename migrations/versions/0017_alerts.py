"""Saved searches and their hits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core import columns

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('saved_search',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('name', columns.NfcString(length=120), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('text', columns.NfcString(length=300), nullable=False),
    sa.Column('filters', sa.JSON(), nullable=False),
    sa.Column('frequency', sa.String(length=10), nullable=False),
    sa.Column('known', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('created_at', columns.UtcDateTime(), nullable=False),
    sa.Column('last_run_at', columns.UtcDateTime(), nullable=True),
    sa.CheckConstraint("frequency IN ('at_once', 'daily', 'weekly', 'off')", name=op.f('ck_saved_search_frequency_known')),
    sa.CheckConstraint("kind IN ('listing', 'need', 'organisation')", name=op.f('ck_saved_search_kind_known')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.id'], name=op.f('fk_saved_search_org_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_saved_search_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_search')),
    sa.UniqueConstraint('user_id', 'name', name=op.f('uq_saved_search_user_id_name'))
    )
    op.create_index('ix_saved_search_evaluated', 'saved_search', ['kind', 'frequency'], unique=False)
    op.create_table('alert_hit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('saved_search_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('thing_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('found_at', columns.UtcDateTime(), nullable=False),
    sa.Column('told_at', columns.UtcDateTime(), nullable=True),
    sa.Column('seen_at', columns.UtcDateTime(), nullable=True),
    sa.CheckConstraint("kind IN ('listing', 'need', 'organisation')", name=op.f('ck_alert_hit_kind_known')),
    sa.ForeignKeyConstraint(['saved_search_id'], ['saved_search.id'], name=op.f('fk_alert_hit_saved_search_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_hit')),
    sa.UniqueConstraint('saved_search_id', 'kind', 'thing_id', name=op.f('uq_alert_hit_saved_search_id_kind_thing_id'))
    )
    op.create_index('ix_alert_hit_untold', 'alert_hit', ['saved_search_id'], unique=False, sqlite_where=sa.text('told_at IS NULL'), postgresql_where=sa.text('told_at IS NULL'))


def downgrade() -> None:
    op.drop_index('ix_alert_hit_untold', table_name='alert_hit', sqlite_where=sa.text('told_at IS NULL'), postgresql_where=sa.text('told_at IS NULL'))
    op.drop_table('alert_hit')
    op.drop_index('ix_saved_search_evaluated', table_name='saved_search')
    op.drop_table('saved_search')
