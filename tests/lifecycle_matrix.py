"""Every action × state × role of a lifecycle, with what the table says must happen, as one test:

    def test_every_move_of_a_listing():
        check_table(LISTING)

`check_table` calls `advance` on a plain object. A feature's own verbs are tried with `try_each(cases(LISTING), …)` and
`check(LISTING, case, make, do)`: `make` (state → thing), `do` (thing, case → Move or None). A failure names every case
that did not hold by action, state and role. What is expected is read from the raw rows, never through the code under test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from marketplace.core.errors import DomainError, IllegalMove, Invalid, NotAllowed
from marketplace.core.lifecycle import Lifecycle, Move, advance
from tests.cases import try_each

REASON = "A reason that a person would give."


@dataclass(frozen=True)
class Case:
    """One combination. `expected` is the state after, None for silence, or the error that must be raised."""

    action: str
    state: str
    role: str
    expected: str | type[DomainError] | None
    needs_reason: bool = False
    reason_code: str = ""

    def __str__(self) -> str:
        result = self.expected if isinstance(self.expected, str) else getattr(self.expected, "__name__", "silence")
        return f"action {self.action}, state {self.state}, role {self.role}, expected {result}"


def cases(lifecycle: Lifecycle, roles: tuple[str, ...] = ()) -> list[Case]:
    """Return a case for every action × state × role of the table, a stranger and `roles` included."""
    everyone = dict.fromkeys((*(role for row in lifecycle.table for role in row.roles), *roles, "stranger"))
    actions = dict.fromkeys(row.action for row in lifecycle.table)
    return [_case(lifecycle, action, state, role) for action in actions for state in lifecycle.names for role in everyone]


def _case(lifecycle: Lifecycle, action: str, state: str, role: str) -> Case:
    same_action = [row for row in lifecycle.table if row.action == action]
    mine = [row for row in same_action if role in row.roles]
    for row in mine:
        if state in row.from_states:
            code = row.reason.codes.codes[0] if row.reason and row.reason.codes else ""
            words = row.reason is not None and row.reason.words_with is None  # else the code says enough
            return Case(action, state, role, row.to_state, words, code)
    if [row for row in mine if state in row.settled]:
        return Case(action, state, role, None)
    somebody_may = [row for row in same_action if state in row.from_states]
    return Case(action, state, role, NotAllowed if somebody_may or not mine else IllegalMove)


def check_table(lifecycle: Lifecycle, roles: tuple[str, ...] = ()) -> None:
    """Assert of every case of the table that `advance` does what its rows say."""
    try_each(cases(lifecycle, roles), lambda case: check(lifecycle, case))


def check(
    lifecycle: Lifecycle,
    case: Case,
    make: Callable[[str], Any] | None = None,
    do: Callable[[Any, Case], Any] | None = None,
) -> None:
    """Assert that `case` ends as its table says, that a refusal changes nothing, and that a reason is asked for."""
    thing = make(case.state) if make else SimpleNamespace(state=case.state)

    def act(reason: str) -> Any:
        return do(thing, case) if do else advance(
            lifecycle, thing, case.action, {case.role}, reason, reason_code=case.reason_code
        )

    if isinstance(case.expected, type):
        _refused(case.expected, act, REASON)
        assert thing.state == case.state, f"the refusal left it {thing.state}"
        return
    if case.needs_reason and not do:
        error = _refused(Invalid, act, "  ")
        assert error.field == "reason", f"{error!r} is not about the reason"
        assert thing.state == case.state, f"the refusal left it {thing.state}"
    move = act(REASON)
    if case.expected is None:
        assert move is None, f"the move returned is {move}"
        assert thing.state == case.state, f"it is now {thing.state}"
        return
    assert thing.state == case.expected, f"it is now {thing.state}"
    if isinstance(move, Move):
        assert move == Move(case.action, case.state, case.expected), f"the move returned is {move}"


def _refused(kind: type[DomainError], act: Callable[[str], Any], reason: str) -> Any:
    """Return the error of this kind that `act` raises; another one goes through."""
    try:
        move = act(reason)
    except kind as error:
        return error
    raise AssertionError(f"did not raise {kind.__name__} but returned {move}")
