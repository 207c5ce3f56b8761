"""What the requester's people do with answers: points, notes, the shortlist, choosing one, letters to the others."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.answers.actions import choosing, weighing, writing
from marketplace.answers.models import Answer, AnswerNote, AnswerPoint
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed, Stale
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.negotiation.models import Lead
from marketplace.notifications.models import Notification
from tests.answers.factories import Round

NAMES = ("Hiệu quả xử lý", "Chi phí")
WORDS = "Nhận xét nội bộ 733"


def points(first: Any = "", second: Any = "", comment: str = "") -> dict[str, Any]:
    return {"rows-0-points": str(first), "rows-1-points": str(second), "rows-0-comment": comment, "rows-1-comment": ""}


def event_count(action: str) -> int:
    return db.session.scalar(select(func.count()).select_from(Event).where(Event.action == action)) or 0


def letters_of(page: str) -> dict[str, str]:
    codes = re.findall(r'name="(letters-\d+-code)"[^>]*value="(TL-[\d-]+)"', page)
    return dict(codes) | {name.replace("-code", "-reason_code"): "price" for name, _code in codes}


def test_each_colleague_gives_points_and_the_table_shows_the_sum(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    answer = cast.sent(need)
    code, need_code = answer.code, need.code
    assert [one["name"] for one in need.published_revision.criteria] == list(NAMES)
    boss, editor = cast.client(ctx, "buyer"), cast.client(ctx, "buyer_editor")
    assert boss.post(f"/answers/{code}/points", data=points(8, 6, WORDS)).status_code == 302
    assert boss.post(f"/answers/{code}/points", data=points(8, 6, WORDS)).status_code == 302  # the same: nothing new
    assert editor.post(f"/answers/{code}/points", data=points(6, 6)).status_code == 302
    assert editor.post(f"/answers/{code}/notes", data={"text": f"Nên gọi thử. {WORDS}"}).status_code == 302
    assert (event_count("answer.give_points"), event_count("answer.add_note")) == (2, 1)
    page = boss.get(f"/answers/{code}").text
    assert "Lê Thị Hoa" in page and "Trần Văn Bảo" in page and WORDS in page and "Nên gọi thử" in page
    weights = [one["weight"] for one in need.published_revision.criteria]
    total = f"{(7 * weights[0] + 6 * weights[1]) / sum(weights):.2f}".replace(".", ",")
    assert total in page
    assert total in boss.get(f"/my/needs/{need_code}/answers?sort=sum").text


@pytest.mark.parametrize("given", [points(11), points("ba"), points("", "", "chỉ lời"), points(5, 5, "x" * 501)])
def test_points_that_are_none_are_refused_with_what_was_typed(ctx: Flask, given: dict[str, str]) -> None:
    cast = Round()
    code = cast.sent(cast.need()).code
    refused = cast.client(ctx, "buyer").post(f"/answers/{code}/points", data=given)
    assert refused.status_code == 422
    assert (given["rows-0-points"] or given["rows-0-comment"]) in refused.text
    assert db.session.scalar(select(func.count()).select_from(AnswerPoint)) == 0


def test_who_answers_learns_nothing_of_points_and_notes(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    answer, other = cast.sent(need), cast.sent(need, cast.third)
    weighing.give_points(answer, cast.buyer, {NAMES[0]: (9, WORDS)})
    weighing.add_note(answer, cast.buyer, WORDS)
    db.session.commit()
    drain()
    codes = (answer.code, other.code)
    for name in ("supplier", "third"):
        client = cast.client(ctx, name)
        for path in (*(f"/answers/{code}" for code in codes), "/my/answers", "/inbox", "/dashboard"):
            page = client.get(path).text
            assert WORDS not in page and "cho điểm" not in page and "ghi chú nội bộ" not in page.lower(), (name, path)
    for name in ("supplier", "stranger", "officer", "moderator", "leader", "auditor"):
        client = cast.client(ctx, name)
        for verb in ("points", "notes", "judge/shortlist", "choose"):
            assert client.post(f"/answers/{codes[0]}/{verb}", data=points(1)).status_code in {403, 404}, (name, verb)
    for person in (cast.supplier, cast.stranger, cast.officer):
        with pytest.raises(NotAllowed):
            weighing.give_points(answer, person, {NAMES[0]: (1, "")})


def test_the_shortlist_is_a_list(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    first, second = cast.sent(need), cast.sent(need, cast.third)
    codes, here = (first.code, second.code), f"/my/needs/{need.code}/answers"
    client = cast.client(ctx, "buyer")
    assert client.post(f"/answers/{codes[1]}/judge/shortlist").location == here
    assert client.post(f"/answers/{codes[1]}/judge/shortlist").status_code == 302  # it stands there already
    listed = client.get(f"{here}?list=short").text
    assert codes[1] in listed and codes[0] not in listed
    drain()
    assert event_count("answer.shortlist") == 1
    assert client.post(f"/answers/{codes[1]}/judge/unlist").status_code == 302
    assert codes[0] in client.get(f"{here}?list=short").text  # an empty list shows all
    assert client.post(f"/answers/{codes[1]}/judge/send").status_code == 404


def test_choosing_one_writes_to_each_of_the_others(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    won, lost, listed = cast.sent(need), cast.sent(need, cast.third), cast.sent(need, cast.fourth)
    for one, number in ((won, 9), (lost, 4)):
        weighing.give_points(one, cast.buyer, {NAMES[0]: (number, WORDS), NAMES[1]: (number, "")})
    choosing.judge(listed, "shortlist", cast.buyer)
    db.session.commit()
    codes = [one.code for one in (won, lost, listed)]
    client = cast.client(ctx, "buyer")
    page = client.get(f"/answers/{codes[0]}/choose").text
    data = letters_of(page)
    assert {value for name, value in data.items() if name.endswith("-code")} == set(codes[1:])
    data |= {"letters-0-reason": "Giá vượt ngân sách của chúng tôi.", "points": "y"}
    assert client.post(f"/answers/{codes[0]}/choose", data=data).status_code == 302
    assert client.post(f"/answers/{codes[0]}/choose", data=data).status_code == 302  # again: nothing new
    drain()
    states = dict(db.session.execute(select(Answer.code, Answer.state)).all())
    assert [states[code] for code in codes] == ["chosen", "declined", "declined"]
    assert (event_count("answer.choose"), event_count("answer.decline")) == (1, 2)
    leads = dict(db.session.execute(select(Lead.answer_id, Lead.state)).all())
    assert [leads[one.id] for one in (won, lost, listed)] == ["negotiating", "declined", "declined"]
    letter = cast.client(ctx, "third").get(f"/answers/{codes[1]}").text
    assert "4,00" in letter and "9,00" not in letter and WORDS not in letter
    assert 'id="letter"' in letter and "Giá vượt ngân sách" in letter
    told = db.session.scalars(select(Notification.user_id)).all()
    assert {cast.third_user.id, cast.fourth_user.id, cast.supplier_user.id} <= set(told)


def test_points_are_told_only_when_wished_and_taken_back_with_the_letter(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    won, lost = cast.sent(need), cast.sent(need, cast.third)
    weighing.give_points(lost, cast.buyer, {NAMES[0]: (3, "")})
    choosing.choose(won, cast.buyer, {lost.code: ("price", "")})
    assert lost.told_points is None
    writing.move(won, "withdraw", cast.supplier, "no_capacity")
    choosing.judge(lost, "reconsider", cast.buyer)
    assert (lost.state, lost.reason_code) == ("sent", "")
    choosing.choose(lost, cast.buyer, {})  # the first one was withdrawn: another may be chosen
    assert lost.state == "chosen"


def test_letters_must_be_for_just_the_others_there_are(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    won, lost = cast.sent(need), cast.sent(need, cast.third)
    code, late_to = won.code, need.id
    client = cast.client(ctx, "buyer")
    data = letters_of(client.get(f"/answers/{code}/choose").text)
    assert len(data) == 2
    late = cast.sent(db.session.get_one(type(need), late_to), cast.fourth).code  # comes while the letters are written
    refused = client.post(f"/answers/{code}/choose", data=data)
    assert refused.status_code == 409 and late in refused.text
    assert db.session.get_one(Answer, won.id).state == "sent"
    again = client.post(f"/answers/{code}/choose", data=letters_of(refused.text))
    assert again.status_code == 302
    with pytest.raises(IllegalMove):
        choosing.choose(db.session.get_one(Answer, lost.id), cast.buyer, {})


def test_refused_choices(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    won, lost = cast.sent(need), cast.sent(need, cast.third)
    wrong: tuple[tuple[dict[str, tuple[str, str]], type[Exception]], ...] = (
        ({}, Stale), ({lost.code: ("changed_mind", "")}, Invalid), ({lost.code: ("other", "")}, Invalid))
    for letters, error in wrong:
        with pytest.raises(error):
            choosing.choose(won, cast.buyer, letters)
        db.session.rollback()
    with pytest.raises(NotAllowed):
        choosing.choose(won, cast.supplier, {lost.code: ("price", "")})


def test_a_withdrawn_answer_is_neither_weighed_nor_listed_nor_chosen(ctx: Flask) -> None:
    cast = Round()
    answer = cast.sent(cast.need())
    writing.move(answer, "withdraw", cast.supplier, "no_capacity")
    db.session.commit()
    with pytest.raises(IllegalMove):
        weighing.give_points(answer, cast.buyer, {NAMES[0]: (5, "")})
    client, code = cast.client(ctx, "buyer"), answer.code
    for verb, data in (("points", points(5)), ("notes", {"text": "x"}), ("judge/shortlist", {}), ("choose", {})):
        assert client.post(f"/answers/{code}/{verb}", data=data).status_code == 409, verb
    assert db.session.scalar(select(func.count()).select_from(AnswerNote)) == 0
