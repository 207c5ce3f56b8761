"""Enquiries about listings and needs in one table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core import columns

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REST = "from_user_id, from_org_id, text, created_at"


def upgrade() -> None:
    op.drop_index(op.f("ix_enquiry_listing_id"), table_name="enquiry")
    with op.batch_alter_table("enquiry") as batch:
        batch.drop_constraint(op.f("fk_enquiry_listing_id"), type_="foreignkey")
        batch.alter_column("listing_id", new_column_name="subject_id", existing_type=_BIG, existing_nullable=False)
        batch.add_column(sa.Column("subject_kind", sa.String(length=40), nullable=False, server_default="listing"))
    op.execute(
        f"INSERT INTO enquiry (subject_kind, subject_id, {_REST}) "
        f"SELECT 'need', buyer_request_id, {_REST} FROM need_enquiry ORDER BY id"
    )
    op.drop_index(op.f("ix_need_enquiry_buyer_request_id"), table_name="need_enquiry")
    op.drop_table("need_enquiry")
    with op.batch_alter_table("enquiry") as batch:
        batch.alter_column("subject_kind", server_default=None, existing_type=sa.String(length=40), existing_nullable=False)
    op.create_index("ix_enquiry_subject", "enquiry", ["subject_kind", "subject_id"])


def downgrade() -> None:
    op.create_table(
        "need_enquiry",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("buyer_request_id", _BIG, nullable=False),
        sa.Column("from_user_id", _BIG, nullable=False),
        sa.Column("from_org_id", _BIG, nullable=False),
        sa.Column("text", columns.NfcText(), nullable=False),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["buyer_request_id"], ["buyer_request.id"], name=op.f("fk_need_enquiry_buyer_request_id")
        ),
        sa.ForeignKeyConstraint(["from_org_id"], ["organisation.id"], name=op.f("fk_need_enquiry_from_org_id")),
        sa.ForeignKeyConstraint(["from_user_id"], ["user_account.id"], name=op.f("fk_need_enquiry_from_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_enquiry")),
    )
    op.create_index(op.f("ix_need_enquiry_buyer_request_id"), "need_enquiry", ["buyer_request_id"])
    op.execute(
        f"INSERT INTO need_enquiry (buyer_request_id, {_REST}) "
        f"SELECT subject_id, {_REST} FROM enquiry WHERE subject_kind = 'need' ORDER BY id"
    )
    op.execute("DELETE FROM enquiry WHERE subject_kind = 'need'")
    op.drop_index("ix_enquiry_subject", table_name="enquiry")
    with op.batch_alter_table("enquiry") as batch:
        batch.drop_column("subject_kind")
        batch.alter_column("subject_id", new_column_name="listing_id", existing_type=_BIG, existing_nullable=False)
    with op.batch_alter_table("enquiry") as batch:
        batch.create_foreign_key(op.f("fk_enquiry_listing_id"), "listing", ["listing_id"], ["id"])
    op.create_index(op.f("ix_enquiry_listing_id"), "enquiry", ["listing_id"])
