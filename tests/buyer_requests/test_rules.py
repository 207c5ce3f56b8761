"""Every rule of a need: what breaks it, where the problem stands, and what is accepted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from marketplace.authoring import actions as authoring
from marketplace.authoring.completeness import blocking
from marketplace.authoring.kinds import PUBLISH, SUBMIT
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.rules import latest_deadline, problems
from marketplace.core.errors import Missing
from marketplace.core.extensions import db
from tests import factories
from tests.buyer_requests.factories import Cast, days, six_clear, values

BROKEN: list[tuple[str, dict[str, Any], str]] = [
    ("short title", {"title": "Ngắn"}, "title"),
    ("long summary", {"summary": "a" * 1001}, "summary"),
    ("measure without unit", {"target_measures": [{"name": "COD", "target": "75", "unit": ""}]}, "target_measures"),
    ("measure without target", {"target_measures": [{"name": "COD", "unit": "mg/l"}]}, "target_measures"),
    ("levels the wrong way round", {"trl_min": 8, "trl_max": 3}, "trl_max"),
    ("level out of range", {"trl_min": 12}, "trl_min"),
    ("budget the wrong way round", {"budget_min": 2, "budget_max": 1}, "budget_max"),
    ("weights of 99", {"criteria": [{"name": "Giá", "weight": 59}, {"name": "Chất lượng", "weight": 40}]}, "criteria"),
    ("weights of 101", {"criteria": [{"name": "Giá", "weight": 101}]}, "criteria"),
    ("weight of nothing", {"criteria": [{"name": "Giá", "weight": 100}, {"name": "Khác", "weight": 0}]}, "criteria"),
    ("start after end", {"start_on": date(2030, 2, 2), "end_on": date(2030, 2, 1)}, "end_on"),
    ("ward elsewhere", {"province_code": "79", "ward_code": "00070"}, "ward_code"),
    ("address of a script", {"source_url": "javascript:alert(1)"}, "source_url"),
    ("only agencies post problems", {"kind": "agency_problem", "six_clear": {}}, "kind"),
    ("invited only, nobody invited", {"visibility": "invited_only"}, "invited_org_ids"),
    ("invited only, unknown organisation", {"visibility": "invited_only", "invited_org_ids": [999_999]}, "invited_org_ids"),
    ("too many invited", {"invited_org_ids": list(range(1000, 1051))}, "invited_org_ids"),
]


@pytest.mark.parametrize(("changes", "field"), [pytest.param(c, f, id=name) for name, c, f in BROKEN])
def test_what_breaks_a_rule_is_named_at_its_field(cast: Cast, changes: dict[str, Any], field: str) -> None:
    revision = cast.draft(**changes)
    assert field in [problem.field for problem in problems(revision)]
    with pytest.raises(Missing) as caught:
        cast_submit(cast, revision)
    assert field in caught.value.fields
    assert revision.state == "draft"


def cast_submit(cast: Cast, revision: Any) -> None:
    authoring.submit(KIND, revision, cast.buyer, revision.created_at)


@pytest.mark.parametrize("name", [spec.name for spec in KIND.fields if spec.needed == SUBMIT])
def test_what_is_needed_to_submit_stops_the_submission(cast: Cast, name: str) -> None:
    empty: Any = None if name == "answer_deadline" else [] if isinstance(values().get(name), list) else ""
    revision = cast.draft(**{name: empty})
    assert name in [problem.field for problem in blocking(KIND, revision, SUBMIT)]


def test_what_is_optional_is_never_demanded_later(cast: Cast) -> None:
    with pytest.raises(Missing) as caught:
        cast.submitted(context="", contact_name="")
    assert caught.value.fields == ["context", "contact_name"]
    assert cast.publish(cast.submitted(current_state="")).state == "open"


def test_a_complete_need_breaks_nothing(cast: Cast) -> None:
    assert blocking(KIND, cast.draft(), PUBLISH) == []


def test_problems_come_in_the_order_of_the_form(cast: Cast) -> None:
    revision = cast.draft(title="", criteria=[], contact_name="", budget_min=2, budget_max=1)
    order = [problem.field for problem in blocking(KIND, revision, PUBLISH)]
    assert order == ["title", "budget_max", "criteria", "contact_name"]


@pytest.mark.parametrize("offset", [-1, 0])
def test_a_deadline_that_is_not_in_the_future_is_refused(cast: Cast, offset: int) -> None:
    assert "answer_deadline" in [one.field for one in problems(cast.draft(answer_deadline=days(offset)))]


def test_a_deadline_may_be_two_years_away_and_not_a_day_more(cast: Cast) -> None:
    last = latest_deadline(days(0))
    assert not problems(cast.draft(answer_deadline=last))
    beyond = date.fromordinal(last.toordinal() + 1)
    assert "answer_deadline" in [one.field for one in problems(cast.draft(answer_deadline=beyond))]


def test_the_deadline_is_checked_again_when_it_is_published(cast: Cast) -> None:
    revision = cast.submitted()
    revision.answer_deadline = days(-1)  # it passed while the moderators had it
    db.session.flush()
    with pytest.raises(Missing) as caught:
        cast.publish(revision)
    assert caught.value.fields == ["answer_deadline"]


def test_two_years_from_a_leap_day_is_the_28th() -> None:
    assert latest_deadline(date(2028, 2, 29)) == date(2030, 2, 28)


KINDS = [
    ("startup", {"enterprise_need"}), ("enterprise", {"enterprise_need", "order"}),
    ("institute", {"enterprise_need", "order"}), ("university", {"enterprise_need", "order"}),
    ("agency", {"agency_problem", "order"}), ("intermediary", {"enterprise_need"}), ("individual", {"enterprise_need"}),
]


@pytest.mark.parametrize(("org_kind", "allowed"), KINDS)
def test_who_may_post_which_kind(ctx: Flask, org_kind: str, allowed: set[str]) -> None:
    cast = Cast(org_kind)
    for kind in ("enterprise_need", "agency_problem", "order"):
        found = problems(cast.draft(kind=kind, six_clear=six_clear()))
        assert ("kind" in [one.field for one in found]) is (kind not in allowed), kind


@pytest.mark.parametrize("kind", ["agency_problem", "order"])
@pytest.mark.parametrize("key", list(six_clear()))
def test_each_of_the_six_points_is_mandatory_for_public_tasks(ctx: Flask, kind: str, key: str) -> None:
    cast = Cast("agency")
    assert not problems(cast.draft(kind=kind, six_clear=six_clear()))
    found = problems(cast.draft(kind=kind, six_clear=six_clear(**{key: ""})))
    assert [one.field for one in found] == ["six_clear"]


def test_a_task_is_a_verb_and_its_object_and_ends_after_it_began(ctx: Flask) -> None:
    cast = Cast("agency")
    bare = problems(cast.draft(kind="order", six_clear=six_clear(task="Lắp")))
    assert [one.message for one in bare] == ["Clear task: say what is to be done, with a verb and its object."]
    turned = problems(cast.draft(kind="order", six_clear=six_clear(start="2030-05-01", due="2030-04-30")))
    assert [one.message for one in turned] == ["Clear time: the due day may not be before the start."]


def test_an_enterprise_may_leave_the_six_points_open(cast: Cast) -> None:
    assert not problems(cast.draft(six_clear={"person": "Lê Thị Hoa"}))


def test_only_verified_organisations_count_as_invited(cast: Cast) -> None:
    waiting = factories.organisation("Viện Chờ Duyệt", state="submitted")
    found = problems(cast.draft(visibility="invited_only", invited_org_ids=[waiting.id]))
    assert [one.field for one in found] == ["invited_org_ids"]
    assert not problems(cast.draft(visibility="invited_only", invited_org_ids=[cast.invited_org.id]))
