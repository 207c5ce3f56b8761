"""What a version of terms must say, and what is said back when it does not."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from marketplace.negotiation.terms_rules import problems, settled
from marketplace.values import clock
from tests.negotiation.terms_samples import PRICE, milestones, values


def lead(*, funding: str | None = "private") -> Any:
    """A lead about a listing that says how it was funded ("" when it does not), or about none (None)."""
    if funding is None:
        return SimpleNamespace(listing_id=None, listing=None)
    revision = SimpleNamespace(funding_source=funding)
    return SimpleNamespace(listing_id=1, listing=SimpleNamespace(published_revision=revision))


def wrong(about: Any, **changes: Any) -> dict[str, str]:
    """Field → message of every broken rule."""
    return {error.field: str(error) for error in problems(about, settled(about, values(**changes)))}


def due(*days: int) -> list[dict[str, Any]]:
    """Milestones due so many days from today."""
    moments = [(clock.today() + timedelta(days=ahead)).isoformat() for ahead in days]
    return [{**row, "due_on": day} for row, day in zip(milestones(count=len(days)), moments, strict=True)]


def with_amounts(*amounts: int) -> list[dict[str, Any]]:
    return [{**row, "amount": amount} for row, amount in zip(milestones(count=len(amounts)), amounts, strict=True)]


def test_good_terms_break_no_rule() -> None:
    assert wrong(lead()) == {}
    assert wrong(lead(), price=0, milestones=with_amounts(0)) == {}
    assert wrong(lead(), transfer_right="ownership", exclusivity="exclusive", term_months=None) == {}
    assert wrong(lead(), milestones=due(0, 0, 400)) == {}, "today, and two on one day"
    assert wrong(lead(), milestones=milestones(PRICE, 24)) == {}
    assert wrong(lead(funding=None), funding_source="state_budget", result_certificate_no="12/GCN") == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scope": ""}, "scope"),
        ({"transfer_form": ""}, "transfer_form"),
        ({"transfer_form": "by_magic"}, "transfer_form"),
        ({"transfer_methods": ["documents", "rumour"]}, "transfer_methods"),
        ({"transfer_right": ""}, "transfer_right"),
        ({"transfer_right": "loan"}, "transfer_right"),
        ({"exclusivity": ""}, "exclusivity"),
        ({"exclusivity": "mostly"}, "exclusivity"),
        ({"transfer_right": "ownership", "exclusivity": "non_exclusive", "term_months": None}, "exclusivity"),
        ({"transfer_right": "ownership", "exclusivity": "sole", "term_months": None}, "exclusivity"),
        ({"transfer_right": "ownership", "exclusivity": "exclusive", "term_months": 12}, "term_months"),
        ({"term_months": 0}, "term_months"),
        ({"term_months": 601}, "term_months"),
        ({"direction": ""}, "direction"),
        ({"direction": "sideways"}, "direction"),
        ({"price": None}, "price"),
        ({"price": -1, "milestones": milestones()}, "price"),
        ({"price": 2**63}, "price"),
        ({"payment_methods": ["gold"]}, "payment_methods"),
        ({"support_kinds": ["prayers"]}, "support_kinds"),
        ({"support_kinds": ["warranty"], "warranty_months": None}, "warranty_months"),
        ({"warranty_months": 241}, "warranty_months"),
        ({"milestones": []}, "milestones"),
        ({"milestones": milestones(PRICE, 25)}, "milestones"),
        ({"milestones": [{**milestones()[0], "title": ""}]}, "milestones"),
        ({"milestones": [{**milestones()[0], "due_on": ""}]}, "milestones"),
        ({"milestones": [{**milestones()[0], "amount": None}]}, "milestones"),
        ({"milestones": with_amounts(PRICE + 1, -1)}, "milestones"),
        ({"milestones": due(-1, 5)}, "milestones"),
        ({"milestones": due(30, 29)}, "milestones"),
    ],
)
def test_a_broken_rule_is_said_at_its_field(changes: dict[str, Any], field: str) -> None:
    assert list(wrong(lead(), **changes)) == [field]


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        ((700_000_000, 499_999_999), "1.199.999.999\u00a0₫: 1\u00a0₫ less"),
        ((700_000_000, 600_000_000), "1.300.000.000\u00a0₫: 100.000.000\u00a0₫ more"),
    ],
)
def test_the_schedule_says_by_how_much_it_misses_the_price(amounts: tuple[int, ...], said: str) -> None:
    assert said in wrong(lead(), milestones=with_amounts(*amounts))["milestones"]


def test_without_a_listing_somebody_must_say_how_it_was_funded() -> None:
    assert list(wrong(lead(funding=None))) == ["funding_source"]
    assert list(wrong(lead(funding=None), funding_source="lottery")) == ["funding_source"]
    certificate = {"funding_source": "private", "result_certificate_no": "12/GCN"}
    assert list(wrong(lead(funding=None), **certificate)) == ["result_certificate_no"]


def test_what_the_listing_says_of_funding_is_not_said_twice() -> None:
    said = settled(lead(funding="state_budget"), values(funding_source="private", result_certificate_no="1"))
    assert (said["funding_source"], said["result_certificate_no"]) == ("", "")
    said = settled(lead(funding=""), values(funding_source="private"))
    assert said["funding_source"] == "private", "an imported listing says nothing, so the terms may"


def test_ownership_is_exclusive_without_saying_so() -> None:
    assert settled(lead(), values(transfer_right="ownership", exclusivity=""))["exclusivity"] == "exclusive"
    assert settled(lead(), values(transfer_right="use_right", exclusivity=""))["exclusivity"] == ""


def test_fields_that_terms_do_not_have_are_dropped() -> None:
    assert "state" not in settled(lead(), values(state="accepted", number=7))


def test_problems_stand_in_the_order_of_the_form() -> None:
    found = list(wrong(lead(funding=None), scope="", price=None, milestones=[], exclusivity=""))
    assert found == ["scope", "exclusivity", "funding_source", "price", "milestones"]
