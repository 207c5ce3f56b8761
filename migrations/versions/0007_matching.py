"""Matches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core import columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('match',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('buyer_request_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('listing_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('strength', sa.String(length=20), nullable=False),
    sa.Column('factors', sa.JSON(), nullable=False),
    sa.Column('need_rank', sa.Integer(), nullable=True),
    sa.Column('listing_rank', sa.Integer(), nullable=True),
    sa.Column('computed_at', columns.UtcDateTime(), nullable=False),
    sa.Column('mark', sa.String(length=20), nullable=False),
    sa.Column('mark_reason', columns.NfcText(), nullable=False),
    sa.Column('marked_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('marked_at', columns.UtcDateTime(), nullable=True),
    sa.CheckConstraint("mark IN ('', 'suggested', 'dismissed')", name=op.f('ck_match_mark_known')),
    sa.ForeignKeyConstraint(['buyer_request_id'], ['buyer_request.id'], name=op.f('fk_match_buyer_request_id')),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_match_listing_id')),
    sa.ForeignKeyConstraint(['marked_by_id'], ['user_account.id'], name=op.f('fk_match_marked_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match')),
    sa.UniqueConstraint('buyer_request_id', 'listing_id', name=op.f('uq_match_buyer_request_id_listing_id'))
    )
    op.create_index('ix_match_listing_score', 'match', ['listing_id', 'score'], unique=False)
    op.create_index('ix_match_request_score', 'match', ['buyer_request_id', 'score'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_match_request_score', table_name='match')
    op.drop_index('ix_match_listing_score', table_name='match')
    op.drop_table('match')
