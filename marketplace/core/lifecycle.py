"""Workflows as tables: the states of a thing, one row per legal transition, and everything derived from both.

The transitions give the guard (`advance`), the buttons (`actions_for`), the diagram (`mermaid`) and the test of every
action × state × role (`tests/lifecycle_matrix.py`). The states give the CHECK constraint (`check_sql`), labels, status
pills, the tabs of lists, groups for queries and figures, and the days after which a thing counts as standing still.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, Protocol

from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.values.text import N_
from marketplace.vocabulary import Vocabulary

_NAME = re.compile(r"[a-z][a-z0-9_]*")
#: What a status pill may look like; the style sheet has one class for each.
TONES = ("neutral", "info", "progress", "success", "warning", "danger")

#: The actor of moves that a job makes; list it in `roles` of time-driven rows.
SYSTEM = "system"


@dataclass(frozen=True)
class State:
    """One state and everything the application knows about it.

    `label` is the English message id. `group` names the set of states that queries, figures and other code ask for, such
    as "open". `tone` (of TONES) and `icon` are the look of its status pill. After `stall_days` days in this state a thing
    counts as standing still; None means never. `tab` is the tab of its owner's list on which it stands.
    """

    name: str
    label: str
    group: str
    tone: str
    icon: str
    stall_days: int | None = None
    tab: str = ""


def names_in(states: Iterable[State], *groups: str) -> tuple[str, ...]:
    """Return the names of the states in any of `groups`, in their own order. Raises ValueError for an unknown group."""
    every = tuple(states)
    lost = set(groups) - {state.group for state in every}
    if lost:
        raise ValueError(f"no state is in the groups {sorted(lost)}")
    return tuple(state.name for state in every if state.group in groups)


@dataclass(frozen=True)
class Reason:
    """What a person must say with a transition: words, and a code where there is a vocabulary of `codes`.

    An event keeps the code as `reason_code` and the words as `reason`. With `words_with` only those codes need words,
    since the others say enough. `ask` is the message id shown when the words are missing.
    """

    codes: Vocabulary | None = None
    words_with: tuple[str, ...] | None = None
    ask: str = N_("Please give a reason.")

    def check(self, code: str, words: str, *, field: str = "reason") -> None:
        """Raise Invalid on `field` without the words, and on `reason_code` without a code of the vocabulary."""
        if (self.words_with is None or code in self.words_with) and not words.strip():
            raise Invalid(field, self.ask)
        if self.codes is not None and code not in self.codes:
            raise Invalid("reason_code", N_("Choose a reason."))


@dataclass(frozen=True)
class Transition:
    """One row: who (`roles`, towards the thing) may move it by `action` from any of `from_states` to `to_state`.

    `label` is the English message id of the button. `reason` is what must be said with it, None when nothing. A thing
    already in one of `settled` takes a repeated message silently. `danger` draws the button as destructive. `done` is the
    message id of the move once it was made ("Began delivery"); without it the label says that too. `silent` is the reason
    why nobody is told of it; a move without is told in the notifications of its feature.
    """

    action: str
    from_states: tuple[str, ...]
    to_state: str
    roles: tuple[str, ...]
    label: str
    reason: Reason | None = None
    settled: tuple[str, ...] = ()
    danger: bool = False
    done: str = ""
    silent: str = ""

    @property
    def needs_reason(self) -> bool:
        """Whether a person must say why."""
        return self.reason is not None


class Move(NamedTuple):
    """A move that was made; what an event records."""

    action: str
    from_state: str
    to_state: str


class Stateful(Protocol):
    """Anything with a state that `advance` can move."""

    state: str


class Lifecycle:
    """A closed set of states in the order shown to people, and the table of transitions between them.

    Raises ValueError, so that a slip stops at import: for rows that name unknown states, contradict each other or leave a
    state unreachable, and when only some states have days of standing still.
    """

    def __init__(self, name: str, *, initial: str, states: Iterable[State], table: Iterable[Transition]) -> None:
        """Check states and table as a whole."""
        self.name = name
        self.initial = initial
        self.states: tuple[State, ...] = tuple(states)
        self.names: tuple[str, ...] = tuple(state.name for state in self.states)
        self.labels: Mapping[str, str] = MappingProxyType({state.name: state.label for state in self.states})
        self.table: tuple[Transition, ...] = tuple(table)
        self._check_names()
        self._check_rows()
        self._check_states()

    def state(self, name: str) -> State:
        """Return the state of this name; an unknown one (of an old row) is neutral and its own label."""
        return next((state for state in self.states if state.name == name), State(name, name, "", "neutral", "circle"))

    def in_groups(self, *groups: str) -> tuple[str, ...]:
        """Return what `names_in` says of these states."""
        return names_in(self.states, *groups)

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The groups with the names of their states, in the order in which the groups first appear."""
        return {group: self.in_groups(group) for group in dict.fromkeys(state.group for state in self.states)}

    @property
    def tabs(self) -> Mapping[str, tuple[str, ...]]:
        """The tabs of lists with the names of their states, in the order in which the tabs first appear."""
        found = dict.fromkeys(state.tab for state in self.states if state.tab)
        return {tab: tuple(state.name for state in self.states if state.tab == tab) for tab in found}

    @property
    def stall_days(self) -> Mapping[str, int]:
        """By name of state: the days after which a thing counts as standing still, for those states that have such days."""
        return {state.name: state.stall_days for state in self.states if state.stall_days is not None}

    @property
    def terminal(self) -> tuple[str, ...]:
        """States that no row leaves."""
        left = {state for row in self.table for state in row.from_states}
        return tuple(name for name in self.names if name not in left)

    @property
    def actions(self) -> tuple[str, ...]:
        """All action names, each once, in the order of the table."""
        return tuple(dict.fromkeys(row.action for row in self.table))

    @property
    def roles(self) -> tuple[str, ...]:
        """All roles named in the table, each once."""
        return tuple(dict.fromkeys(role for row in self.table for role in row.roles))

    def rows(self, action: str) -> tuple[Transition, ...]:
        """Return every row of `action`; none for an unknown action."""
        return tuple(row for row in self.table if row.action == action)

    def row(self, action: str, state: str, roles: Collection[str]) -> Transition | None:
        """Return the row by which someone with `roles` may do `action` in `state`, or None.

        When several roles of one person open different rows, the first row of the table counts.
        """
        for row in self.rows(action):
            if state in row.from_states and any(role in row.roles for role in roles):
                return row
        return None

    def actions_for(self, state: str, roles: Collection[str]) -> tuple[Transition, ...]:
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
        return f"{column} IN ({', '.join(repr(name) for name in self.names)})"

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
        known = set(self.names)
        if len(known) != len(self.names):
            raise ValueError(f"{self.name}: a state is repeated")
        if bad := [name for name in (*self.names, self.initial) if not _NAME.fullmatch(name) or name not in known]:
            raise ValueError(f"{self.name}: bad state {bad[0]!r}")
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
        if reached != set(self.names):
            raise ValueError(f"{self.name}: no way to {sorted(set(self.names) - reached)}")

    def _check_states(self) -> None:
        for state in self.states:
            if not state.label or not state.group or not state.icon or state.tone not in TONES:
                raise ValueError(f"{self.name}: {state.name} lacks a label, a group, an icon or a tone of {TONES}")
        odd = set(self.names) - set(self.terminal) ^ set(self.stall_days)
        if self.stall_days and odd:
            raise ValueError(f"{self.name}: all states but the last have stall_days, so mend {sorted(odd)}")


