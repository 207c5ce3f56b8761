"""What makes a listing or a need: its tables, its fields and their rules, as data.

Each feature declares one `Kind`; saving, completeness, diffs and moderation read it and know nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload, load_only

from marketplace.authoring.lifecycle import REVISION
from marketplace.core.access import Actor
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.reader_language import title_in
from marketplace.core.subjects import Subject
from marketplace.values.text import N_
from marketplace.vocabulary import Vocabulary

#: When a field must be there: to submit (M in docs/domain.md §1.4) or to publish (P).
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


#: What the events of things with versions are called in a list of mixed events.
EVENT_LABELS: Mapping[str, str] = {
    **{row.action: row.done or row.label for row in REVISION.table},
    "create": N_("Created"), "save": N_("Text changed"), "start_revision": N_("New version begun"),
    "enquire": N_("Enquiry sent"),
}


def subject_of_kind(
    kind: Kind, label: str, icon: str, *, path: Callable[[Any], str], own_path: Callable[[Any], str],
    visible_to: Callable[[Actor], ColumnElement[bool]],
) -> Subject:
    """Return the declaration of a thing with versions: it is called as its published version is, else as its newest."""
    thing, revision = kind.thing, kind.revision

    def title(row: Any, language: str) -> str:
        version = row.published_revision or (row.revisions[-1] if row.revisions else None)
        return (title_in(version, language) if version else "") or str(row.code)

    return Subject(
        kind.name, thing, label, title, lifecycle=kind.lifecycle, icon=icon, code=lambda row: str(row.code),
        path=lambda row, _reader: path(row), own_path=own_path, visible_to=visible_to,
        organisations=lambda row: {"owner": row.org_id},
        brief=lambda: (
            load_only(thing.code, thing.org_id, thing.state),
            joinedload(thing.published_revision).load_only(revision.title, revision.title_en, revision.language),
        ),
        event_labels={f"{kind.name}.{action}": label for action, label in EVENT_LABELS.items()},
    )
