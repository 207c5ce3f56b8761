"""Seals of the history, and the ends of chains they were taken over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("before", UtcDateTime(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("events", BIG, nullable=False),
        *(sa.Column(name, sa.String(64), nullable=False) for name in ("root", "changed", "previous", "key")),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_seal"),
        sa.UniqueConstraint("before", name="uq_seal_before"),
    )
    op.create_table(
        "seal_leaf",
        sa.Column("subject_kind", sa.String(40), nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("seal_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["seal_number"], ["seal.number"], name="fk_seal_leaf_seal_number"),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", "seq", name="pk_seal_leaf"),
    )
    op.create_index("ix_seal_leaf_seal_number", "seal_leaf", ["seal_number"])


def downgrade() -> None:
    op.drop_table("seal_leaf")
    op.drop_table("seal")
