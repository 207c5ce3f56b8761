"""A line of a statement may show a payout that is booked already, or a charge of the bank."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import Big

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None
_STATES = "'open', 'unidentified', 'booked', 'split', 'credited', 'returned', 'ignored'"
_MATCHES = "'exact', 'under', 'over', 'late', 'name', 'refund', 'known', 'unknown'"
_AFTER = ("'open', 'unidentified', 'booked', 'split', 'credited', 'returned', 'charged', 'ignored'",
          "'exact', 'under', 'over', 'late', 'name', 'refund', 'known', 'payout', 'unknown'")
_SHOWN = sa.text("entry_id IS NOT NULL")


def _checks(states: str, matches: str) -> None:
    with op.batch_alter_table("statement_line") as batch:
        for name, condition in (("state", f"state IN ({states})"), ("match", f"match IN ({matches})")):
            batch.drop_constraint(op.f(f"ck_statement_line_{name}_known"), type_="check")
            batch.create_check_constraint(op.f(f"ck_statement_line_{name}_known"), condition)


def upgrade() -> None:
    _checks(*_AFTER)
    with op.batch_alter_table("statement_line") as batch:
        batch.add_column(sa.Column("entry_id", Big, nullable=True))
        batch.create_foreign_key(op.f("fk_statement_line_entry_id"), "journal_entry", ["entry_id"], ["id"])
    op.create_index("uq_statement_line_entry", "statement_line", ["entry_id"], unique=True, sqlite_where=_SHOWN,
                    postgresql_where=_SHOWN)


def downgrade() -> None:
    op.drop_index("uq_statement_line_entry", "statement_line")
    with op.batch_alter_table("statement_line") as batch:
        batch.drop_constraint(op.f("fk_statement_line_entry_id"), type_="foreignkey")
        batch.drop_column("entry_id")
    op.execute("UPDATE statement_line SET match = 'unknown' WHERE match = 'payout'")
    op.execute("UPDATE statement_line SET state = 'booked' WHERE state = 'charged'")
    _checks(_STATES, _MATCHES)
