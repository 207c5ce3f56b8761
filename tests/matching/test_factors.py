"""Each factor by table, what excludes, and the rules of the sum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching import factors as f
from marketplace.matching.formula import (
    DEFAULT_WEIGHTS,
    POSSIBLE,
    STRONG,
    Verdict,
    ceiling,
    confidence_word,
    judge,
)


@pytest.mark.parametrize(
    ("low", "high", "offered", "verdict", "excludes"),
    [
        (5, 7, 6, f.FITS, False),
        (5, 7, 5, f.FITS, False),
        (5, 7, 8, f.FITS, False),
        (5, 7, 4, f.MISFITS, True),
        (8, 9, 2, f.MISFITS, True),
        (5, None, 9, f.FITS, False),
        (None, 4, 3, f.FITS, False),
        (None, 4, 6, f.FITS, False),
        (None, None, 3, f.UNKNOWN, False),
        (5, 7, None, f.UNKNOWN, False),
    ],
)
def test_readiness_against_the_range_asked(
    low: int | None, high: int | None, offered: int | None, verdict: str, excludes: bool
) -> None:
    found = f.trl(low, high, offered)
    assert (found.verdict, found.excludes) == (verdict, excludes)


@pytest.mark.parametrize(
    ("budget", "price", "verdict", "excludes"),
    [
        ((100, 500), (400, 480), f.FITS, False),
        ((100, 500), (400, 600), f.FITS, False),
        ((100, 500), (400, 900), f.UNKNOWN, False),
        ((100, 500), (500, 900), f.UNKNOWN, False),
        ((100, 500), (500, 500), f.FITS, False),
        ((100, 500), (600, 600), f.MISFITS, False),
        ((None, 500), (None, 700), f.MISFITS, False),
        ((None, 500), (999, None), f.MISFITS, False),
        ((None, 500), (1000, None), f.MISFITS, True),
        ((None, None), (1, 2), f.UNKNOWN, False),
        ((1, 2), (None, None), f.UNKNOWN, False),
        ((0, 0), (10, 10), f.MISFITS, True),
        ((0, 0), (0, 0), f.FITS, False),
    ],
)
def test_price_against_budget(
    budget: tuple[int | None, int | None], price: tuple[int | None, int | None], verdict: str, excludes: bool
) -> None:
    found = f.money(*budget, *price)
    assert (found.verdict, found.excludes) == (verdict, excludes)


def test_a_range_that_begins_within_the_budget_says_how_much_of_it_can_be_paid() -> None:
    whole, half, tenth = (f.money(None, 1_000, 900, high) for high in (1_000, 1_100, 1_900))
    assert (half.params, tenth.params) == ({"percent": 50}, {"percent": 10})
    assert whole.score == 1 and half.score == pytest.approx(0.9) and tenth.score == pytest.approx(0.82)
    edge, just_above = f.money(None, 1_000, 1_000, 9_000), f.money(None, 1_000, 1_001, 9_000)
    assert edge.params == {} and edge.score == pytest.approx(0.8) and 0.79 < just_above.score < 0.8


def test_a_little_above_the_budget_says_by_how_much_and_the_dearer_the_lower() -> None:
    little, more = f.money(None, 1_000, 1_200, None), f.money(None, 1_000, 1_600, None)
    assert (little.params, more.params) == ({"percent": 20}, {"percent": 60})
    assert 1 > little.score > more.score > 0


@pytest.mark.parametrize(
    ("asked", "offered", "asked_way", "offered_way", "verdict", "excludes"),
    [
        (["buy"], ["buy", "pilot"], [], [], f.FITS, False),
        (["buy"], ["pilot"], [], [], f.MISFITS, True),
        (["buy"], ["pilot"], ["independent"], ["independent"], f.MISFITS, True),
        ([], [], ["independent"], ["independent"], f.FITS, False),
        ([], ["buy"], ["independent"], ["franchise"], f.MISFITS, True),
        (["buy"], ["buy"], ["independent"], ["franchise"], f.MISFITS, True),
        (["buy"], ["buy"], ["independent"], ["franchise", "independent"], f.FITS, False),
        ([], ["buy"], [], [], f.UNKNOWN, False),
        (["buy"], [], [], ["independent"], f.UNKNOWN, False),
    ],
)
def test_forms_of_cooperation_and_of_transfer(
    asked: list[str], offered: list[str], asked_way: list[str], offered_way: list[str], verdict: str, excludes: bool
) -> None:
    found = f.form(asked, offered, asked_way, offered_way)
    assert (found.verdict, found.excludes) == (verdict, excludes)


def test_field_place_and_control_class() -> None:
    assert f.science_field(["2"], "2").score == 1.0
    assert f.science_field(["201"], "203").score == 0.8
    assert f.science_field(["4"], "2").verdict == f.MISFITS
    assert f.place("01", "01").verdict == f.FITS
    assert f.place("01", "79").verdict == f.MISFITS
    assert f.place("", "79").verdict == f.UNKNOWN
    assert f.control("banned").excludes
    assert f.control("restricted").verdict == f.MISFITS
    assert not f.control("restricted").excludes
    assert f.control("").verdict == f.UNKNOWN


def everything(share: float, terms: int = 20, **changes: f.Factor) -> list[f.Factor]:
    made = {
        "text": f.text(share, terms),
        "field": f.science_field(["2"], "2"),
        "trl": f.trl(5, 7, 6),
        "money": f.money(1, 5, 2, 3),
        "form": f.form(["buy"], ["buy"], [], []),
        "place": f.place("01", "01"),
        "control": f.control("ordinary"),
        **changes,
    }
    return list(made.values())


def total(found: list[f.Factor]) -> Verdict:
    return judge(found, DEFAULT_WEIGHTS)


def test_all_that_fits_is_strong_and_another_subject_is_nothing_whatever_else_fits() -> None:
    assert total(everything(0.5)) == Verdict(1000, 100)
    assert total(everything(0.5)).strength == "strong"
    assert total(everything(0.10)).score < 300
    assert total(everything(0.20)).strength == "weak"
    assert total(everything(0.30)).strength == "possible"
    assert total(everything(0.0)).score <= 280


def test_one_excluding_factor_makes_it_no_match_and_is_named() -> None:
    found = total(everything(0.5, trl=f.trl(8, 9, 3)))
    assert (found.score, found.excluded_by) == (0, "trl")


def test_what_nobody_stated_lowers_score_and_confidence_but_less_than_a_misfit() -> None:
    known = total(everything(0.5))
    unknown = total(everything(0.5, money=f.money(None, None, 1, 2)))
    misfit = total(everything(0.5, money=f.money(1, 2, 3, 4)))
    assert known.score > unknown.score > misfit.score
    assert (known.confidence, unknown.confidence, misfit.confidence) == (100, 86, 100)


def test_a_need_of_two_words_is_uncertain() -> None:
    assert total(everything(0.5, terms=2)).confidence < total(everything(0.5)).confidence
    assert [confidence_word(one) for one in (100, 75, 74, 50, 49, 0)] == ["high", "high", "medium", "medium", "low", "low"]


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_of_the_subject_never_lowers_the_score(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert total(everything(low)).score <= total(everything(high)).score


@given(st.floats(0, 1), st.integers(1, 9), st.integers(1, 30), st.sampled_from(["", "ordinary", "restricted"]))
def test_no_pair_scores_above_the_ceiling_of_its_subject(share: float, level: int, price: int, control: str) -> None:
    found = everything(share, trl=f.trl(1, 5, level), money=f.money(1, 20, price, None), control=f.control(control))
    assert total(found).score <= ceiling(share, DEFAULT_WEIGHTS)


def test_default_weights_sum_to_a_hundred_and_name_every_factor() -> None:
    assert sum(DEFAULT_WEIGHTS.values()) == 100
    assert set(DEFAULT_WEIGHTS) == set(f.LABELS) == {one.factor for one in everything(0.5)}
    assert POSSIBLE < STRONG
