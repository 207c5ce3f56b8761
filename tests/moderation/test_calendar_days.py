"""Working days as data: operators add and remove days, deadlines follow."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core import calendar_days
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.calendar_days import CalendarDay, remove_day, set_day, working_calendar
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.values import clock
from tests.factories import actor_of, user

FRIDAY = datetime(2026, 10, 16, 3, 0, tzinfo=UTC)


def test_a_day_off_moves_the_deadline(ctx: Flask) -> None:
    before = clock.due_at(FRIDAY, 2, working_calendar())
    set_day(date(2026, 10, 19), False, "Bão số 12", SYSTEM)
    after = clock.due_at(FRIDAY, 2, working_calendar())
    assert (clock.local(before).date(), clock.local(after).date()) == (date(2026, 10, 20), date(2026, 10, 21))


def test_a_made_up_saturday_brings_the_deadline_nearer(ctx: Flask) -> None:
    set_day(date(2026, 10, 17), True, "Làm bù", SYSTEM)
    assert clock.local(clock.due_at(FRIDAY, 2, working_calendar())).date() == date(2026, 10, 19)


def test_a_removed_day_is_as_published_and_history_remembers(ctx: Flask) -> None:
    row = set_day(date(2026, 10, 19), False, "Bão số 12", SYSTEM)
    remove_day(row, SYSTEM)
    assert working_calendar() == clock.PUBLIC
    actions = list(db.session.scalars(select(Event.action).order_by(Event.id)))
    assert actions == ["calendar_day.set", "calendar_day.remove"]


@pytest.mark.parametrize(
    ("day", "working", "note", "field"),
    [
        (date(2026, 10, 19), True, "Thứ hai", "day"),
        (date(2026, 10, 18), False, "Chủ nhật", "day"),
        (date(2027, 2, 8), False, "Tết đã có trong lịch", "day"),
        (date(2026, 10, 19), False, "  ", "note"),
    ],
)
def test_a_day_that_changes_nothing_or_lacks_a_reason_is_refused(
    ctx: Flask, day: date, working: bool, note: str, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        set_day(day, working, note, SYSTEM)
    assert caught.value.field == field


def test_the_same_day_twice_is_refused(ctx: Flask) -> None:
    set_day(date(2026, 10, 19), False, "Bão", SYSTEM)
    with pytest.raises(Invalid):
        set_day(date(2026, 10, 19), False, "Bão", SYSTEM)


def test_only_staff_change_the_calendar(ctx: Flask) -> None:
    person = user()
    for actor in (Actor(), actor_of(person)):
        with pytest.raises(NotAllowed):
            set_day(date(2026, 10, 19), False, "Bão", actor)
    assert not calendar_days.listed()
    assert set_day(date(2026, 10, 19), False, "Bão", actor_of(user(staff=("moderator",))))
    assert [row.day for row in calendar_days.listed()] == [date(2026, 10, 19)]
    assert isinstance(calendar_days.listed()[0], CalendarDay)


def test_across_tet_a_submission_is_due_after_the_holiday(ctx: Flask) -> None:
    """Lunar new year 2027 is 6 February; a submission just before the holiday is due on the days after it."""
    submitted = datetime(2027, 2, 3, 3, 0, tzinfo=UTC)  # Wednesday
    due = clock.local(clock.due_at(submitted, 2, working_calendar())).date()
    days = [day for day, _name in clock.holidays_of(2027) if day.month == 2]
    assert due > max(days)
    count = clock.working_days_between(clock.local(submitted).date(), due, working_calendar())
    assert count == 2
