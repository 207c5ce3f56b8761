"""Many press at once: one answer goes on the shortlist once, and of two choices one wins."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.answers.models import Answer
from marketplace.core.events import Event
from marketplace.core.extensions import db
from tests.answers.factories import Round
from tests.deals.racing import at_once, sending


def event_count(action: str) -> int:
    return db.session.scalar(select(func.count()).select_from(Event).where(Event.action == action)) or 0


def crowd(cast: Round, ctx: Flask, number: int) -> list[FlaskClient]:
    return [cast.client(ctx, ("buyer", "buyer_editor")[place % 2]) for place in range(number)]


def test_twenty_put_one_answer_on_the_shortlist(ctx: Flask) -> None:
    cast = Round()
    answer = cast.sent(cast.need())
    before = event_count("answer.shortlist")
    calls = [sending(client, f"/answers/{answer.code}/judge/shortlist") for client in crowd(cast, ctx, 20)]
    assert {one.status for one in at_once(calls)} == {302}
    assert event_count("answer.shortlist") == before + 1
    assert db.session.get_one(Answer, answer.id).state == "shortlisted"


def test_two_choose_different_answers_at_once_and_one_wins(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    answers = [cast.sent(need), cast.sent(need, cast.third)]
    ids, codes = [one.id for one in answers], [one.code for one in answers]
    calls = []
    for place, client in enumerate(crowd(cast, ctx, 2)):
        data: dict[str, object] = {"letters-0-code": codes[1 - place], "letters-0-reason_code": "price"}
        calls.append(sending(client, f"/answers/{codes[place]}/choose", data))
    assert sorted(one.status for one in at_once(calls)) == [302, 409]
    assert sorted(db.session.get_one(Answer, one).state for one in ids) == ["chosen", "declined"]
