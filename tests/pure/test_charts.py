"""Points of the small charts: they span the picture, and a straight line of one figure is no division by nothing."""

from __future__ import annotations

from marketplace.web.charts import spark_points


def test_a_line_spans_the_picture_from_its_lowest_to_its_highest_figure() -> None:
    assert spark_points([3, 5, 13]) == "0.0,26.0 50.0,21.6 100.0,4.0"


def test_figures_that_are_all_the_same_lie_on_one_line() -> None:
    assert spark_points([7, 7]) == "0.0,26.0 100.0,26.0"
    assert spark_points([7]) == "0.0,26.0"
