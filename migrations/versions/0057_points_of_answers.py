"""Colleagues' points and notes for answers, and the points that a letter has told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import Big, NfcString, NfcText, UtcDateTime

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("answer", sa.Column("told_points", sa.JSON(), nullable=True))
    op.create_table(
        "answer_point",
        sa.Column("id", Big, nullable=False),
        sa.Column("answer_id", Big, nullable=False),
        sa.Column("user_id", Big, nullable=False),
        sa.Column("criterion", NfcString(300), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("comment", NfcString(500), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("points BETWEEN 0 AND 10", name=op.f("ck_answer_point_points_in_scale")),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_answer_point_answer_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_answer_point_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_point")),
        sa.UniqueConstraint("answer_id", "user_id", "criterion", name=op.f("uq_answer_point_answer_id_user_id_criterion")),
    )
    op.create_table(
        "answer_note",
        sa.Column("id", Big, nullable=False),
        sa.Column("answer_id", Big, nullable=False),
        sa.Column("author_id", Big, nullable=False),
        sa.Column("text", NfcText(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_answer_note_answer_id")),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_answer_note_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_note")),
    )
    op.create_index("ix_answer_note_answer", "answer_note", ["answer_id", "id"])


def downgrade() -> None:
    op.drop_table("answer_note")
    op.drop_table("answer_point")
    with op.batch_alter_table("answer") as batch:
        batch.drop_column("told_points")
