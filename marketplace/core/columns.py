"""Column types and small mixins shared by all tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    Dialect,
    Index,
    Integer,
    String,
    Text,
    TypeDecorator,
    literal_column,
    text,
)
from sqlalchemy.orm import mapped_column

from marketplace.values.text import nfc


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; aware in Python on every database. Refuses naive values instead of guessing."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into UTC; SQLite stores it without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class NfcText(TypeDecorator[str]):
    """Text that is NFC in the database whatever came in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Normalise on the way in."""
        return None if value is None else nfc(value)


class NfcString(TypeDecorator[str]):
    """A bounded NFC string."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Normalise on the way in."""
        return None if value is None else nfc(value)


Big = BigInteger().with_variant(Integer, "sqlite")
Key = Annotated[int, mapped_column(Big, primary_key=True)]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
Money = Annotated[int, mapped_column(BigInteger)]  # whole đồng
Code = Annotated[str, mapped_column(String(40))]
Line = Annotated[str, mapped_column(NfcString(300))]
Prose = Annotated[str, mapped_column(NfcText)]
Codes = Annotated[list[str], mapped_column(JSON)]  # codes of one vocabulary
Rows = Annotated[list[dict[str, Any]], mapped_column(JSON)]  # small structured rows (IP rights, owners, figures ...)
Box = Annotated[dict[str, Any], mapped_column(JSON)]


def listed(codes: Iterable[str]) -> str:
    """Return codes as the list of an SQL `IN`, written out."""
    return ", ".join("'" + code.replace("'", "''") + "'" for code in codes)


def in_states(model: Any, states: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a row is in one of `states`, written out so that `index_of_states` serves."""
    condition: ColumnElement[bool] = model.state.in_([literal_column(listed([state])) for state in states])
    return condition


def index_of_states(name: str, states: Iterable[str], *columns: str) -> Index:
    """Return the partial index of the rows in `states`; queries reach it by `in_states`."""
    here = text(f"state IN ({listed(states)})")
    return Index(name, *columns, sqlite_where=here, postgresql_where=here)


def one_of(column: str, codes: tuple[str, ...] | list[str], name: str | None = None) -> CheckConstraint:
    """Return a CHECK that `column` holds one of `codes` (or the empty string when it is among them)."""
    return CheckConstraint(f"{column} IN ({listed(codes)})", name=name or f"{column}_known")
