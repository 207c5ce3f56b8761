"""Editable texts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core import columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('editable_text',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('title', columns.NfcString(length=300), nullable=False),
    sa.Column('body', columns.NfcText(), nullable=False),
    sa.Column('lock', sa.Integer(), nullable=False),
    sa.Column('updated_at', columns.UtcDateTime(), nullable=False),
    sa.Column('updated_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['updated_by_id'], ['user_account.id'], name=op.f('fk_editable_text_updated_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_editable_text')),
    sa.UniqueConstraint('key', 'language', name=op.f('uq_editable_text_key_language'))
    )


def downgrade() -> None:
    op.drop_table('editable_text')
