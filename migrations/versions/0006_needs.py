"""Technology needs, their versions, invitations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core import columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('buyer_request',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('org_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('published_revision_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('published_at', columns.UtcDateTime(), nullable=True),
    sa.Column('answer_deadline', sa.Date(), nullable=True),
    sa.Column('external_id', columns.NfcString(length=200), nullable=True),
    sa.Column('created_at', columns.UtcDateTime(), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint("state IN ('draft', 'open', 'shortlisting', 'negotiating', 'solved', 'expired', 'withdrawn', 'suspended', 'removed', 'deleted')", name=op.f('ck_buyer_request_state_known')),
    sa.CheckConstraint("state NOT IN ('open', 'shortlisting', 'negotiating', 'solved', 'expired') OR (published_at IS NOT NULL AND published_revision_id IS NOT NULL)", name=op.f('ck_buyer_request_published_has_revision')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_buyer_request_created_by_id')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.id'], name=op.f('fk_buyer_request_org_id')),
    sa.ForeignKeyConstraint(['published_revision_id'], ['need_revision.id'], name='fk_buyer_request_published_revision', use_alter=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_buyer_request')),
    sa.UniqueConstraint('code', name=op.f('uq_buyer_request_code'))
    )
    op.create_index(op.f('ix_buyer_request_org_id'), 'buyer_request', ['org_id'], unique=False)
    op.create_index('ix_buyer_request_state_deadline', 'buyer_request', ['state', 'answer_deadline'], unique=False)
    op.create_index('ix_buyer_request_state_published', 'buyer_request', ['state', 'published_at'], unique=False)
    op.create_index('uq_buyer_request_external', 'buyer_request', ['org_id', 'external_id'], unique=True)
    op.create_table('need_enquiry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('buyer_request_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_org_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('text', columns.NfcText(), nullable=False),
    sa.Column('created_at', columns.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['buyer_request_id'], ['buyer_request.id'], name=op.f('fk_need_enquiry_buyer_request_id')),
    sa.ForeignKeyConstraint(['from_org_id'], ['organisation.id'], name=op.f('fk_need_enquiry_from_org_id')),
    sa.ForeignKeyConstraint(['from_user_id'], ['user_account.id'], name=op.f('fk_need_enquiry_from_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need_enquiry'))
    )
    op.create_index(op.f('ix_need_enquiry_buyer_request_id'), 'need_enquiry', ['buyer_request_id'], unique=False)
    op.create_table('need_invitation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('buyer_request_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('invited_at', columns.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['buyer_request_id'], ['buyer_request.id'], name=op.f('fk_need_invitation_buyer_request_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_need_invitation_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need_invitation')),
    sa.UniqueConstraint('buyer_request_id', 'organisation_id', name=op.f('uq_need_invitation_buyer_request_id_organisation_id'))
    )
    op.create_index(op.f('ix_need_invitation_organisation_id'), 'need_invitation', ['organisation_id'], unique=False)
    op.create_table('need_revision',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('buyer_request_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('title', columns.NfcString(length=300), nullable=False),
    sa.Column('title_en', columns.NfcString(length=300), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('summary', columns.NfcText(), nullable=False),
    sa.Column('summary_en', columns.NfcText(), nullable=False),
    sa.Column('context', columns.NfcText(), nullable=False),
    sa.Column('current_state', columns.NfcText(), nullable=False),
    sa.Column('target_result', columns.NfcText(), nullable=False),
    sa.Column('target_measures', sa.JSON(), nullable=False),
    sa.Column('constraints_technical', columns.NfcText(), nullable=False),
    sa.Column('constraints_legal', columns.NfcText(), nullable=False),
    sa.Column('constraints_environment', columns.NfcText(), nullable=False),
    sa.Column('data_available', columns.NfcText(), nullable=False),
    sa.Column('field_codes', sa.JSON(), nullable=False),
    sa.Column('hanoi_priority_field', sa.String(length=40), nullable=False),
    sa.Column('tags', sa.JSON(), nullable=False),
    sa.Column('trl_min', sa.Integer(), nullable=True),
    sa.Column('trl_max', sa.Integer(), nullable=True),
    sa.Column('budget_min', sa.BigInteger(), nullable=True),
    sa.Column('budget_max', sa.BigInteger(), nullable=True),
    sa.Column('budget_note', columns.NfcText(), nullable=False),
    sa.Column('cooperation_forms', sa.JSON(), nullable=False),
    sa.Column('transfer_forms', sa.JSON(), nullable=False),
    sa.Column('answer_deadline', sa.Date(), nullable=True),
    sa.Column('start_on', sa.Date(), nullable=True),
    sa.Column('end_on', sa.Date(), nullable=True),
    sa.Column('province_code', sa.String(length=10), nullable=False),
    sa.Column('ward_code', sa.String(length=10), nullable=False),
    sa.Column('criteria', sa.JSON(), nullable=False),
    sa.Column('visibility', sa.String(length=30), nullable=False),
    sa.Column('confidential_detail', columns.NfcText(), nullable=False),
    sa.Column('invited_org_ids', sa.JSON(), nullable=False),
    sa.Column('contact_name', columns.NfcString(length=200), nullable=False),
    sa.Column('contact_email', sa.String(length=255), nullable=False),
    sa.Column('contact_phone', sa.String(length=30), nullable=False),
    sa.Column('six_clear', sa.JSON(), nullable=False),
    sa.Column('source_url', sa.String(length=500), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('lock', sa.Integer(), nullable=False),
    sa.Column('created_at', columns.UtcDateTime(), nullable=False),
    sa.Column('saved_at', columns.UtcDateTime(), nullable=False),
    sa.Column('submitted_at', columns.UtcDateTime(), nullable=True),
    sa.Column('review_due_at', columns.UtcDateTime(), nullable=True),
    sa.Column('decided_at', columns.UtcDateTime(), nullable=True),
    sa.Column('decision_reason_code', sa.String(length=60), nullable=False),
    sa.Column('decision_text', columns.NfcText(), nullable=False),
    sa.Column('imported', sa.Boolean(), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('submitted_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint("state IN ('draft', 'submitted', 'in_review', 'changes_requested', 'approved', 'rejected', 'superseded', 'deleted')", name=op.f('ck_need_revision_state_known')),
    sa.CheckConstraint("state NOT IN ('submitted', 'in_review') OR submitted_at IS NOT NULL", name=op.f('ck_need_revision_submitted_has_date')),
    sa.ForeignKeyConstraint(['buyer_request_id'], ['buyer_request.id'], name=op.f('fk_need_revision_buyer_request_id')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_need_revision_created_by_id')),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['user_account.id'], name=op.f('fk_need_revision_submitted_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need_revision'))
    )
    op.create_index('ix_need_revision_queue', 'need_revision', ['state', 'review_due_at'], unique=False)
    op.create_index('uq_need_revision_number', 'need_revision', ['buyer_request_id', 'number'], unique=True)
    op.create_index('uq_need_revision_open', 'need_revision', ['buyer_request_id'], unique=True, sqlite_where=sa.text("state IN ('draft', 'submitted', 'in_review', 'changes_requested')"), postgresql_where=sa.text("state IN ('draft', 'submitted', 'in_review', 'changes_requested')"))
    if op.get_bind().dialect.name != 'sqlite':  # SQLite has it inline: there it cannot be added later
        op.create_foreign_key('fk_buyer_request_published_revision', 'buyer_request', 'need_revision', ['published_revision_id'], ['id'])


def downgrade() -> None:
    if op.get_bind().dialect.name != 'sqlite':
        op.drop_constraint('fk_buyer_request_published_revision', 'buyer_request', type_='foreignkey')
    op.drop_index('uq_need_revision_open', table_name='need_revision', sqlite_where=sa.text("state IN ('draft', 'submitted', 'in_review', 'changes_requested')"), postgresql_where=sa.text("state IN ('draft', 'submitted', 'in_review', 'changes_requested')"))
    op.drop_index('uq_need_revision_number', table_name='need_revision')
    op.drop_index('ix_need_revision_queue', table_name='need_revision')
    op.drop_table('need_revision')
    op.drop_index(op.f('ix_need_invitation_organisation_id'), table_name='need_invitation')
    op.drop_table('need_invitation')
    op.drop_index(op.f('ix_need_enquiry_buyer_request_id'), table_name='need_enquiry')
    op.drop_table('need_enquiry')
    op.drop_index('uq_buyer_request_external', table_name='buyer_request')
    op.drop_index('ix_buyer_request_state_published', table_name='buyer_request')
    op.drop_index('ix_buyer_request_state_deadline', table_name='buyer_request')
    op.drop_index(op.f('ix_buyer_request_org_id'), table_name='buyer_request')
    op.drop_table('buyer_request')
