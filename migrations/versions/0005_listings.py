"""Technology listings, their versions, enquiries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core import columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('listing',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('org_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('published_revision_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('published_at', columns.UtcDateTime(), nullable=True),
    sa.Column('confirmed_at', columns.UtcDateTime(), nullable=True),
    sa.Column('reminded_at', columns.UtcDateTime(), nullable=True),
    sa.Column('licensed_until', sa.Date(), nullable=True),
    sa.Column('external_id', columns.NfcString(length=200), nullable=True),
    sa.Column('created_at', columns.UtcDateTime(), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint("state IN ('draft', 'published', 'stale', 'reserved', 'unpublished', 'suspended', 'transferred', 'removed', 'deleted')", name=op.f('ck_listing_state_known')),
    sa.CheckConstraint("state NOT IN ('published', 'stale', 'reserved') OR (published_at IS NOT NULL AND published_revision_id IS NOT NULL)", name=op.f('ck_listing_published_has_revision')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_listing_created_by_id')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.id'], name=op.f('fk_listing_org_id')),
    sa.ForeignKeyConstraint(['published_revision_id'], ['listing_revision.id'], name='fk_listing_published_revision', use_alter=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_listing')),
    sa.UniqueConstraint('code', name=op.f('uq_listing_code'))
    )
    op.create_index(op.f('ix_listing_org_id'), 'listing', ['org_id'], unique=False)
    op.create_index('ix_listing_state_confirmed', 'listing', ['state', 'confirmed_at'], unique=False)
    op.create_index('ix_listing_state_published', 'listing', ['state', 'published_at'], unique=False)
    op.create_index('uq_listing_external', 'listing', ['org_id', 'external_id'], unique=True)
    op.create_table('enquiry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('listing_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_org_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('text', columns.NfcText(), nullable=False),
    sa.Column('created_at', columns.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['from_org_id'], ['organisation.id'], name=op.f('fk_enquiry_from_org_id')),
    sa.ForeignKeyConstraint(['from_user_id'], ['user_account.id'], name=op.f('fk_enquiry_from_user_id')),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_enquiry_listing_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enquiry'))
    )
    op.create_index(op.f('ix_enquiry_listing_id'), 'enquiry', ['listing_id'], unique=False)
    op.create_table('listing_revision',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('listing_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('title', columns.NfcString(length=300), nullable=False),
    sa.Column('title_en', columns.NfcString(length=300), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('object_kinds', sa.JSON(), nullable=False),
    sa.Column('public_summary', columns.NfcText(), nullable=False),
    sa.Column('summary_en', columns.NfcText(), nullable=False),
    sa.Column('field_code', sa.String(length=10), nullable=False),
    sa.Column('vsic_codes', sa.JSON(), nullable=False),
    sa.Column('ipc_codes', sa.JSON(), nullable=False),
    sa.Column('hanoi_priority_field', sa.String(length=40), nullable=False),
    sa.Column('tags', sa.JSON(), nullable=False),
    sa.Column('market_tags', sa.JSON(), nullable=False),
    sa.Column('problem_solved', columns.NfcText(), nullable=False),
    sa.Column('how_it_works', columns.NfcText(), nullable=False),
    sa.Column('applications', columns.NfcText(), nullable=False),
    sa.Column('advantages', columns.NfcText(), nullable=False),
    sa.Column('specs', sa.JSON(), nullable=False),
    sa.Column('trl', sa.Integer(), nullable=True),
    sa.Column('trl_evidence', columns.NfcText(), nullable=False),
    sa.Column('trl_assessed_by', sa.String(length=20), nullable=False),
    sa.Column('trl_assessor', columns.NfcString(length=200), nullable=False),
    sa.Column('trl_assessed_on', sa.Date(), nullable=True),
    sa.Column('owners', sa.JSON(), nullable=False),
    sa.Column('right_basis', sa.String(length=20), nullable=False),
    sa.Column('ip', sa.JSON(), nullable=False),
    sa.Column('funding_source', sa.String(length=20), nullable=False),
    sa.Column('task_code', columns.NfcString(length=100), nullable=False),
    sa.Column('result_certificate_no', columns.NfcString(length=100), nullable=False),
    sa.Column('origin', sa.String(length=20), nullable=False),
    sa.Column('control_class', sa.String(length=20), nullable=False),
    sa.Column('transfer_directions', sa.JSON(), nullable=False),
    sa.Column('transfer_right', sa.String(length=20), nullable=False),
    sa.Column('exclusivity', sa.String(length=20), nullable=False),
    sa.Column('sublicence', sa.Boolean(), nullable=True),
    sa.Column('territory', columns.NfcString(length=300), nullable=False),
    sa.Column('field_of_use', columns.NfcString(length=300), nullable=False),
    sa.Column('term_months', sa.Integer(), nullable=True),
    sa.Column('transfer_forms', sa.JSON(), nullable=False),
    sa.Column('transfer_methods', sa.JSON(), nullable=False),
    sa.Column('cooperation_forms', sa.JSON(), nullable=False),
    sa.Column('pricing_mode', sa.String(length=30), nullable=False),
    sa.Column('price_min', sa.BigInteger(), nullable=True),
    sa.Column('price_max', sa.BigInteger(), nullable=True),
    sa.Column('payment_methods', sa.JSON(), nullable=False),
    sa.Column('support_kinds', sa.JSON(), nullable=False),
    sa.Column('warranty_months', sa.Integer(), nullable=True),
    sa.Column('support_note', columns.NfcText(), nullable=False),
    sa.Column('province_code', sa.String(length=10), nullable=False),
    sa.Column('ward_code', sa.String(length=10), nullable=False),
    sa.Column('contact_name', columns.NfcString(length=200), nullable=False),
    sa.Column('contact_email', sa.String(length=255), nullable=False),
    sa.Column('contact_phone', sa.String(length=30), nullable=False),
    sa.Column('members_detail', columns.NfcText(), nullable=False),
    sa.Column('confidential_detail', columns.NfcText(), nullable=False),
    sa.Column('visibility', sa.String(length=20), nullable=False),
    sa.Column('nda_required', sa.Boolean(), nullable=False),
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
    sa.CheckConstraint("state IN ('draft', 'submitted', 'in_review', 'changes_requested', 'approved', 'rejected', 'superseded', 'deleted')", name=op.f('ck_listing_revision_state_known')),
    sa.CheckConstraint("state NOT IN ('submitted', 'in_review') OR submitted_at IS NOT NULL", name=op.f('ck_listing_revision_submitted_has_date')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_listing_revision_created_by_id')),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_listing_revision_listing_id')),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['user_account.id'], name=op.f('fk_listing_revision_submitted_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_listing_revision'))
    )
    op.create_index('ix_listing_revision_queue', 'listing_revision', ['state', 'review_due_at'], unique=False)
    op.create_index('uq_listing_revision_number', 'listing_revision', ['listing_id', 'number'], unique=True)
    op.create_index('uq_listing_revision_open', 'listing_revision', ['listing_id'], unique=True, sqlite_where=sa.text("state IN ('draft', 'submitted', 'in_review', 'changes_requested')"), postgresql_where=sa.text("state IN ('draft', 'submitted', 'in_review', 'changes_requested')"))
    if op.get_bind().dialect.name != 'sqlite':  # SQLite has it inline: there it cannot be added later
        op.create_foreign_key('fk_listing_published_revision', 'listing', 'listing_revision', ['published_revision_id'], ['id'])


def downgrade() -> None:
    if op.get_bind().dialect.name != 'sqlite':
        op.drop_constraint('fk_listing_published_revision', 'listing', type_='foreignkey')
    op.drop_index('uq_listing_revision_open', table_name='listing_revision', sqlite_where=sa.text("state IN ('draft', 'submitted', 'in_review', 'changes_requested')"), postgresql_where=sa.text("state IN ('draft', 'submitted', 'in_review', 'changes_requested')"))
    op.drop_index('uq_listing_revision_number', table_name='listing_revision')
    op.drop_index('ix_listing_revision_queue', table_name='listing_revision')
    op.drop_table('listing_revision')
    op.drop_index(op.f('ix_enquiry_listing_id'), table_name='enquiry')
    op.drop_table('enquiry')
    op.drop_index('uq_listing_external', table_name='listing')
    op.drop_index('ix_listing_state_published', table_name='listing')
    op.drop_index('ix_listing_state_confirmed', table_name='listing')
    op.drop_index(op.f('ix_listing_org_id'), table_name='listing')
    op.drop_table('listing')
