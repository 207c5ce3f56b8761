"""The clock of a need counts by the working calendar, as every other deadline."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask import Flask

from marketplace.buyer_requests.presenter import deadline_clock
from marketplace.buyer_requests.reader_view import Face
from marketplace.core.access import SYSTEM
from marketplace.core.calendar_days import set_day
from marketplace.values import clock
from tests.buyer_requests.factories import Cast


def test_a_day_off_brings_the_deadline_for_answers_nearer(ctx: Flask) -> None:
    cast = Cast()
    with clock.fixed(datetime(2026, 10, 16, 3, 0, tzinfo=UTC)):
        need = cast.published()
        need.answer_deadline = date(2026, 10, 21)
        face = Face(need, cast.buyer, need.published_revision)
        before = deadline_clock(face)
        set_day(date(2026, 10, 19), False, "Bão số 12", SYSTEM)
        after = deadline_clock(face)
    assert before is not None and after is not None
    assert (before.due.count, after.due.count) == (3, 2)
