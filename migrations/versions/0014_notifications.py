"""Inbox, preferences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core import columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('notification_preference',
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('topic', sa.String(length=30), nullable=False),
    sa.Column('mail', sa.String(length=10), nullable=False),
    sa.Column('changed_at', columns.UtcDateTime(), nullable=False),
    sa.CheckConstraint("mail IN ('each', 'daily', 'off')", name=op.f('ck_notification_preference_mail_known')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_notification_preference_user_id')),
    sa.PrimaryKeyConstraint('user_id', 'topic', name=op.f('pk_notification_preference'))
    )
    op.create_table('notification',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('topic', sa.String(length=30), nullable=False),
    sa.Column('message', sa.String(length=60), nullable=False),
    sa.Column('params', sa.JSON(), nullable=False),
    sa.Column('org_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('for_staff', sa.Boolean(), nullable=False),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('href', sa.String(length=400), nullable=False),
    sa.Column('mail', sa.String(length=10), nullable=False),
    sa.Column('created_at', columns.UtcDateTime(), nullable=False),
    sa.Column('read_at', columns.UtcDateTime(), nullable=True),
    sa.CheckConstraint("mail IN ('each', 'daily', 'off', 'quiet', 'digested')", name=op.f('ck_notification_mail_known')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_notification_event_id')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.id'], name=op.f('fk_notification_org_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_notification_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification')),
    sa.UniqueConstraint('event_id', 'user_id', name=op.f('uq_notification_event_id_user_id')),
    sa.UniqueConstraint('user_id', 'key', name=op.f('uq_notification_user_id_key'))
    )
    op.create_index('ix_notification_daily', 'notification', ['user_id', 'id'], unique=False, sqlite_where=sa.text("mail = 'daily'"), postgresql_where=sa.text("mail = 'daily'"))
    op.create_index('ix_notification_unread', 'notification', ['user_id', 'id'], unique=False, sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))
    op.create_index('ix_notification_user', 'notification', ['user_id', 'id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_notification_user', table_name='notification')
    op.drop_index('ix_notification_unread', table_name='notification', sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))
    op.drop_index('ix_notification_daily', table_name='notification', sqlite_where=sa.text("mail = 'daily'"), postgresql_where=sa.text("mail = 'daily'"))
    op.drop_table('notification')
    op.drop_table('notification_preference')
