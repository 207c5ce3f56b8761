"""Column types and small mixins shared by all tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Integer,
    String,
    Text,
    TypeDecorator,
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


def one_of(column: str, codes: tuple[str, ...] | list[str], name: str | None = None) -> CheckConstraint:
    """Return a CHECK that `column` holds one of `codes` (or the empty string when it is among them)."""
    listed = ", ".join("'" + code.replace("'", "''") + "'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=name or f"{column}_known")
