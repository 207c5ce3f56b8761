"""The whole database remembered, to return to after a test that writes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, text

from marketplace.core.extensions import db


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
