"""What an answer says as plain data: kept and read back, older schemas, and what untrusted data may not do."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from marketplace.answers import content
from marketplace.answers.asked import Asked, Measure, Weighed, asked_of
from marketplace.answers.completeness import COMPARE, SEND, lacking
from marketplace.answers.content import Content, PlanRow, PriceRow, Target, from_data, to_data
from tests.answers.factories import said


def test_what_is_kept_is_read_back_the_same_through_json() -> None:
    assert from_data(json.loads(json.dumps(to_data(said())))) == said()
    assert from_data({}) == Content()


def test_an_older_schema_is_upgraded_and_an_unknown_one_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="schema 99"):
        from_data({"schema": 99})
    monkeypatch.setattr(content, "UPGRADES", {0: lambda old: {"summary": old["text"]}})
    assert from_data({"schema": 0, "text": "Một đoạn văn"}).summary == "Một đoạn văn"


@pytest.mark.parametrize("odd", [
    {"summary": 5, "targets": "x", "price_total": "1", "trial": "yes", "declarations": [1]},
    {"targets": [1, None, {"name": 3, "value": []}], "price_rows": [{"item": {}, "amount": True}], "price_total": -1},
    {"plan": [{"step": "x", "working_days": 1.5}] * 50, "team": {"role": "x"}},
])
def test_odd_data_never_break_it(odd: dict[str, object]) -> None:
    made = from_data(odd)
    assert made.price_total is None
    assert made.trial is None
    assert len(made.plan) <= content.MOST_ROWS
    assert from_data(to_data(made)) == made


def test_price_and_time_are_added_up_only_when_every_part_has_one() -> None:
    assert Content(price_rows=(PriceRow("a", 2), PriceRow("b", 3))).price == 5
    assert Content(price_rows=(PriceRow("a", 2), PriceRow("b"))).price is None
    assert Content(price_total=7, price_rows=(PriceRow("a", 2),)).price == 7
    assert Content(plan=(PlanRow("a", 0), PlanRow("b", 9))).working_days == 9
    assert Content(plan=(PlanRow("a"),)).working_days is None


def test_what_is_missing_is_named_by_its_field() -> None:
    asked = Asked((Measure("COD"), Measure("Màu")), (Weighed("Giá", 100),))
    found = lacking(Content(targets=(Target("Màu", "5"),)), asked)
    assert [one.field for one in found if one.stage == SEND] == ["summary", "targets-0-value", "declarations"]
    wanted = ["criteria-0-text", "price_total", "plan", "team", "trial"]
    assert [one.field for one in found if one.stage == COMPARE] == wanted


def test_measures_of_the_same_name_stay_apart() -> None:
    rows = [{"name": "COD", "target": "1"}, {"name": "COD", "target": "2"}]
    made = asked_of(SimpleNamespace(target_measures=rows, criteria=None, budget_min=None, budget_max=None, start_on=None,
                                    end_on=None))
    assert [one.name for one in made.measures] == ["COD", "COD (2)"]
