"""Working days as data: what operators add to weekends and public holidays, and the calendar that results.

Deadlines everywhere are computed with `working_calendar()`; the operators' page for the rows is in `moderation`.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from flask import current_app
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.access import Actor
from marketplace.core.columns import Big, Key, Moment, NfcString
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.events import record
from marketplace.core.extensions import Base, after_commit, db
from marketplace.core.permissions import KEEP_CALENDAR
from marketplace.core.short_cache import forget, kept
from marketplace.core.subjects import Subject
from marketplace.values import clock
from marketplace.values.clock import WorkCalendar
from marketplace.values.text import N_

_CALENDAR = "working_calendar"  # its name in the cache


class CalendarDay(Base):
    """One day on which offices are closed (`working` false) or open although the published calendar says otherwise."""

    __tablename__ = "calendar_day"
    subject_kind = "calendar_day"

    id: Mapped[Key]
    day: Mapped[date] = mapped_column(unique=True)
    working: Mapped[bool]
    note: Mapped[str] = mapped_column(NfcString(300), default="")
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))


SUBJECT = Subject(
    CalendarDay.subject_kind, CalendarDay, N_("Day of the calendar"), lambda row, _language: clock.format_date(row.day),
    icon="calendar-event",
)


def working_calendar() -> WorkCalendar:
    """Return the calendar in force, as of at most a minute ago."""
    return kept(_CALENDAR, calendar_in_force, forgotten=True)


def review_days(_kind: str) -> int:
    """Return within how many working days a submission of a kind is decided: the same for every kind."""
    days: int = current_app.extensions["settings"].moderation_days
    return days


def review_due(kind: str, submitted_at: datetime, calendar: WorkCalendar | None = None) -> datetime:
    """Return until when a submission of a kind is to be decided, by the calendar in force or a given one."""
    return clock.due_at(submitted_at, review_days(kind), calendar or working_calendar())


def calendar_in_force() -> WorkCalendar:
    """Return published holidays and what operators changed, also in this transaction. One statement."""
    rows = db.session.execute(select(CalendarDay.day, CalendarDay.working)).all()
    return WorkCalendar(
        off=frozenset(row.day for row in rows if not row.working), work=frozenset(row.day for row in rows if row.working)
    )


def listed() -> list[CalendarDay]:
    """Return every changed day, latest first."""
    return list(db.session.scalars(select(CalendarDay).order_by(CalendarDay.day.desc())))


def set_day(day: date, working: bool, note: str, actor: Actor) -> CalendarDay:
    """Declare a day as working or off. Raises NotAllowed for others than staff, Invalid when it changes nothing."""
    _staff(actor)
    if not note.strip():
        raise Invalid("note", N_("Say which decision or event makes this day different."))
    if db.session.scalar(select(CalendarDay.id).where(CalendarDay.day == day)) is not None:
        raise Invalid("day", N_("This day is in the list already; remove it first."))
    if clock.PUBLIC.is_working(day) == working:
        raise Invalid("day", N_("The published calendar says the same of this day."))
    row = CalendarDay(day=day, working=working, note=note, created_by_id=actor.user_id)
    db.session.add(row)
    db.session.flush()
    _forget()
    record(row, "calendar_day.set", actor, reason=note, data={"day": day.isoformat(), "working": working})
    return row


def remove_day(row: CalendarDay, actor: Actor) -> None:
    """Give a day back to the published calendar; the history keeps what it was."""
    _staff(actor)
    record(row, "calendar_day.remove", actor, data={"day": row.day.isoformat(), "working": row.working})
    db.session.delete(row)
    db.session.flush()
    _forget()


def _staff(actor: Actor) -> None:
    if not (actor.may(KEEP_CALENDAR) or actor.is_system):
        raise NotAllowed


def _forget() -> None:
    forget(_CALENDAR)
    after_commit(partial(forget, _CALENDAR))
