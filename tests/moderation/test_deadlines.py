"""Due dates: two working days by the calendar of the day, moved when operators change it, across Tết by table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from marketplace.core.calendar_days import set_day, working_calendar
from marketplace.core.extensions import db
from marketplace.moderation import deadlines
from marketplace.moderation.figures import figures, percentile, working_hours
from marketplace.moderation.submission import load
from marketplace.values import clock
from marketplace.values.clock import WorkCalendar
from tests import factories
from tests.moderation.conftest import Web
from tests.moderation.factories import KINDS, Desk

TET = [  # submitted (Vietnam), due day with two working days; Tết 2027 is off from Thursday 4 to Wednesday 10 February
    ("2027-01-29 09:00", "2027-02-02"),  # Friday → Tuesday
    ("2027-02-02 09:00", "2027-02-11"),  # Tuesday → Wednesday 3, Thursday 11
    ("2027-02-03 16:59", "2027-02-12"),
    ("2027-02-04 10:00", "2027-02-12"),  # on the holiday itself
    ("2027-02-10 23:30", "2027-02-12"),
    ("2027-02-11 08:00", "2027-02-15"),  # Thursday → Friday, Monday
]


@pytest.mark.parametrize(("submitted", "due"), TET)
def test_across_tet(desk: Desk, submitted: str, due: str) -> None:
    moment = datetime.fromisoformat(submitted).replace(tzinfo=clock.ZONE)
    with time_machine.travel(moment, tick=False):
        subject = desk.submit("need")
        assert clock.local(subject.due_at).date() == date.fromisoformat(due)
        words = clock.due_text(subject.due_at, calendar=working_calendar())
        assert (words.kind, words.count) == ("ahead", 2)


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_calendar_moves_open_deadlines_and_cases(desk: Desk, kind: str) -> None:
    with time_machine.travel(datetime(2026, 10, 15, 3, 0, tzinfo=UTC), tick=False):  # Thursday
        subject = desk.submit(kind)
        case = desk.claim(subject)
        lock = subject.revision.lock
        assert clock.local(subject.due_at).date() == date(2026, 10, 19)
        set_day(date(2026, 10, 16), False, "Bão số 12", desk.moderator)
        assert deadlines.recompute() == 1
        db.session.commit()
        db.session.expire_all()
        again = load(kind, subject.id)
        assert clock.local(again.due_at).date() == date(2026, 10, 20)
        assert again.revision.lock == lock
        assert case.due_at == again.due_at
        assert deadlines.recompute() == 0


def test_decided_submissions_keep_their_deadline(desk: Desk) -> None:
    with time_machine.travel(datetime(2026, 10, 15, 3, 0, tzinfo=UTC), tick=False):
        subject = desk.published("listing")
        due = subject.due_at
        set_day(date(2026, 10, 16), False, "Bão", desk.moderator)
        assert deadlines.recompute() == 0
        assert subject.due_at == due


def test_the_calendar_page_adds_and_removes(web: Web) -> None:
    client = web.client("moderator")
    day = clock.add_working_days(clock.today(), 40, clock.PUBLIC)
    answer = client.post("/moderation/calendar", data={"day": clock.format_date(day), "working": "off", "note": "Bão số 9"})
    assert answer.status_code == 302
    page = client.get("/moderation/calendar").get_data(as_text=True)
    assert "Bão số 9" in page and clock.format_date(day) in page
    row = page.split("/moderation/calendar/")[1].split("/")[0]
    assert client.post(f"/moderation/calendar/{row}/remove").status_code == 302
    assert client.post(f"/moderation/calendar/{row}/remove").status_code == 404
    assert "Bão số 9" not in client.get("/moderation/calendar").get_data(as_text=True)


@pytest.mark.parametrize(
    "form",
    [{}, {"day": "31/02/2026", "working": "off", "note": "x"}, {"day": "x", "working": "off", "note": "x"},
     {"day": "19/10/2026", "working": "maybe", "note": "x"}, {"day": "19/10/2026", "working": "off", "note": ""},
     {"day": "19/10/2026", "working": "off", "note": "x" * 400}, {"day": "17/10/2026", "working": "off", "note": "x"},
     {"day": "01/01/0001", "working": "off", "note": "x"}],
)
def test_a_bad_day_is_refused(web: Web, form: dict[str, str]) -> None:
    assert web.client("moderator").post("/moderation/calendar", data=form).status_code == 422


HOURS = [
    ("2026-10-15 09:00", "2026-10-15 11:00", 2.0),
    ("2026-10-15 11:00", "2026-10-15 14:00", 2.0),  # the lunch hour does not count
    ("2026-10-15 16:00", "2026-10-16 09:00", 2.0),
    ("2026-10-16 16:00", "2026-10-19 09:00", 2.0),  # a weekend between
    ("2026-10-17 09:00", "2026-10-18 09:00", 0.0),
    ("2026-10-15 05:00", "2026-10-15 23:00", 8.0),
    ("2027-02-03 13:00", "2027-02-11 12:00", 8.0),  # Tết between
    ("2026-10-15 09:00", "2026-10-15 08:00", 0.0),
]


@pytest.mark.parametrize(("start", "end", "hours"), HOURS)
def test_working_hours(start: str, end: str, hours: float) -> None:
    begin, finish = (datetime.fromisoformat(text).replace(tzinfo=clock.ZONE) for text in (start, end))
    assert working_hours(begin, finish, WorkCalendar()) == pytest.approx(hours)


def test_percentiles() -> None:
    assert percentile([], 0.5) is None
    assert percentile([3.0], 0.9) == 3.0
    assert percentile([float(n) for n in range(1, 11)], 0.5) == 5.0
    assert percentile([float(n) for n in range(1, 11)], 0.9) == 9.0


def test_figures_of_week_and_month(ctx: Flask, desk: Desk) -> None:
    with time_machine.travel(datetime(2026, 10, 13, 2, 0, tzinfo=UTC), tick=False) as traveller:  # Tuesday 9:00
        for hours, action in ((2, "approve"), (7, "reject"), (54, "approve")):
            subject = desk.submit("need", title=f"Nhu cầu công nghệ số {hours}")
            desk.claim(subject)
            traveller.shift(timedelta(hours=hours))
            desk.decide(subject, action)
            traveller.shift(timedelta(hours=-hours))
        found = figures(date(2026, 10, 15))
    assert (found.week.decided, found.week.on_time, found.month.decided) == (3, 3, 3)
    assert found.week.median_hours == pytest.approx(6.0)
    assert found.weeks[-1].counts == {"approve": 2, "request_changes": 0, "reject": 1}
    assert sum(week.total for week in found.weeks) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_what_people_submit_is_due_by_the_operators_calendar(web: Web, kind: str) -> None:
    desk = web.desk
    with time_machine.travel(datetime(2026, 10, 15, 3, 0, tzinfo=UTC), tick=False):  # Thursday
        set_day(date(2026, 10, 16), False, "Bão số 12", desk.moderator)
        subject = desk.submit(kind)
        desk.claim(subject)
        desk.decide(subject, "request_changes")
        address = f"/my/{kind}s/{subject.code}/submit" if kind != "organisation" else "/my/organisation/submit"
        org = subject.thing if kind == "organisation" else desk.org
        client = factories.client(web.app, desk.supplier_user, org, "en")
        lock = {"lock": str(subject.revision.lock)}
        assert client.post(address, data=lock).status_code == 302
        db.session.expire_all()
        again = load(kind, subject.id)
        assert again.waiting
        assert clock.local(again.due_at).date() == date(2026, 10, 20)
