"""Imports in parts: what a run has staged, and runs that were cancelled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE = "state IN ('previewed', 'running', 'done', 'failed')"
AFTER = "state IN ('previewed', 'running', 'done', 'cancelled', 'failed')"


def _states(condition: str) -> None:
    with op.batch_alter_table("import_run") as batch:
        batch.drop_constraint(op.f("ck_import_run_state_known"), type_="check")
        batch.create_check_constraint(op.f("ck_import_run_state_known"), condition)


def upgrade() -> None:
    _states(AFTER)
    op.create_table(
        "import_staged",
        sa.Column("run_id", _BIG, nullable=False),
        sa.Column("thing_id", _BIG, nullable=False),
        sa.Column("revision_id", _BIG, nullable=False),
        sa.Column("thing_state", sa.String(length=20), nullable=False),
        sa.Column("revision_state", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_import_staged_run_id")),
        sa.PrimaryKeyConstraint("run_id", "thing_id", name=op.f("pk_import_staged")),
    )


def downgrade() -> None:
    op.drop_table("import_staged")
    op.execute("UPDATE import_run SET state = 'failed' WHERE state = 'cancelled'")
    _states(BEFORE)
