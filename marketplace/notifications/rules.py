"""The table of who is told what: rows that features declare in their `notifications` module and register in their wiring.

A row is an event (or the name of what a clock or a digest tells), an audience, a topic and a sentence. Audiences are the
parts that organisations play in the thing (`owner`, `supplier`, `buyer`), `both`, `other` (those that did not act), `own`
(colleagues of who acted), what the feature's `Occasion` adds (`waiting`, `respondent`, `invited`), and of the staff
`officer` (who follows this thing), `officers` (all who could), `managers`, `moderators` and `accountants`. Nobody is told
what they did themselves, and of several rows that fit a person the first counts. What is recorded and told to nobody
stands in `silent` with the reason; a test compares both with every event that is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from marketplace.accounts.models import User
from marketplace.core.events import Event
from marketplace.core.subjects import SUBJECTS
from marketplace.notifications.occasions import Occasion
from marketplace.notifications.topics import register_message

#: Audiences of the exchange's own staff.
STAFF = ("officer", "officers", "managers", "moderators", "accountants")


@dataclass(frozen=True)
class Letter:
    """A mail text of a feature's own, `emails/<template>.txt`, instead of the sentence and its link."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Clock:
    """Recurring work that tells something: `due` yields what is due at `hour` (in Vietnam) of every day."""

    job: str
    hour: int
    due: Callable[[], Iterable[Occasion]]


@dataclass(frozen=True)
class Rule:
    """One row. Without `place` it leads to the page of the thing.

    `by` limits it to events made by one part (`supplier`) or by none of them (`exchange`), `case` to occasions of that
    name. `quiet`: no further mail while an unread one of the same kind about the same thing is fresh. `also` gets who was
    told, by address, and writes to others. `key` is that of its sentence, where it is not made of the row.
    """

    action: str
    topic: str
    to: tuple[str, ...]
    text: str
    by: str = ""
    case: str = ""
    quiet: bool = False
    place: Callable[[Occasion], str] | None = None
    letter: Callable[[Occasion, User], Letter] | None = None
    clock: Clock | None = None
    also: Callable[[Occasion, frozenset[str]], None] | None = None
    key: str = ""

    @property
    def message(self) -> str:
        """Key of its sentence; notifications keep it for years, so a row that is moved keeps its key."""
        return self.key or ":".join(part for part in (self.action, self.to[0], self.by) if part)

    def fits(self, occasion: Occasion) -> bool:
        """Tell whether the row is about this occasion at all."""
        return self.by in {"", occasion.acting or "exchange"} and self.case in {"", occasion.case}


def rule(action: str, topic: str, to: str, text: str, **more: Any) -> Rule:
    """Return a row; `to` names its audiences, the first to look at first, with spaces between."""
    return Rule(action, topic, tuple(to.split()), text, **more)


def letter(template: str) -> Callable[[Occasion, User], Letter]:
    """Return the letter of a template that needs the person's name and what the occasion has for letters."""
    return lambda occasion, user: Letter(template, {"name": user.name, **occasion.extra})


def plain(event: Event, row: Any) -> Occasion | None:
    """Return the occasion of an event about which the rules need no more than its Subject says."""
    return Occasion(row, event)


@dataclass(frozen=True)
class Notifications:
    """What one feature tells: its rows, what it tells nobody and why, and how it reads an event.

    `occasion` gets an event of one of its rows and the thing; None: this once nobody is told.
    """

    rules: tuple[Rule, ...]
    silent: Mapping[str, str] = field(default_factory=dict)
    occasion: Callable[[Event, Any], Occasion | None] = plain


_registered: list[Notifications] = []
_by_action: dict[str, list[Notifications]] = {}


def add(declared: Notifications) -> None:
    """Add the rows of a feature (`consumers.register_notifications` does). Doing it again is silence."""
    if any(one is declared for one in _registered):
        return
    _registered.append(declared)
    for one in declared.rules:
        register_message(one.message, one.text)
        here = _by_action.setdefault(one.action, [])
        if not any(other is declared for other in here):
            here.append(declared)


def by_action() -> Mapping[str, Sequence[Notifications]]:
    """Return which features tell something about an action."""
    return MappingProxyType(_by_action)


def registered() -> Sequence[Notifications]:
    """Return what each feature tells, in the order in which they were added."""
    return tuple(_registered)


def rules() -> Iterable[Rule]:
    """Return the whole table."""
    return [one for declared in _registered for one in declared.rules]


def rules_of(declared: Notifications, action: str) -> list[Rule]:
    """Return the rows of one feature about an action, in their order."""
    return [one for one in declared.rules if one.action == action]


def silent() -> Mapping[str, str]:
    """Return what is told to nobody, with the reasons: those of the features, and those that moves carry themselves."""
    moves = {
        f"{kind}.{row.action}": row.silent
        for kind, one in SUBJECTS.items() if one.lifecycle for row in one.lifecycle.table if row.silent
    }
    return {**{action: why for declared in _registered for action, why in declared.silent.items()}, **moves}
