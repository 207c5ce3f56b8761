"""Running numbers for things people quote: CN-2026-000123."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.extensions import Base, db, insert_into
from marketplace.values import clock


class Counter(Base):
    """The last number given per prefix and year; its row is the lock."""

    __tablename__ = "counter"

    prefix: Mapped[str] = mapped_column(String(10), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]


def next_code(prefix: str) -> str:
    """Return the next code of `prefix` in the current Vietnamese year, e.g. `CN-2026-000123`."""
    return next_codes(prefix, 1)[0]


def hold_counter(prefix: str) -> Counter:
    """Return this year's counter, locked: whoever creates a thing of this prefix waits for this transaction's end."""
    year = clock.local(clock.now()).year
    counter = db.session.get(Counter, (prefix, year), with_for_update=True, populate_existing=True)
    if counter is None:  # the first of the year; whoever else is first waits here and then finds it
        db.session.execute(insert_into(Counter).values(prefix=prefix, year=year, value=0).on_conflict_do_nothing())
        counter = db.session.get_one(Counter, (prefix, year), with_for_update=True, populate_existing=True)
    return counter


def next_codes(prefix: str, count: int) -> list[str]:
    """Return the next `count` codes of `prefix`, in order."""
    counter = hold_counter(prefix)
    first = counter.value + 1
    counter.value += count
    db.session.flush()
    return [f"{prefix}-{counter.year}-{number:06d}" for number in range(first, first + count)]
