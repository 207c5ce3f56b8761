"""Geometry of the small charts that pages draw as SVG, without a script."""

from __future__ import annotations

from collections.abc import Sequence

_WIDTH, _TOP, _BOTTOM = 100, 4, 26  # of the viewBox 0 0 100 30: the line stays off its edges


def spark_points(numbers: Sequence[float]) -> str:
    """Return the points of a polyline through `numbers`, the oldest first, from the lowest to the highest of them."""
    low, steps = min(numbers), max(len(numbers) - 1, 1)
    scale = (_BOTTOM - _TOP) / ((max(numbers) - low) or 1)
    return " ".join(f"{at * _WIDTH / steps:.1f},{_BOTTOM - (one - low) * scale:.1f}" for at, one in enumerate(numbers))
