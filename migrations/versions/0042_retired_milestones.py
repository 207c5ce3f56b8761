"""Milestones that new terms leave out are retired, not deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import UtcDateTime

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

NAME = "ck_milestone_retired_has_no_place"


def upgrade() -> None:
    with op.batch_alter_table("milestone") as batch:
        batch.add_column(sa.Column("retired_at", UtcDateTime(), nullable=True))
        batch.create_check_constraint(op.f(NAME), "(retired_at IS NULL) = (position > 0)")


def downgrade() -> None:
    op.execute("DELETE FROM milestone WHERE retired_at IS NOT NULL")
    with op.batch_alter_table("milestone") as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.drop_column("retired_at")
