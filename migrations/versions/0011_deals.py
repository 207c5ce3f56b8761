"""Leads, terms, complaints, deals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core import columns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('lead',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('origin', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('listing_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('need_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('supplier_org_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('buyer_org_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('initiator_side', sa.String(length=10), nullable=False),
    sa.Column('waiting_on', sa.String(length=10), nullable=False),
    sa.Column('respond_by', columns.UtcDateTime(), nullable=True),
    sa.Column('buyer_revealed_at', columns.UtcDateTime(), nullable=True),
    sa.Column('terms_open', sa.Boolean(), nullable=False),
    sa.Column('decline_code', sa.String(length=40), nullable=False),
    sa.Column('created_at', columns.UtcDateTime(), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('last_activity_at', columns.UtcDateTime(), nullable=False),
    sa.CheckConstraint("origin IN ('listing', 'need', 'introduction')", name=op.f('ck_lead_origin_known')),
    sa.CheckConstraint("state IN ('suggested', 'contacted', 'negotiating', 'converted', 'declined', 'expired')", name=op.f('ck_lead_state_known')),
    sa.CheckConstraint('listing_id IS NOT NULL OR need_id IS NOT NULL', name=op.f('ck_lead_about_something')),
    sa.CheckConstraint('supplier_org_id <> buyer_org_id', name=op.f('ck_lead_two_sides')),
    sa.ForeignKeyConstraint(['buyer_org_id'], ['organisation.id'], name=op.f('fk_lead_buyer_org_id')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_lead_created_by_id')),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_lead_listing_id')),
    sa.ForeignKeyConstraint(['need_id'], ['buyer_request.id'], name=op.f('fk_lead_need_id')),
    sa.ForeignKeyConstraint(['supplier_org_id'], ['organisation.id'], name=op.f('fk_lead_supplier_org_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lead')),
    sa.UniqueConstraint('code', name=op.f('uq_lead_code'))
    )
    op.create_index('ix_lead_buyer', 'lead', ['buyer_org_id', 'state', 'last_activity_at'], unique=False)
    op.create_index('ix_lead_need', 'lead', ['need_id'], unique=False)
    op.create_index('ix_lead_respond', 'lead', ['state', 'respond_by'], unique=False)
    op.create_index('ix_lead_supplier', 'lead', ['supplier_org_id', 'state', 'last_activity_at'], unique=False)
    op.create_index('uq_lead_listing_open', 'lead', ['listing_id', 'buyer_org_id'], unique=True, sqlite_where=sa.text("state IN ('suggested', 'contacted', 'negotiating') AND listing_id IS NOT NULL"), postgresql_where=sa.text("state IN ('suggested', 'contacted', 'negotiating') AND listing_id IS NOT NULL"))
    op.create_index('uq_lead_need_open', 'lead', ['need_id', 'supplier_org_id'], unique=True, sqlite_where=sa.text("state IN ('suggested', 'contacted', 'negotiating') AND need_id IS NOT NULL AND listing_id IS NULL"), postgresql_where=sa.text("state IN ('suggested', 'contacted', 'negotiating') AND need_id IS NOT NULL AND listing_id IS NULL"))
    op.create_table('complaint',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('lead_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('side', sa.String(length=10), nullable=False),
    sa.Column('opened_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('text', columns.NfcText(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('officer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('outcome', columns.NfcText(), nullable=False),
    sa.Column('opened_at', columns.UtcDateTime(), nullable=False),
    sa.Column('due_at', columns.UtcDateTime(), nullable=False),
    sa.Column('closed_at', columns.UtcDateTime(), nullable=True),
    sa.CheckConstraint("kind IN ('conduct', 'misleading', 'no_answer', 'breach', 'confidentiality', 'rights', 'other')", name=op.f('ck_complaint_kind_known')),
    sa.CheckConstraint("side IN ('supplier', 'buyer')", name=op.f('ck_complaint_side_known')),
    sa.CheckConstraint("state IN ('received', 'triaged', 'waiting_party', 'escalated', 'resolved', 'rejected', 'withdrawn')", name=op.f('ck_complaint_state_known')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_complaint_lead_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['user_account.id'], name=op.f('fk_complaint_officer_id')),
    sa.ForeignKeyConstraint(['opened_by_id'], ['user_account.id'], name=op.f('fk_complaint_opened_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint')),
    sa.UniqueConstraint('code', name=op.f('uq_complaint_code'))
    )
    op.create_index('ix_complaint_lead', 'complaint', ['lead_id', 'state'], unique=False)
    op.create_index('ix_complaint_state', 'complaint', ['state', 'due_at'], unique=False)
    op.create_table('message',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('lead_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('side', sa.String(length=10), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('text', columns.NfcText(), nullable=False),
    sa.Column('once', sa.String(length=40), nullable=False),
    sa.Column('created_at', columns.UtcDateTime(), nullable=False),
    sa.CheckConstraint("side IN ('supplier', 'buyer', 'officer')", name=op.f('ck_message_side_known')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_message_author_id')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_message_lead_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('lead_id', 'author_id', 'once', name=op.f('uq_message_lead_id_author_id_once'))
    )
    op.create_index('ix_message_lead', 'message', ['lead_id', 'id'], unique=False)
    op.create_table('terms_version',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('lead_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('side', sa.String(length=10), nullable=False),
    sa.Column('proposed_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', columns.UtcDateTime(), nullable=False),
    sa.Column('note', columns.NfcText(), nullable=False),
    sa.Column('supplier_accepted_at', columns.UtcDateTime(), nullable=True),
    sa.Column('supplier_accepted_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('buyer_accepted_at', columns.UtcDateTime(), nullable=True),
    sa.Column('buyer_accepted_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('scope', columns.NfcText(), nullable=False),
    sa.Column('transfer_right', sa.String(length=20), nullable=False),
    sa.Column('exclusivity', sa.String(length=20), nullable=False),
    sa.Column('sublicence', sa.Boolean(), nullable=True),
    sa.Column('territory', columns.NfcString(length=300), nullable=False),
    sa.Column('field_of_use', columns.NfcString(length=300), nullable=False),
    sa.Column('term_months', sa.Integer(), nullable=True),
    sa.Column('direction', sa.String(length=20), nullable=False),
    sa.Column('transfer_form', sa.String(length=30), nullable=False),
    sa.Column('transfer_methods', sa.JSON(), nullable=False),
    sa.Column('funding_source', sa.String(length=20), nullable=False),
    sa.Column('result_certificate_no', columns.NfcString(length=100), nullable=False),
    sa.Column('price', sa.BigInteger(), nullable=False),
    sa.Column('payment_methods', sa.JSON(), nullable=False),
    sa.Column('milestones', sa.JSON(), nullable=False),
    sa.Column('support_kinds', sa.JSON(), nullable=False),
    sa.Column('warranty_months', sa.Integer(), nullable=True),
    sa.Column('penalties', columns.NfcText(), nullable=False),
    sa.Column('dispute_body', columns.NfcString(length=300), nullable=False),
    sa.Column('other', columns.NfcText(), nullable=False),
    sa.CheckConstraint("side IN ('supplier', 'buyer')", name=op.f('ck_terms_version_side_known')),
    sa.CheckConstraint("state <> 'accepted' OR (supplier_accepted_at IS NOT NULL AND buyer_accepted_at IS NOT NULL)", name=op.f('ck_terms_version_accepted_by_both')),
    sa.CheckConstraint("state IN ('proposed', 'accepted', 'declined', 'withdrawn', 'superseded')", name=op.f('ck_terms_version_state_known')),
    sa.CheckConstraint('price >= 0', name=op.f('ck_terms_version_price_not_negative')),
    sa.ForeignKeyConstraint(['buyer_accepted_by_id'], ['user_account.id'], name=op.f('fk_terms_version_buyer_accepted_by_id')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_terms_version_lead_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['user_account.id'], name=op.f('fk_terms_version_proposed_by_id')),
    sa.ForeignKeyConstraint(['supplier_accepted_by_id'], ['user_account.id'], name=op.f('fk_terms_version_supplier_accepted_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_terms_version')),
    sa.UniqueConstraint('lead_id', 'number', name=op.f('uq_terms_version_lead_id_number'))
    )
    op.create_index('uq_terms_proposed', 'terms_version', ['lead_id'], unique=True, sqlite_where=sa.text("state = 'proposed'"), postgresql_where=sa.text("state = 'proposed'"))
    op.create_table('thread_read',
    sa.Column('lead_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_thread_read_lead_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_thread_read_user_id')),
    sa.PrimaryKeyConstraint('lead_id', 'user_id', name=op.f('pk_thread_read'))
    )
    op.create_table('deal',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('lead_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('terms_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('listing_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('need_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('supplier_org_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('buyer_org_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('disputed_from', sa.String(length=20), nullable=False),
    sa.Column('disputed_by', sa.String(length=10), nullable=False),
    sa.Column('ending_asked_by', sa.String(length=10), nullable=False),
    sa.Column('ending_code', sa.String(length=40), nullable=False),
    sa.Column('ending_text', columns.NfcText(), nullable=False),
    sa.Column('opened_at', columns.UtcDateTime(), nullable=False),
    sa.Column('state_since', columns.UtcDateTime(), nullable=False),
    sa.Column('officer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('frozen', sa.JSON(), nullable=False),
    sa.Column('frozen_sha256', sa.String(length=64), nullable=False),
    sa.Column('title', columns.NfcString(length=300), nullable=False),
    sa.Column('price', sa.BigInteger(), nullable=False),
    sa.Column('exclusive', sa.Boolean(), nullable=False),
    sa.Column('holds_listing', sa.Boolean(), nullable=False),
    sa.Column('regime', sa.String(length=20), nullable=False),
    sa.Column('control_class', sa.String(length=20), nullable=False),
    sa.Column('contract', sa.JSON(), nullable=False),
    sa.Column('contract_no', columns.NfcString(length=100), nullable=False),
    sa.Column('contract_lock', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('effective_on', sa.Date(), nullable=True),
    sa.Column('minutes_on', sa.Date(), nullable=True),
    sa.Column('minutes_no', columns.NfcString(length=100), nullable=False),
    sa.Column('result', columns.NfcText(), nullable=False),
    sa.Column('value_realised', sa.BigInteger(), nullable=True),
    sa.Column('completed_at', columns.UtcDateTime(), nullable=True),
    sa.Column('licensed_until', sa.Date(), nullable=True),
    sa.Column('supplier_publicity', sa.String(length=20), nullable=False),
    sa.Column('buyer_publicity', sa.String(length=20), nullable=False),
    sa.CheckConstraint("(state = 'disputed') = (disputed_from <> '')", name=op.f('ck_deal_disputed_remembers')),
    sa.CheckConstraint("buyer_publicity IN ('none', 'existence', 'value')", name=op.f('ck_deal_buyer_publicity_known')),
    sa.CheckConstraint("regime IN ('voluntary', 'registration', 'permit', 'unclassified', 'banned')", name=op.f('ck_deal_regime_known')),
    sa.CheckConstraint("signed_on IS NOT NULL OR state NOT IN ('signed', 'effective', 'delivering', 'acceptance', 'completed', 'disputed')", name=op.f('ck_deal_signed_has_date')),
    sa.CheckConstraint("state <> 'completed' OR (completed_at IS NOT NULL AND value_realised IS NOT NULL)", name=op.f('ck_deal_completed_has_value')),
    sa.CheckConstraint("state IN ('negotiating', 'terms_agreed', 'drafting', 'awaiting_signature', 'signed', 'effective', 'delivering', 'acceptance', 'completed', 'disputed', 'cancelled', 'terminated')", name=op.f('ck_deal_state_known')),
    sa.CheckConstraint("supplier_publicity IN ('none', 'existence', 'value')", name=op.f('ck_deal_supplier_publicity_known')),
    sa.CheckConstraint('price >= 0', name=op.f('ck_deal_price_not_negative')),
    sa.ForeignKeyConstraint(['buyer_org_id'], ['organisation.id'], name=op.f('fk_deal_buyer_org_id')),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], name=op.f('fk_deal_lead_id')),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_deal_listing_id')),
    sa.ForeignKeyConstraint(['need_id'], ['buyer_request.id'], name=op.f('fk_deal_need_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['user_account.id'], name=op.f('fk_deal_officer_id')),
    sa.ForeignKeyConstraint(['supplier_org_id'], ['organisation.id'], name=op.f('fk_deal_supplier_org_id')),
    sa.ForeignKeyConstraint(['terms_id'], ['terms_version.id'], name=op.f('fk_deal_terms_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deal')),
    sa.UniqueConstraint('code', name=op.f('uq_deal_code')),
    sa.UniqueConstraint('lead_id', name=op.f('uq_deal_lead_id'))
    )
    op.create_index('ix_deal_buyer', 'deal', ['buyer_org_id', 'state'], unique=False)
    op.create_index('ix_deal_listing', 'deal', ['listing_id'], unique=False)
    op.create_index('ix_deal_need', 'deal', ['need_id'], unique=False)
    op.create_index('ix_deal_officer', 'deal', ['officer_id', 'state'], unique=False)
    op.create_index('ix_deal_state_since', 'deal', ['state', 'state_since'], unique=False)
    op.create_index('ix_deal_supplier', 'deal', ['supplier_org_id', 'state'], unique=False)
    op.create_index('uq_deal_holds_listing', 'deal', ['listing_id'], unique=True, sqlite_where=sa.text('holds_listing'), postgresql_where=sa.text('holds_listing'))
    op.create_table('deal_note',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('deal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('text', columns.NfcText(), nullable=False),
    sa.Column('created_at', columns.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_deal_note_author_id')),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('fk_deal_note_deal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deal_note'))
    )
    op.create_index(op.f('ix_deal_note_deal_id'), 'deal_note', ['deal_id'], unique=False)
    op.create_table('milestone',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('deal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('title', columns.NfcString(length=300), nullable=False),
    sa.Column('deliverable', columns.NfcText(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('delivered_at', columns.UtcDateTime(), nullable=True),
    sa.Column('accepted_at', columns.UtcDateTime(), nullable=True),
    sa.Column('note', columns.NfcText(), nullable=False),
    sa.CheckConstraint("state <> 'accepted' OR accepted_at IS NOT NULL", name=op.f('ck_milestone_accepted_has_date')),
    sa.CheckConstraint("state IN ('planned', 'delivered', 'returned', 'accepted')", name=op.f('ck_milestone_state_known')),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_milestone_amount_not_negative')),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('fk_milestone_deal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_milestone')),
    sa.UniqueConstraint('deal_id', 'position', name=op.f('uq_milestone_deal_id_position'))
    )
    op.create_index('ix_milestone_due', 'milestone', ['state', 'due_on'], unique=False)
    op.create_table('signature',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('deal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('side', sa.String(length=10), nullable=False),
    sa.Column('file_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('signer_name', columns.NfcString(length=200), nullable=False),
    sa.Column('signer_position', columns.NfcString(length=200), nullable=False),
    sa.Column('authority', sa.String(length=30), nullable=False),
    sa.Column('authority_no', columns.NfcString(length=100), nullable=False),
    sa.Column('method', sa.String(length=20), nullable=False),
    sa.Column('certificate_serial', sa.String(length=100), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('uploaded_at', columns.UtcDateTime(), nullable=False),
    sa.Column('uploaded_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("authority IN ('legal_representative', 'power_of_attorney')", name=op.f('ck_signature_authority_known')),
    sa.CheckConstraint("method IN ('paper_scan', 'electronic', 'digital')", name=op.f('ck_signature_method_known')),
    sa.CheckConstraint("side IN ('supplier', 'buyer')", name=op.f('ck_signature_side_known')),
    sa.ForeignKeyConstraint(['deal_id'], ['deal.id'], name=op.f('fk_signature_deal_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_signature_file_id')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['user_account.id'], name=op.f('fk_signature_uploaded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signature')),
    sa.UniqueConstraint('deal_id', 'side', 'round', name=op.f('uq_signature_deal_id_side_round'))
    )


def downgrade() -> None:
    op.drop_table('signature')
    op.drop_index('ix_milestone_due', table_name='milestone')
    op.drop_table('milestone')
    op.drop_index(op.f('ix_deal_note_deal_id'), table_name='deal_note')
    op.drop_table('deal_note')
    op.drop_index('uq_deal_holds_listing', table_name='deal', sqlite_where=sa.text('holds_listing'), postgresql_where=sa.text('holds_listing'))
    op.drop_index('ix_deal_supplier', table_name='deal')
    op.drop_index('ix_deal_state_since', table_name='deal')
    op.drop_index('ix_deal_officer', table_name='deal')
    op.drop_index('ix_deal_need', table_name='deal')
    op.drop_index('ix_deal_listing', table_name='deal')
    op.drop_index('ix_deal_buyer', table_name='deal')
    op.drop_table('deal')
    op.drop_table('thread_read')
    op.drop_index('uq_terms_proposed', table_name='terms_version', sqlite_where=sa.text("state = 'proposed'"), postgresql_where=sa.text("state = 'proposed'"))
    op.drop_table('terms_version')
    op.drop_index('ix_message_lead', table_name='message')
    op.drop_table('message')
    op.drop_index('ix_complaint_state', table_name='complaint')
    op.drop_index('ix_complaint_lead', table_name='complaint')
    op.drop_table('complaint')
    op.drop_index('uq_lead_need_open', table_name='lead', sqlite_where=sa.text("state IN ('suggested', 'contacted', 'negotiating') AND need_id IS NOT NULL AND listing_id IS NULL"), postgresql_where=sa.text("state IN ('suggested', 'contacted', 'negotiating') AND need_id IS NOT NULL AND listing_id IS NULL"))
    op.drop_index('uq_lead_listing_open', table_name='lead', sqlite_where=sa.text("state IN ('suggested', 'contacted', 'negotiating') AND listing_id IS NOT NULL"), postgresql_where=sa.text("state IN ('suggested', 'contacted', 'negotiating') AND listing_id IS NOT NULL"))
    op.drop_index('ix_lead_supplier', table_name='lead')
    op.drop_index('ix_lead_respond', table_name='lead')
    op.drop_index('ix_lead_need', table_name='lead')
    op.drop_index('ix_lead_buyer', table_name='lead')
    op.drop_table('lead')
