"""Workflows as tables: one row per legal move, and everything derived from the rows.

From one table come the guard (`advance`), the buttons (`Lifecycle.actions_for`), the CHECK constraint
(`check_sql`), the diagram in the documentation (`mermaid`) and the parametrised test of every action × state × role
(`tests/lifecycle_matrix.py`). What is not in the table is illegal.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, Protocol

from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.values.text import N_

_NAME = re.compile(r"[a-z][a-z0-9_]*")

#: The actor of moves that a job makes; list it in `roles` of time-driven rows.
SYSTEM = "system"


@dataclass(frozen=True)
class T:
    """One row: who (`roles`, towards the thing) may move it by `action` from any of `from_states` to `to_state`.

    `label` is the English message id of the button. `needs_reason` refuses an empty reason. A thing already in one
    of `settled` takes a repeated message silently. `danger` draws the button as destructive. `done` is the message id
    of the move once it was made ("Began delivery"); without it the label says that too.
    """

    action: str
    from_states: tuple[str, ...]
    to_state: str
    roles: tuple[str, ...]
    label: str
    needs_reason: bool = False
    settled: tuple[str, ...] = ()
    danger: bool = False
    done: str = ""


class Move(NamedTuple):
    """A move that was made; what an event records."""

    action: str
    from_state: str
    to_state: str


class Stateful(Protocol):
    """Anything with a state that `advance` can move."""

    state: str


class Lifecycle:
    """A named table of rows over a closed set of states.

    `labels` gives the English message id of every state, in the order shown to people; its keys are the states.
    Raises ValueError when rows name unknown states, contradict each other or leave a state unreachable: a slip in
    the table stops at import.
    """

    def __init__(self, name: str, *, initial: str, labels: Mapping[str, str], table: Iterable[T]) -> None:
        """Check the table as a whole."""
        self.name = name
        self.initial = initial
        self.labels: Mapping[str, str] = MappingProxyType(dict(labels))
        self.states: tuple[str, ...] = tuple(labels)
        self.table: tuple[T, ...] = tuple(table)
        self._check_names()
        self._check_rows()

    @property
    def terminal(self) -> tuple[str, ...]:
        """States that no row leaves."""
        left = {state for row in self.table for state in row.from_states}
        return tuple(state for state in self.states if state not in left)

    @property
    def actions(self) -> tuple[str, ...]:
        """All action names, each once, in the order of the table."""
        return tuple(dict.fromkeys(row.action for row in self.table))

    @property
    def roles(self) -> tuple[str, ...]:
        """All roles named in the table, each once."""
        return tuple(dict.fromkeys(role for row in self.table for role in row.roles))

    def rows(self, action: str) -> tuple[T, ...]:
        """Return every row of `action`; none for an unknown action."""
        return tuple(row for row in self.table if row.action == action)

    def row(self, action: str, state: str, roles: Collection[str]) -> T | None:
        """Return the row by which someone with `roles` may do `action` in `state`, or None.

        When several roles of one person open different rows, the first row of the table counts.
        """
        for row in self.rows(action):
            if state in row.from_states and any(role in row.roles for role in roles):
                return row
        return None

    def actions_for(self, state: str, roles: Collection[str]) -> tuple[T, ...]:
        """Return the rows open to someone with `roles` in `state`, one per action: the buttons of the page."""
        found = (self.row(action, state, roles) for action in self.actions)
        return tuple(row for row in found if row)

    def label(self, state: str) -> str:
        """Return the message id of `state`; an unknown state is its own."""
        return self.labels.get(state, state)

    def done(self, action: str) -> str:
        """Return the message id that says `action` was made; an unknown action is its own."""
        return next((row.done or row.label for row in self.rows(action)), action.replace("_", " "))

    def check_sql(self, column: str = "state") -> str:
        """Return the SQL condition that `column` holds a state of this lifecycle, for a CHECK constraint."""
        if not _NAME.fullmatch(column):
            raise ValueError(f"not a column name: {column!r}")
        return f"{column} IN ({', '.join(repr(state) for state in self.states)})"

    def mermaid(self) -> str:
        """Return the workflow as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [
            f"    {state} --> {row.to_state}: {row.action} ({', '.join(row.roles)})"
            for row in self.table
            for state in row.from_states
        ]
        lines += [f"    {state} --> [*]" for state in self.terminal]
        return "\n".join(lines) + "\n"

    def _check_names(self) -> None:
        known = set(self.states)
        for state in (*self.states, self.initial):
            if not _NAME.fullmatch(state) or state not in known:
                raise ValueError(f"{self.name}: bad state {state!r}")
        for row in self.table:
            if not row.from_states or not row.roles:
                raise ValueError(f"{self.name}: {row.action} has no state or no role")
            lost = {*row.from_states, row.to_state, *row.settled} - known
            if lost:
                raise ValueError(f"{self.name}: {row.action} names unknown states {sorted(lost)}")
            if set(row.from_states) & set(row.settled):
                raise ValueError(f"{self.name}: {row.action} both moves and is settled in one state")

    def _check_rows(self) -> None:
        seen: set[tuple[str, str, str]] = set()
        for row in self.table:
            for state in row.from_states:
                for role in row.roles:
                    if (row.action, state, role) in seen:
                        raise ValueError(f"{self.name}: two rows for {row.action} in {state} by {role}")
                    seen.add((row.action, state, role))
        reached, frontier = {self.initial}, [self.initial]
        while frontier:
            state = frontier.pop()
            new = {row.to_state for row in self.table if state in row.from_states} - reached
            reached |= new
            frontier += new
        if reached != set(self.states):
            raise ValueError(f"{self.name}: no way to {sorted(set(self.states) - reached)}")


def advance(lifecycle: Lifecycle, thing: Stateful, action: str, roles: Collection[str], reason: str = "") -> Move | None:
    """Move `thing` by `action` for someone with `roles` towards it, and return the move.

    Returns None and changes nothing when the thing is already settled for this action (a repeated message).
    Raises NotAllowed when these roles may not do this, IllegalMove when the state does not permit it, and Invalid
    on the field `reason` when the row needs one. The caller records the event; nothing is flushed here.
    """
    state = thing.state
    row = lifecycle.row(action, state, roles)
    if row is None:
        _refuse(lifecycle, action, state, roles)
        return None
    if row.needs_reason and not reason.strip():
        raise Invalid("reason", N_("Please give a reason."))
    thing.state = row.to_state
    return Move(action, state, row.to_state)


def _refuse(lifecycle: Lifecycle, action: str, state: str, roles: Collection[str]) -> None:
    """Return silently for a settled thing; otherwise say whether it is the person or the state that forbids."""
    rows = lifecycle.rows(action)
    mine = [row for row in rows if any(role in row.roles for role in roles)]
    if any(state in row.settled for row in mine):
        return
    if rows and (not mine or any(state in row.from_states for row in rows)):
        raise NotAllowed
    raise IllegalMove(state, label=lifecycle.label(state))
