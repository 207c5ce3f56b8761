"""The deadline for answers: extended, passed, reminded; it counts to the end of its day in Vietnam."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from marketplace.authoring import actions as authoring
from marketplace.buyer_requests import actions, jobs
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.buyer_requests.notifications import closing
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import history
from marketplace.core.extensions import db
from marketplace.core.outbox import JOBS, drain, ensure_jobs
from marketplace.mail import MailMessage
from marketplace.values import clock
from tests.buyer_requests.factories import Cast, days

LAST_DAY = date(2026, 12, 18)  # a Friday
NOON = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)


def newest(need: BuyerRequest) -> str:
    return db.session.scalars(history("need", need.id).limit(1)).one().action


def test_the_owner_extends_an_open_need(cast: Cast) -> None:
    need = cast.published()
    old, new = need.answer_deadline, days(60)
    event = actions.extend(need, cast.buyer, new)
    assert (need.state, need.answer_deadline) == ("open", new)
    assert event is not None
    assert event.data == {"old": old.isoformat() if old else "", "new": new.isoformat()}
    assert newest(need) == "need.extend"


@pytest.mark.parametrize(("day", "why"), [(30, "not later"), (10, "earlier"), (800, "too far")])
def test_a_new_deadline_must_be_later_and_not_too_far(cast: Cast, day: int, why: str) -> None:
    need = cast.published()
    with pytest.raises(Invalid) as caught:
        actions.extend(need, cast.buyer, days(day))
    assert caught.value.field == "answer_deadline"
    assert need.answer_deadline == days(30)
    assert newest(need) != "need.extend"


def test_others_may_not_extend(cast: Cast) -> None:
    need = cast.published()
    for actor in (cast.colleague, cast.stranger, cast.moderator):
        with pytest.raises(NotAllowed):
            actions.extend(need, actor, days(60))


def test_a_withdrawn_need_is_not_extended(cast: Cast) -> None:
    need = cast.published()
    actions.move(need, "withdraw", cast.buyer, reason="Đã tự giải quyết được.")
    with pytest.raises(IllegalMove):
        actions.extend(need, cast.buyer, days(60))


def test_a_need_stays_open_until_the_end_of_its_day_in_vietnam(ctx: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        need = Cast().published(answer_deadline=LAST_DAY)
        traveller.move_to(datetime(2026, 12, 18, 16, 59, tzinfo=UTC))  # 23:59 in Hanoi
        assert actions.expire_due() == 0
        assert need.state == "open"
        traveller.move_to(datetime(2026, 12, 18, 17, 1, tzinfo=UTC))  # 00:01 the next day
        assert actions.expire_due() == 1
        assert need.state == "expired"
        assert actions.expire_due() == 0
        event = db.session.scalars(history("need", need.id).limit(1)).one()
        assert (event.action, event.actor_name, event.data) == ("need.expire", "system", {"deadline": "2026-12-18"})


def test_an_expired_need_opens_again_when_it_is_extended(ctx: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        cast = Cast()
        need = cast.published(answer_deadline=LAST_DAY)
        traveller.move_to(datetime(2026, 12, 20, 3, 0, tzinfo=UTC))
        actions.expire_due()
        with pytest.raises(Invalid):
            actions.extend(need, cast.buyer, date(2026, 12, 19))  # later than the old one, but past
        assert need.state == "expired"
        actions.extend(need, cast.buyer, date(2027, 1, 15))
        assert need.state == "open"
        assert actions.expire_due() == 0


def test_the_worker_closes_needs_by_itself_each_night(ctx: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        need = Cast().published(answer_deadline=LAST_DAY)
        db.session.commit()
        ensure_jobs()
        drain()
        traveller.move_to(datetime(2026, 12, 18, 17, 2, tzinfo=UTC))
        drain()
        db.session.refresh(need)
        assert need.state == "expired"


def test_the_jobs_run_after_midnight_and_early_in_the_morning(ctx: Flask) -> None:
    (expire,) = jobs.JOBS
    remind = JOBS["needs.remind"]
    assert clock.local(expire.next_run(NOON)).strftime("%d %H:%M") == "02 00:01"
    assert clock.local(remind.next_run(NOON)).strftime("%d %H:%M") == "02 07:00"
    assert clock.local(remind.next_run(clock.start_of_day(date(2026, 12, 1)))).strftime("%d %H:%M") == "01 07:00"


def test_the_requester_is_reminded_once_three_working_days_before(ctx: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        cast = Cast()
        need = cast.published(answer_deadline=LAST_DAY)
        traveller.move_to(datetime(2026, 12, 14, 1, 0, tzinfo=UTC))  # Monday: four working days before
        assert not list(closing())
        traveller.move_to(datetime(2026, 12, 15, 1, 0, tzinfo=UTC))
        assert len(list(closing())) == 1
        JOBS["needs.remind"].run()
        JOBS["needs.remind"].run()
        letters = list(db.session.scalars(select(MailMessage).where(MailMessage.key.like("notification:need-closing:%"))))
        assert [one.recipient for one in letters] == ["hoa.le@example.vn"]  # the signer does not edit
        assert "18/12/2026" in letters[0].body
        assert need.code in letters[0].body
        actions.extend(need, cast.buyer, date(2026, 12, 21))
        traveller.move_to(datetime(2026, 12, 18, 1, 0, tzinfo=UTC))
        JOBS["needs.remind"].run()
        assert db.session.query(MailMessage).filter_by(topic="reminders").count() == 2


def test_a_shortlisted_need_opens_again_with_a_new_deadline_when_the_old_one_passed(ctx: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        cast = Cast()
        need = cast.published(answer_deadline=LAST_DAY)
        actions.move(need, "shortlist", cast.buyer)
        traveller.move_to(datetime(2026, 12, 25, 1, 0, tzinfo=UTC))
        with pytest.raises(Invalid):
            actions.reopen(need, cast.buyer)
        assert need.state == "shortlisting"
        actions.reopen(need, cast.buyer, date(2027, 1, 10))
        assert (need.state, need.answer_deadline) == ("open", date(2027, 1, 10))


def test_a_new_version_starts_with_the_extended_deadline_and_never_brings_it_forward(cast: Cast) -> None:
    need = cast.published()
    actions.extend(need, cast.buyer, days(60))
    revision = authoring.start_revision(KIND, need, cast.buyer)
    assert revision.answer_deadline == days(60)
    authoring.save(KIND, revision, {"answer_deadline": days(45), "context": "Đã đổi."}, cast.buyer, None)
    missing = [problem.field for problem in KIND.rules(revision)]
    assert missing == ["answer_deadline"]


def test_an_extension_while_a_version_is_in_review_is_not_lost_by_its_approval(cast: Cast) -> None:
    need = cast.published()
    revision = authoring.start_revision(KIND, need, cast.buyer)
    authoring.save(KIND, revision, {"context": "Bối cảnh mới."}, cast.buyer, None)
    authoring.submit(KIND, revision, cast.buyer, clock.now())
    actions.extend(need, cast.buyer, days(90))
    cast.publish(revision)
    assert need.answer_deadline == days(90)


def test_approving_a_version_with_a_later_deadline_opens_an_expired_need(ctx: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        cast = Cast()
        need = cast.published(answer_deadline=LAST_DAY)
        revision = authoring.start_revision(KIND, need, cast.buyer)
        authoring.save(KIND, revision, {"answer_deadline": date(2027, 3, 1)}, cast.buyer, None)
        authoring.submit(KIND, revision, cast.buyer, clock.now())
        traveller.move_to(datetime(2026, 12, 20, 1, 0, tzinfo=UTC))
        actions.expire_due()
        cast.publish(revision)
        assert (need.state, need.answer_deadline) == ("open", date(2027, 3, 1))
