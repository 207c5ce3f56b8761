"""Matching: weights as data, what people say of matches, full passes, fingerprints of texts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core import columns

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("match", sa.Column("confidence", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("match", sa.Column("excluded_by", sa.String(length=20), nullable=False, server_default=""))
    _feedback()
    _weights_and_runs()
    _fingerprints()


def _feedback() -> None:
    op.create_table(
        "match_feedback",
        sa.Column("id", BIG, nullable=False),
        sa.Column("match_id", BIG, nullable=False),
        sa.Column("org_id", BIG, nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("strength", sa.String(length=20), nullable=False),
        sa.Column("factors", sa.JSON(), nullable=False),
        sa.Column("given_by_id", BIG, nullable=True),
        sa.Column("given_at", columns.UtcDateTime(), nullable=False),
        sa.CheckConstraint("verdict IN ('useful', 'not_useful', 'contacted', 'dealt')",
                           name=op.f("ck_match_feedback_verdict_known")),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_match_feedback_match_id")),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_match_feedback_org_id")),
        sa.ForeignKeyConstraint(["given_by_id"], ["user_account.id"], name=op.f("fk_match_feedback_given_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_feedback")),
        sa.UniqueConstraint("match_id", "org_id", "verdict", name=op.f("uq_match_feedback_match_id_org_id_verdict")),
    )
    op.create_index("ix_match_feedback_org", "match_feedback", ["org_id", "verdict"])


def _weights_and_runs() -> None:
    op.create_table(
        "match_weights",
        sa.Column("id", BIG, nullable=False),
        sa.Column("effective_at", columns.UtcDateTime(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("note", columns.NfcText(), nullable=False),
        sa.Column("set_by_id", BIG, nullable=True),
        sa.Column("set_at", columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["set_by_id"], ["user_account.id"], name=op.f("fk_match_weights_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_weights")),
    )
    op.create_index(op.f("ix_match_weights_effective_at"), "match_weights", ["effective_at"])
    op.create_table(
        "match_run",
        sa.Column("id", BIG, nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("started_at", columns.UtcDateTime(), nullable=False),
        sa.Column("finished_at", columns.UtcDateTime(), nullable=True),
        sa.Column("last_listing_id", BIG, nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("pairs", BIG, nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_run")),
    )


def _fingerprints() -> None:
    op.create_table(
        "fingerprint",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("thing_id", BIG, nullable=False),
        sa.Column("revision_id", BIG, nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fingerprint")),
        sa.UniqueConstraint("kind", "thing_id", name=op.f("uq_fingerprint_kind_thing_id")),
    )
    op.create_table(
        "fingerprint_band",
        sa.Column("id", BIG, nullable=False),
        sa.Column("fingerprint_id", BIG, nullable=False),
        sa.Column("band", BIG, nullable=False),
        sa.ForeignKeyConstraint(["fingerprint_id"], ["fingerprint.id"], name=op.f("fk_fingerprint_band_fingerprint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fingerprint_band")),
    )
    op.create_index(op.f("ix_fingerprint_band_fingerprint_id"), "fingerprint_band", ["fingerprint_id"])
    op.create_index("ix_fingerprint_band_hash", "fingerprint_band", ["band", "fingerprint_id"])


def downgrade() -> None:
    for table in ("fingerprint_band", "fingerprint", "match_run", "match_weights", "match_feedback"):
        op.drop_table(table)
    with op.batch_alter_table("match") as table:
        table.drop_column("excluded_by")
        table.drop_column("confidence")
