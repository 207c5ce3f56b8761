"""Topics of technologies and needs; what is there already gets those that its words propose."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from marketplace.vocabulary.topic_proposal import propose

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

SUMMARY = {"listing_revision": "public_summary", "need_revision": "summary"}
FIELD = {"listing_revision": "field_code", "need_revision": "field_codes"}
MORE = {"listing_revision": ("problem_solved", "applications"), "need_revision": ("context", "target_result")}
PART = 500  # rows read and written at a time


def upgrade() -> None:
    for name in SUMMARY:
        with op.batch_alter_table(name) as batch:
            batch.add_column(sa.Column("topic_codes", sa.JSON(), nullable=False, server_default="[]"))
        with op.batch_alter_table(name) as batch:
            batch.alter_column("topic_codes", server_default=None)
        if not op.get_context().as_sql:
            _fill(name)


def _fill(name: str) -> None:
    """Propose topics for every version that has words, in the order of ids."""
    table = sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())
    texts = ("title", "title_en", SUMMARY[name], "summary_en", *MORE[name])
    wanted = [table.c.id, *(table.c[one] for one in (*texts, "tags", FIELD[name], "hanoi_priority_field"))]
    here, last = op.get_bind(), 0
    change = sa.update(table).where(table.c.id == sa.bindparam("row_id")).values(topic_codes=sa.bindparam("codes"))
    while rows := here.execute(sa.select(*wanted).where(table.c.id > last).order_by(table.c.id).limit(PART)).mappings().all():
        found = [{"row_id": row["id"], "codes": codes} for row in rows if (codes := _proposed(name, texts, row))]
        if found:
            here.execute(change, found)
        last = rows[-1]["id"]


def _proposed(name: str, texts: tuple[str, ...], row: Any) -> list[str]:
    fields = row[FIELD[name]]
    tags = row["tags"]
    first = fields if isinstance(fields, str) else next(iter(fields or ()), "")
    text = "\n".join(str(row[one] or "") for one in texts[2:])
    return propose(f"{row['title']}\n{row['title_en']}", text, tags or (), science_field=first,
                   priority=row["hanoi_priority_field"])


def downgrade() -> None:
    for name in SUMMARY:
        with op.batch_alter_table(name) as batch:
            batch.drop_column("topic_codes")
