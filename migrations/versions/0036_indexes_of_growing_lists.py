"""Indexes for what grows: the newest things, leads by activity, deals by age, recent events, work that failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_LISTED = "state IN ('published', 'stale', 'reserved')"
_ASKED = "state IN ('open', 'shortlisting', 'negotiating', 'solved', 'expired')"
_LIVE = (
    "state IN ('negotiating', 'terms_agreed', 'drafting', 'awaiting_signature', 'signed', 'effective', 'delivering',"
    " 'acceptance', 'disputed')"
)
#: Name, table, columns, and of which rows; empty: of all.
ADDED = (
    ("ix_listing_newest", "listing", ["published_at", "id"], _LISTED),
    ("ix_listing_org", "listing", ["org_id", "id"], ""),
    ("ix_listing_org_published", "listing", ["org_id", "published_at", "id"], ""),
    ("ix_listing_to_remind", "listing", ["org_id", "id", "confirmed_at"],
     "state IN ('published') AND reminded_at IS NULL"),
    ("ix_buyer_request_newest", "buyer_request", ["published_at", "id"], _ASKED),
    ("ix_buyer_request_org", "buyer_request", ["org_id", "id"], ""),
    ("ix_buyer_request_org_published", "buyer_request", ["org_id", "published_at", "id"], ""),
    ("ix_event_at", "event", ["at"], ""),
    ("ix_outbox_failing", "outbox", ["id"], "done_at IS NULL AND attempts > 0"),
    ("ix_lead_supplier_activity", "lead", ["supplier_org_id", "last_activity_at", "id"], ""),
    ("ix_lead_buyer_activity", "lead", ["buyer_org_id", "last_activity_at", "id"], ""),
    ("ix_lead_activity", "lead", ["last_activity_at", "id"], ""),
    ("ix_deal_since", "deal", ["state_since", "id"], ""),
    ("ix_deal_live", "deal", ["state_since", "id"], _LIVE),
    ("ix_deal_regime", "deal", ["regime", "state"], ""),
    ("ix_moderation_case_claimed_by", "moderation_case", ["claimed_by_id", "decided_at"], ""),
)
#: The same name before and after, with other columns.
CHANGED = (
    ("ix_deal_state_since", "deal", ["state", "state_since"],
     ["state", "state_since", "completed_at", "officer_id", "price", "value_realised"]),
    ("ix_moderation_case_decided", "moderation_case", ["decided_at"], ["decided_at", "id"]),
)
#: What others begin with.
DROPPED = (
    ("ix_listing_org_id", "listing", ["org_id"]),
    ("ix_listing_state_published", "listing", ["state", "published_at"]),
    ("ix_buyer_request_org_id", "buyer_request", ["org_id"]),
    ("ix_moderation_case_claimed_by_id", "moderation_case", ["claimed_by_id"]),
)


def upgrade() -> None:
    for name, table, columns, where in ADDED:
        rows = sa.text(where) if where else None
        op.create_index(name, table, columns, sqlite_where=rows, postgresql_where=rows)
    for name, table, _before, after in CHANGED:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, after)
    for name, table, _columns in DROPPED:
        op.drop_index(name, table_name=table)


def downgrade() -> None:
    for name, table, columns in DROPPED:
        op.create_index(name, table, columns)
    for name, table, before, _after in CHANGED:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, before)
    for name, table, _columns, _where in ADDED:
        op.drop_index(name, table_name=table)
