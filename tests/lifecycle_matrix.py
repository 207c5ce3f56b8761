"""Every action × state × role of a lifecycle as test cases, with what the table says must happen.

    @pytest.mark.parametrize("case", matrix(LISTING))
    def test_every_move_of_a_listing(case):
        check(LISTING, case)

`check` calls `advance` on a plain object; pass `make` (state → thing) and `do` (thing, case → Move or None) to drive
a feature's own verbs instead. What is expected is read from the raw rows, never through the code under test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from marketplace.errors import DomainError, IllegalMove, Invalid, NotAllowed
from marketplace.lifecycle import Lifecycle, Move, advance

REASON = "A reason that a person would give."


@dataclass(frozen=True)
class Case:
    """One combination. `expected` is the state after, None for silence, or the error that must be raised."""

    action: str
    state: str
    role: str
    expected: str | type[DomainError] | None
    needs_reason: bool = False

    def __str__(self) -> str:
        result = self.expected if isinstance(self.expected, str) else getattr(self.expected, "__name__", "silence")
        return f"{self.action}-{self.state}-{self.role}-{result}"


def matrix(lifecycle: Lifecycle, roles: tuple[str, ...] = ()) -> list[Any]:
    """Return a pytest parameter for every action × state × role of the table, a stranger and `roles` included."""
    everyone = dict.fromkeys((*(role for row in lifecycle.table for role in row.roles), *roles, "stranger"))
    actions = dict.fromkeys(row.action for row in lifecycle.table)
    cases = [_case(lifecycle, action, state, role) for action in actions for state in lifecycle.states for role in everyone]
    return [pytest.param(case, id=str(case)) for case in cases]


def _case(lifecycle: Lifecycle, action: str, state: str, role: str) -> Case:
    same_action = [row for row in lifecycle.table if row.action == action]
    mine = [row for row in same_action if role in row.roles]
    for row in mine:
        if state in row.from_states:
            return Case(action, state, role, row.to_state, row.needs_reason)
    if [row for row in mine if state in row.settled]:
        return Case(action, state, role, None)
    somebody_may = [row for row in same_action if state in row.from_states]
    return Case(action, state, role, NotAllowed if somebody_may or not mine else IllegalMove)


def check(
    lifecycle: Lifecycle,
    case: Case,
    make: Callable[[str], Any] | None = None,
    do: Callable[[Any, Case], Any] | None = None,
) -> None:
    """Assert that `case` ends as its table says, that a refusal changes nothing, and that a reason is asked for."""
    thing = make(case.state) if make else SimpleNamespace(state=case.state)

    def act(reason: str) -> Any:
        return do(thing, case) if do else advance(lifecycle, thing, case.action, {case.role}, reason)

    if isinstance(case.expected, type):
        with pytest.raises(case.expected):
            act(REASON)
        assert thing.state == case.state
        return
    if case.needs_reason and not do:
        with pytest.raises(Invalid) as caught:
            act("  ")
        assert caught.value.field == "reason"
        assert thing.state == case.state
    move = act(REASON)
    if case.expected is None:
        assert move is None
        assert thing.state == case.state
        return
    assert thing.state == case.expected
    if isinstance(move, Move):
        assert move == Move(case.action, case.state, case.expected)
