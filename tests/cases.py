"""Many cases in one test: every case is tried, and the failure names those that did not hold.

    def test_every_field_refuses_text(web):
        try_each(FIELDS, lambda field: refuses(web, field))

A test per case costs a world, a teardown and a line in the report each. Where the cases are rows of one table and
share a world, one test tries them all; what a parametrisation would have said stands in the message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

import pytest

T = TypeVar("T")
#: How many failed cases a message writes out; the others are counted.
MOST_NAMED = 20


def try_each(
    cases: Iterable[T],
    check: Callable[[T], object],
    name: Callable[[T], str] = str,
    around: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> None:
    """Call `check` with every case, each inside `around()`, and fail at the end with the name of each that failed.

    The first failure is the cause of the one raised, so that its traceback is shown in full.
    """
    failed: list[tuple[str, BaseException]] = []
    count = 0
    for case in cases:
        count += 1
        try:
            with around():
                check(case)
        except (Exception, pytest.fail.Exception) as error:
            failed.append((name(case), error))
    assert count, "there was no case to try"
    if failed:
        lines = [f"  {label}: {type(error).__name__}: {_first_lines(error)}" for label, error in failed[:MOST_NAMED]]
        more = [f"  … and {len(failed) - MOST_NAMED} more"] if len(failed) > MOST_NAMED else []
        raise AssertionError("\n".join([f"{len(failed)} of {count} cases failed:", *lines, *more])) from failed[0][1]


def _first_lines(error: BaseException) -> str:
    return " | ".join(str(error).splitlines()[:3]) or "(no message)"
