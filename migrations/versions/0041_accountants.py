"""The staff role of accountants."""

from __future__ import annotations

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

BEFORE = "role IN ('moderator', 'deal_officer', 'manager', 'leadership', 'admin', 'auditor')"
AFTER = "role IN ('moderator', 'deal_officer', 'manager', 'accountant', 'leadership', 'admin', 'auditor')"


def _roles(condition: str) -> None:
    with op.batch_alter_table("staff_grant") as batch:
        batch.drop_constraint(op.f("ck_staff_grant_role_known"), type_="check")
        batch.create_check_constraint(op.f("ck_staff_grant_role_known"), condition)


def upgrade() -> None:
    _roles(AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM staff_grant WHERE role = 'accountant'")
    _roles(BEFORE)
