"""Answers to needs with their versions; what was one text so far becomes the offer of an answer of one version."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from alembic import op

from marketplace.core.columns import Big, UtcDateTime

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

STATES = "state IN ('draft', 'sent', 'shortlisted', 'chosen', 'declined', 'withdrawn', 'discarded')"
CHOSEN = "state IN ('chosen')"
HANOI = timezone(timedelta(hours=7))
LONGEST = 4000


def upgrade() -> None:
    _create_answer()
    op.create_table(
        "answer_version",
        sa.Column("id", Big, nullable=False),
        sa.Column("answer_id", Big, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("need_revision_id", Big, nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("sent_by_id", Big, nullable=True),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_answer_version_answer_id")),
        sa.ForeignKeyConstraint(["need_revision_id"], ["need_revision.id"], name=op.f("fk_answer_version_need_revision_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["user_account.id"], name=op.f("fk_answer_version_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_version")),
        sa.UniqueConstraint("answer_id", "number", name=op.f("uq_answer_version_answer_id_number")),
    )
    if op.get_bind().dialect.name == "sqlite":  # the key stands in the column: so the table need not be written anew
        op.execute("ALTER TABLE lead ADD COLUMN answer_id INTEGER CONSTRAINT fk_lead_answer_id REFERENCES answer (id)")
    else:
        op.add_column("lead", sa.Column("answer_id", Big, nullable=True))
        op.create_foreign_key(op.f("fk_lead_answer_id"), "lead", "answer", ["answer_id"], ["id"])
    op.create_index("ix_lead_answer", "lead", ["answer_id", "id"])
    _take_over()


def _create_answer() -> None:
    op.create_table(
        "answer",
        sa.Column("id", Big, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("need_id", Big, nullable=False),
        sa.Column("org_id", Big, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("lock", sa.Integer(), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("listing_id", Big, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", Big, nullable=True),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("reason_code", sa.String(40), nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_answer_state_known")),
        sa.CheckConstraint("(sent_at IS NULL) = (version = 0)", name=op.f("ck_answer_sent_has_version")),
        sa.ForeignKeyConstraint(["need_id"], ["buyer_request.id"], name=op.f("fk_answer_need_id")),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_answer_org_id")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_answer_listing_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_answer_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("code", name=op.f("uq_answer_code")),
        sa.UniqueConstraint("need_id", "org_id", name=op.f("uq_answer_need_id_org_id")),
    )
    op.create_index("uq_answer_chosen", "answer", ["need_id"], unique=True, sqlite_where=sa.text(CHOSEN),
                    postgresql_where=sa.text(CHOSEN))
    op.create_index("ix_answer_org", "answer", ["org_id", "state", "saved_at"])
    op.create_index("ix_answer_need", "answer", ["need_id", "state", "sent_at"])


def _take_over() -> None:
    """Make an answer of every conversation that a supplier began about a need; of several about one need, of the newest.

    One that is still open counts as newer than one that has ended. Their histories stay with the conversations.
    """
    connection = op.get_bind()
    rows = connection.execute(sa.text(
        "SELECT lead.id, lead.need_id, lead.supplier_org_id, lead.state, lead.listing_id, lead.created_at,"
        " lead.created_by_id, lead.last_activity_at, lead.decline_code, buyer_request.published_revision_id, listing.code"
        " FROM lead JOIN buyer_request ON buyer_request.id = lead.need_id LEFT JOIN listing ON listing.id = lead.listing_id"
        " WHERE lead.initiator_side = 'supplier' AND lead.state <> 'suggested'"
        " ORDER BY CASE WHEN lead.state IN ('contacted', 'negotiating', 'converted') THEN 1 ELSE 0 END, lead.id"
    )).all()
    newest = {(row[1], row[2]): row for row in rows}
    chosen: set[int] = set()
    numbers: dict[int, int] = {}
    for row in sorted(newest.values(), key=lambda one: one[0]):
        begun = _moment(row[5])
        year = begun.astimezone(HANOI).year
        numbers[year] = numbers.get(year, 0) + 1
        state = _state(connection, row)
        if state == "chosen" and row[1] in chosen:
            state = "sent"
        elif state == "chosen":
            chosen.add(row[1])
        _insert(connection, row, f"TL-{year}-{numbers[year]:06d}", state, begun)
    for year, value in numbers.items():
        connection.execute(sa.text("INSERT INTO counter (prefix, year, value) VALUES ('TL', :year, :value)"),
                           {"year": year, "value": value})


def _state(connection: Any, row: Any) -> str:
    if row[3] == "converted":
        return "chosen"
    if row[3] != "declined":
        return "sent"
    last = connection.execute(sa.text(
        "SELECT action FROM event WHERE subject_kind = 'lead' AND subject_id = :id"
        " AND action IN ('lead.decline', 'lead.withdraw') ORDER BY seq DESC LIMIT 1"
    ), {"id": row[0]}).scalar()
    return "withdrawn" if last == "lead.withdraw" else "declined"


def _insert(connection: Any, row: Any, code: str, state: str, begun: datetime) -> None:
    words = connection.execute(sa.text(
        "SELECT text, author_id FROM message WHERE lead_id = :id AND side = 'supplier' ORDER BY id LIMIT 1"
    ), {"id": row[0]}).first()
    data = json.dumps({"schema": 1, "summary": (words[0] if words else "")[:LONGEST], "technology": row[10] or ""})
    by = words[1] if words else row[6]
    values = {"code": code, "need": row[1], "org": row[2], "state": state, "data": data, "listing": row[4], "at": row[5],
              "by": by, "reason": row[8] or "", "revision": row[9]}
    answer = connection.execute(sa.text(
        "INSERT INTO answer (code, need_id, org_id, state, lock, draft, listing_id, version, created_at, created_by_id,"
        " saved_at, sent_at, reason_code) VALUES (:code, :need, :org, :state, 0, :data, :listing, 1, :at, :by, :at, :at,"
        " :reason) RETURNING id"
    ), values).scalar_one()
    connection.execute(sa.text(
        "INSERT INTO answer_version (answer_id, number, need_revision_id, data, sent_at, sent_by_id)"
        " VALUES (:answer, 1, :revision, :data, :at, :by)"
    ), values | {"answer": answer})
    connection.execute(sa.text("UPDATE lead SET answer_id = :answer WHERE id = :id"), {"answer": answer, "id": row[0]})


def _moment(value: Any) -> datetime:
    """Return a moment as read by this database: SQLite gives text without a zone."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def downgrade() -> None:
    op.drop_index("ix_lead_answer", "lead")
    if op.get_bind().dialect.name != "sqlite":  # there it goes with its column
        op.drop_constraint(op.f("fk_lead_answer_id"), "lead", type_="foreignkey")
    with op.batch_alter_table("lead") as batch:
        batch.drop_column("answer_id")
    op.drop_table("answer_version")
    op.drop_table("answer")
    op.execute("DELETE FROM counter WHERE prefix = 'TL'")
