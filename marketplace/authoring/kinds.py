"""What makes a listing or a need: its tables, its fields and their rules, as data.

Each feature declares one `Kind`; saving, completeness, diffs and moderation read it and know nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.access import Actor
from marketplace.lifecycle import Lifecycle
from marketplace.vocabulary import Vocabulary

#: When a field must be there: to submit (M in domain §1.4) or to publish (P).
SUBMIT = "submit"
PUBLISH = "publish"


@dataclass(frozen=True)
class Column:
    """One column of a field of rows. `shape` is text, number, money, date, percent (basis points) or code."""

    name: str
    label: str  # English message id
    shape: str = "text"
    vocabulary: Vocabulary | None = None


@dataclass(frozen=True)
class FieldSpec:
    """One editable field of a revision.

    `shape` is text, prose, code, codes (of a vocabulary, or free words), rows, money, number, date, flag, place, box
    or organisations (ids). `free` fields may change on a published thing without a new review; everything else is
    protected. `tier` says who reads it.
    """

    name: str
    label: str  # English message id
    step: str  # key of the form's step
    shape: str = "text"
    vocabulary: Vocabulary | None = None
    needed: str = ""  # "", SUBMIT or PUBLISH
    free: bool = False
    tier: str = "public"  # public | members | confidential
    columns: tuple[Column, ...] = ()  # of shape rows, and the parts of shape box


@dataclass(frozen=True)
class Problem:
    """Something that is missing or wrong: which field, on which step, and what to do (message id and parameters)."""

    field: str
    step: str
    message: str
    params: dict[str, Any]
    needed: str = SUBMIT


@dataclass(frozen=True)
class Kind:
    """A kind of thing with versions."""

    name: str  # "listing" | "need": subject kind, event prefix and moderation kind
    prefix: str  # of its code: CN, NC
    thing: type[Any]
    revision: type[Any]
    parent: str  # attribute of the revision that holds the thing
    lifecycle: Lifecycle
    fields: tuple[FieldSpec, ...]
    #: Rules richer than "must be there"; returns problems in form order.
    rules: Callable[[Any], Sequence[Problem]]
    #: Called when a revision becomes the published one (before the thing's own move), to copy what the thing keeps.
    on_publish: Callable[[Any, Any, Actor], None]
    #: Called when a new version begins from the published text, to bring in what changed on the thing since.
    on_start: Callable[[Any, Any], None] = lambda thing, revision: None
    #: Thing states in which an owner may begin a new version.
    revisable: tuple[str, ...] = ()
    #: Thing states that count as "others see it": an approved revision replaces the text without another move.
    live: tuple[str, ...] = ()

    def spec(self, name: str) -> FieldSpec:
        """Return the spec of a field. Raises KeyError for an unknown one."""
        return next(spec for spec in self.fields if spec.name == name) if name in self.names else _unknown(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all editable fields."""
        return tuple(spec.name for spec in self.fields)

    def thing_of(self, revision: Any) -> Any:
        """Return the thing a revision belongs to."""
        return getattr(revision, self.parent)


def _unknown(name: str) -> FieldSpec:
    raise KeyError(name)


def is_empty(value: Any) -> bool:
    """True for what counts as not stated; False and 0 are statements."""
    return value is None or value == "" or value == [] or value == {}
