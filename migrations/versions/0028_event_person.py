"""What names a person in an event stands in a table of its own, so that `event` is never updated."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import NfcText

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "event_person",
        sa.Column("event_id", BIG, autoincrement=False, nullable=False),
        sa.Column("actor_name", NfcText(), nullable=False),
        sa.Column("reason", NfcText(), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_event_person_event_id"),
        sa.PrimaryKeyConstraint("event_id", name="pk_event_person"),
    )
    op.execute("INSERT INTO event_person (event_id, actor_name, reason, salt) SELECT id, actor_name, reason, salt FROM event")
    with op.batch_alter_table("event") as batch:
        for name in ("actor_name", "reason", "salt"):
            batch.drop_column(name)
    if op.get_bind().dialect.name == "postgresql":
        # PostgreSQL keeps what stood in a dropped column until a row is written anew: names could not be erased.
        op.execute("ALTER TABLE event ALTER COLUMN hash TYPE varchar(64) USING substr(hash, 1)")


def downgrade() -> None:
    with op.batch_alter_table("event") as batch:
        batch.add_column(sa.Column("actor_name", NfcText(), nullable=False, server_default=""))
        batch.add_column(sa.Column("reason", NfcText(), nullable=False, server_default=""))
        batch.add_column(sa.Column("salt", sa.String(32), nullable=False, server_default=""))
    for name in ("actor_name", "reason", "salt"):  # of erased people they stay blank
        op.execute(
            f"UPDATE event SET {name} = (SELECT {name} FROM event_person WHERE event_id = event.id) "
            "WHERE id IN (SELECT event_id FROM event_person)"
        )
    with op.batch_alter_table("event") as batch:
        for name in ("actor_name", "reason", "salt"):
            batch.alter_column(name, server_default=None)
    op.drop_table("event_person")
