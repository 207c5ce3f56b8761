"""The world of the table of object access, and what forms need besides: a draft organisation, a held case, an admin."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import event, text

from marketplace import clock
from marketplace.extensions import db
from marketplace.listings.jobs import token_for
from marketplace.moderation import actions as moderation
from marketplace.moderation.subjects import load
from marketplace.organisations.actions.members import digest
from marketplace.organisations.models import Invitation
from tests import factories
from tests.listings import samples
from tests.test_object_access import World

#: Hashing is slow on purpose; one hash serves every world.
_hash: list[str] = []


class Workshop(World):
    """One of everything, and somebody who may work on it."""

    def __init__(self) -> None:
        super().__init__()
        self.founder = factories.user("Hồ Thị Lan", email="lan.ho@example.vn", password=_password())
        self.young_org = factories.organisation("Công ty Non Trẻ", state="draft")
        factories.member(self.founder, self.young_org)
        self.admin = factories.user("Mai Văn Quản", email="quan.mai@example.vn", staff=("admin", "moderator"))
        self.held = samples.submitted(self.buyer_user, self.org, title="Vụ việc đang được xem xét")
        moderation.claim(load("listing", self.held.id), self.moderator)
        self.invited_here = Invitation(
            organisation_id=self.org.id, email=self.founder.email, roles=["editor"], token_digest=digest("my-invitation"),
            invited_by_id=self.buyer_user.id, created_at=clock.now(), expires_at=self.invitation.expires_at,
        )
        db.session.add(self.invited_here)
        db.session.commit()
        self.token = token_for(self.buyer_user.id, [self.listing.id])

    def worker(self, app: Flask, name: str) -> FlaskClient:
        """A client for one of the people of the table, or for founder, admin or visitor."""
        if name == "founder":
            return factories.client(app, self.founder, self.young_org)
        if name == "admin":
            return factories.client(app, self.admin)
        made: Any = self.client(app, "anonymous" if name == "visitor" else name)
        return made


def _password() -> str:
    if not _hash:
        _hash.append(hash_password(factories.PASSWORD))
    return _hash[0]


class Snapshot:
    """Every row of the database as it is now, to return to: much faster than building a world again."""

    def __init__(self) -> None:
        db.session.rollback()
        with db.engine.connect() as connection:
            self.rows = {
                table: [dict(row) for row in connection.execute(table.select()).mappings()]
                for table in db.metadata.sorted_tables
            }

        self.touched = True
        self.forms: dict[Any, Any] = {}  # what was read from a page stays true: the world is always the same
        event.listen(db.engine, "before_cursor_execute", self._watch)

    def _watch(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        self.touched = self.touched or statement.startswith(("INSERT", "UPDATE", "DELETE"))

    def close(self) -> None:
        """Stop watching for writes."""
        event.remove(db.engine, "before_cursor_execute", self._watch)

    def restore(self) -> None:
        """Put every row back when something was written. Sequences go on, so that no number is given twice."""
        db.session.rollback()
        if not self.touched:
            return
        postgres = db.engine.dialect.name == "postgresql"
        with db.engine.begin() as connection:
            if postgres:
                connection.execute(text("TRUNCATE " + ", ".join(f'"{table.name}"' for table in self.rows) + " CASCADE"))
                connection.execute(text("SET session_replication_role = replica"))  # rows may point at each other
            else:
                connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
                for table in reversed(self.rows):
                    connection.execute(table.delete())
            for table, rows in self.rows.items():
                if rows:
                    connection.execute(table.insert(), rows)
            if postgres:
                connection.execute(text("SET session_replication_role = DEFAULT"))
        self.touched = False