def legal_transition(
    lifecycle: Lifecycle, thing: Stateful, action: str, roles: Collection[str], reason_code: str = "", reason: str = ""
) -> Transition | None:
    """Return the row by which someone with `roles` may move `thing` by `action` now; nothing is moved.

    Returns None when the thing is settled for this action already (a repeated message). Raises NotAllowed for the wrong
    roles, IllegalMove for the wrong state, Invalid without the reason that the row asks for: reasons are checked here only.
    """
    row = lifecycle.row(action, thing.state, roles)
    if row is None:
        _refuse(lifecycle, action, thing.state, roles)
        return None
    if row.reason is not None:
        row.reason.check(reason_code, reason)
    return row


def advance(
    lifecycle: Lifecycle, thing: Stateful, action: str, roles: Collection[str], reason: str = "", *, reason_code: str = ""
) -> Move | None:
    """Move `thing` as `legal_transition` permits, and return the move, or None; the caller records the event."""
    row = legal_transition(lifecycle, thing, action, roles, reason_code, reason)
    if row is None:
        return None
    before, thing.state = thing.state, row.to_state
    return Move(action, before, row.to_state)


def _refuse(lifecycle: Lifecycle, action: str, state: str, roles: Collection[str]) -> None:
    """Return silently for a settled thing; otherwise say whether it is the person or the state that forbids."""
    rows = lifecycle.rows(action)
    mine = [row for row in rows if any(role in row.roles for role in roles)]
    if any(state in row.settled for row in mine):
        return
    if rows and (not mine or any(state in row.from_states for row in rows)):
        raise NotAllowed
    raise IllegalMove(state, label=lifecycle.label(state))
