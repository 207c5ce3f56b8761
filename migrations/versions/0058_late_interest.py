"""Interest for late payment between the sides: a due that the payee claims and the payer agrees to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import Big

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None
_BEFORE = "'planned', 'due', 'part', 'claimed', 'contested', 'confirmed', 'waived', 'cancelled'"
_AFTER = "'planned', 'asked', 'due', 'part', 'claimed', 'contested', 'confirmed', 'waived', 'cancelled'"


def _states(listed: str) -> None:
    with op.batch_alter_table("due") as batch:
        batch.drop_constraint(op.f("ck_due_state_known"), type_="check")
        batch.create_check_constraint(op.f("ck_due_state_known"), f"state IN ({listed})")


def upgrade() -> None:
    with op.batch_alter_table("due") as batch:
        for name in ("asked_by_id", "agreed_by_id"):
            batch.add_column(sa.Column(name, Big, nullable=True))
            batch.create_foreign_key(op.f(f"fk_due_{name}"), "user_account", [name], ["id"])
    _states(_AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM due WHERE of_kind = 'late_interest' AND state IN ('asked', 'cancelled')")
    _states(_BEFORE)
    with op.batch_alter_table("due") as batch:
        for name in ("agreed_by_id", "asked_by_id"):
            batch.drop_constraint(op.f(f"fk_due_{name}"), type_="foreignkey")
            batch.drop_column(name)
