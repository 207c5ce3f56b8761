"""Each factor by table, and the rules of the sum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching import factors as f


@pytest.mark.parametrize(
    ("low", "high", "offered", "verdict", "score"),
    [
        (5, 7, 6, f.FITS, 1.0),
        (5, 7, 5, f.FITS, 1.0),
        (5, 7, 8, f.FITS, 0.85),
        (5, 7, 4, f.MISFITS, 0.4),
        (8, 9, 2, f.MISFITS, 0.0),
        (5, None, 9, f.FITS, 1.0),
        (None, 4, 3, f.FITS, 1.0),
        (None, None, 3, f.UNKNOWN, 0.5),
        (5, 7, None, f.UNKNOWN, 0.5),
    ],
)
def test_readiness_against_the_range_asked(
    low: int | None, high: int | None, offered: int | None, verdict: str, score: float
) -> None:
    found = f.trl(low, high, offered)
    assert found.verdict == verdict
    assert found.score == pytest.approx(score)


@pytest.mark.parametrize(
    ("budget", "price", "verdict"),
    [
        ((100, 500), (400, 900), f.FITS),
        ((100, 500), (500, 500), f.FITS),
        ((100, 500), (600, 600), f.MISFITS),
        ((None, 500), (None, 700), f.MISFITS),
        ((None, None), (1, 2), f.UNKNOWN),
        ((1, 2), (None, None), f.UNKNOWN),
        ((0, 0), (10, 10), f.MISFITS),
    ],
)
def test_price_against_budget(
    budget: tuple[int | None, int | None], price: tuple[int | None, int | None], verdict: str
) -> None:
    assert f.money(*budget, *price).verdict == verdict


def test_a_little_above_the_budget_says_by_how_much() -> None:
    found = f.money(None, 1_000, 1_200, None)
    assert found.params == {"percent": 20}
    assert 0 < found.score < 1


def test_forms_fall_back_to_forms_of_transfer() -> None:
    assert f.form(["buy"], ["buy", "pilot"], [], []).verdict == f.FITS
    assert f.form(["buy"], ["pilot"], [], []).verdict == f.MISFITS
    assert f.form([], [], ["independent"], ["independent"]).verdict == f.FITS
    assert f.form([], ["buy"], [], []).verdict == f.UNKNOWN


def test_field_and_place() -> None:
    assert f.science_field(["2"], "2").score == 1.0
    assert f.science_field(["201"], "203").score == 0.8
    assert f.science_field(["4"], "2").verdict == f.MISFITS
    assert f.place("01", "01").verdict == f.FITS
    assert f.place("01", "79").verdict == f.MISFITS
    assert f.place("", "79").verdict == f.UNKNOWN


def everything(share: float, **changes: f.Factor) -> list[f.Factor]:
    made = {
        "text": f.text(share, ["nước thải"] if share else []),
        "field": f.science_field(["2"], "2"),
        "trl": f.trl(5, 7, 6),
        "money": f.money(1, 5, 2, 3),
        "form": f.form(["buy"], ["buy"], [], []),
        "place": f.place("01", "01"),
        **changes,
    }
    return list(made.values())


def test_all_that_fits_is_strong_and_another_subject_is_weak_whatever_else_fits() -> None:
    assert f.strength(f.total(everything(0.5))) == "strong"
    assert f.total(everything(0.5)) == 1000
    assert f.strength(f.total(everything(0.0))) == "weak"
    assert f.total(everything(0.0)) <= 300


def test_what_nobody_stated_lowers_the_confidence_but_less_than_a_misfit() -> None:
    known = f.total(everything(0.5))
    unknown = f.total(everything(0.5, money=f.money(None, None, 1, 2)))
    misfit = f.total(everything(0.5, money=f.money(1, 2, 10, 20)))
    assert known > unknown > misfit


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_of_the_subject_never_lowers_the_score(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert f.total(everything(low)) <= f.total(everything(high))


def test_weights_sum_to_one() -> None:
    assert sum(f.WEIGHTS.values()) == pytest.approx(1.0)
    assert set(f.WEIGHTS) == set(f.LABELS)
