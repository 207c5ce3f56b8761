"""UTC in store, Vietnam on the page, working days by the Vietnamese calendar."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from marketplace.values import clock
from marketplace.values.clock import PUBLIC, DateError, Due, Week, WorkCalendar

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def d(text: str) -> date:
    return date.fromisoformat(text)


def test_now_is_aware_and_can_be_moved():
    with time_machine.travel(datetime(2026, 11, 22, 18, 30, tzinfo=UTC), tick=False):
        assert clock.now() == datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
        assert clock.now().tzinfo is UTC
        assert clock.today() == date(2026, 11, 23)


def test_a_day_in_vietnam_begins_at_17_utc_the_day_before():
    assert clock.start_of_day(d("2026-11-23")) == datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    assert clock.end_of_day(d("2026-11-23")) == datetime(2026, 11, 23, 16, 59, 59, tzinfo=UTC)
    assert clock.from_local(d("2026-11-23"), time(8, 30)) == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert clock.format_datetime(datetime(2026, 11, 22, 17, 5, tzinfo=UTC)) == "23/11/2026 00:05"
    assert clock.format_date(datetime(2026, 11, 22, 17, 5, tzinfo=UTC)) == "23/11/2026"


def test_a_moment_without_zone_is_an_error_not_a_guess():
    with pytest.raises(ValueError, match="zone"):
        clock.local(datetime(2026, 1, 1))


@pytest.mark.parametrize(("text", "day"), [
    ("31/12/2026", "2026-12-31"), ("1/2/2026", "2026-02-01"), (" 01/02/2026 ", "2026-02-01"),
    ("29/02/2028", "2028-02-29"), ("2026-12-31", "2026-12-31"), ("24-06-2024", "2024-06-24"), ("24.06.2024", "2024-06-24"),
    ("1.2.2026", "2026-02-01"), ("31/12/2026 17:00", "2026-12-31"), ("2026-12-31T17:00", "2026-12-31"),
])
def test_a_date_is_read_day_first(text, day):
    assert clock.parse_date(text) == d(day)


@pytest.mark.parametrize(("text", "message"), [
    ("31/02/2026", "no such day"), ("29/02/2026", "no such day"), ("00/01/2026", "no such day"),
    ("12/31/2026", "no such day"), ("2026-13-01", "no such day"),
    ("1/1/26", "dd/mm/yyyy"), ("", "dd/mm/yyyy"), ("tomorrow", "dd/mm/yyyy"),
    ("٣/١/٢٠٢٦", "dd/mm/yyyy"), ("31/12/2026 25:00", "dd/mm/yyyy"), ("31.12-2026 noon", "dd/mm/yyyy"),
    ("1/1/0001", "between"), ("1/1/9999", "between"),
])
def test_a_wrong_date_says_what_is_wrong(text, message):
    with pytest.raises(DateError, match=message):
        clock.parse_date(text)


@given(DAYS)
def test_a_date_shown_can_be_typed_back(day):
    assert clock.parse_date(clock.format_date(day)) == clock.parse_date(day.isoformat()) == day


@pytest.mark.parametrize(("day", "works"), [
    ("2026-01-01", False),  # New Year, Thursday
    ("2026-02-13", True),  # the last Friday before Tết
    ("2026-02-17", False), ("2026-02-18", False), ("2026-02-19", False),  # Tết 2026: first to third day
    ("2026-02-23", True),  # the Monday after
    ("2027-02-08", False),  # Tết 2027: the third day, a Monday
    ("2026-04-26", False), ("2026-04-27", False),  # the Kings' day falls on Sunday: Monday is off instead
    ("2026-04-30", False), ("2026-05-01", False), ("2026-05-02", False), ("2026-05-04", True),
    ("2027-05-01", False), ("2027-05-03", False),  # 1 May on Saturday: Monday instead
    ("2026-08-22", True), ("2026-08-31", False),  # a Saturday worked for a bridge day
    ("2026-09-01", False), ("2026-09-02", False), ("2026-09-03", True),
    ("2025-04-26", True), ("2025-05-02", False),  # the same exchange in 2025
    ("2026-11-21", False), ("2026-11-22", False), ("2026-11-23", True),  # weekend, Monday
])
def test_the_published_calendar(day, works):
    assert PUBLIC.is_working(d(day)) is works


def test_an_operator_adds_and_removes_days():
    storm, saturday = d("2026-11-23"), d("2026-11-28")
    changed = WorkCalendar(off=frozenset({storm}), work=frozenset({saturday, d("2026-09-02")}))
    assert not changed.is_working(storm)
    assert changed.is_working(saturday)
    assert changed.is_working(d("2026-09-02"))
    assert clock.add_working_days(d("2026-11-20"), 1, changed) == PUBLIC_NEXT_AFTER_STORM


PUBLIC_NEXT_AFTER_STORM = d("2026-11-25")  # 23 storm, 24 Culture day (a public holiday since 2026)


@pytest.mark.parametrize(("start", "count", "end"), [
    ("2026-11-18", 2, "2026-11-20"),  # Wednesday to Friday
    ("2026-11-19", 2, "2026-11-23"),  # over a weekend
    ("2026-11-22", 1, "2026-11-23"),  # from a Sunday
    ("2026-11-22", 0, "2026-11-23"), ("2026-11-23", 0, "2026-11-23"),
    ("2026-04-29", 1, "2026-05-04"),  # over 30 April, 1 May and a weekend
    ("2026-04-24", 1, "2026-04-28"),  # over the Kings' day made up on Monday
    ("2026-08-28", 1, "2026-09-03"),  # over bridge day and National Day
    ("2026-02-13", 1, "2026-02-23"),  # over Tết
    ("2026-08-21", 1, "2026-08-22"),  # onto a Saturday worked
    ("2026-11-23", -1, "2026-11-20"), ("2026-05-04", -2, "2026-04-28"),
])
def test_working_days_are_added(start, count, end):
    assert clock.add_working_days(d(start), count, clock.PUBLIC) == d(end)


@given(DAYS, st.integers(0, 40))
def test_adding_and_counting_agree(start, count):
    end = clock.add_working_days(start, count, clock.PUBLIC)
    assert PUBLIC.is_working(end)
    if count:
        assert clock.working_days_between(start, end, clock.PUBLIC) == count
        assert clock.working_days_between(end, start, clock.PUBLIC) == -count


@given(DAYS, DAYS, DAYS)
def test_counting_is_additive(a, b, c):
    a, b, c = sorted((a, b, c))
    def between(first, last):
        return clock.working_days_between(first, last, clock.PUBLIC)

    assert between(a, b) + between(b, c) == between(a, c)
    assert between(a, a) == 0


def test_a_deadline_is_the_end_of_its_day_in_vietnam():
    submitted = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)  # already Thursday 19 in Vietnam
    due = clock.due_at(submitted, 2, clock.PUBLIC)
    assert clock.format_datetime(due) == "23/11/2026 23:59"


@pytest.mark.parametrize(("at", "due"), [
    ("2026-11-19T03:00", Due("ahead", 2)),
    ("2026-11-20T03:00", Due("ahead", 1)),
    ("2026-11-21T03:00", Due("ahead", 1)),  # Saturday: one working day left
    ("2026-11-23T03:00", Due("today", 0)),
    ("2026-11-23T16:59", Due("today", 0)),
    ("2026-11-23T17:00", Due("overdue", 1)),  # midnight in Vietnam; the 24th is a holiday, yet it is late
    ("2026-11-25T03:00", Due("overdue", 1)),
    ("2026-11-27T03:00", Due("overdue", 3)),
])
def test_how_a_deadline_stands(at, due):
    deadline = clock.end_of_day(d("2026-11-23"))
    assert clock.due_text(deadline, datetime.fromisoformat(at).replace(tzinfo=UTC), calendar=clock.PUBLIC) == due


def test_a_deadline_that_passed_earlier_today_is_overdue():
    deadline = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    assert clock.due_text(deadline, deadline + timedelta(hours=1), calendar=clock.PUBLIC) == Due("overdue", 1)


@pytest.mark.parametrize(("day", "week"), [
    ("2026-11-22", Week(2026, 47)), ("2026-11-23", Week(2026, 48)), ("2027-01-03", Week(2026, 53)),
    ("2024-12-30", Week(2025, 1)),
])
def test_weeks_run_from_monday_to_sunday(day, week):
    assert clock.week_of(d(day)) == week
    assert week.monday <= d(day) <= week.sunday
    assert (week.monday.weekday(), week.sunday.weekday()) == (0, 6)
    begin, end = week.bounds
    assert end - begin == timedelta(days=7)
    assert clock.local(begin).date() == week.monday


def test_holidays_have_names_in_both_languages():
    vi, en = dict(clock.holidays_of(2026)), dict(clock.holidays_of(2026, "en"))
    assert vi[d("2026-09-02")] == "Quốc khánh"
    assert en[d("2026-09-02")] != vi[d("2026-09-02")]
    assert set(vi) == set(en)
    assert clock.holidays_of(2500) == []


@pytest.mark.parametrize(("moment", "expected"), [
    ("2026-11-22T18:59:59", "2026-11-22T19:00:00"),  # 2:00 at night in Hanoi
    ("2026-11-22T19:00:00", "2026-11-23T19:00:00"),  # never the moment itself: a job would run again at once
    ("2026-12-31T20:00:00", "2027-01-01T19:00:00"),
])
def test_a_daily_moment_is_the_next_one_in_vietnam(moment: str, expected: str) -> None:
    after = clock.daily(time(2))
    assert after(datetime.fromisoformat(moment).replace(tzinfo=UTC)) == datetime.fromisoformat(expected).replace(tzinfo=UTC)
