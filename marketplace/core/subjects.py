"""Kinds of things, declared once: what every part of the exchange asks about a listing, a deal, a person or an import.

A feature declares a `Subject` for each of its tables that has a history and registers it in its `wiring`. Pages,
notifications, moderation, search and figures ask the registry and name no kind themselves: a new record with a history
costs one declaration. A declaration is the same in every application of a process, so the registry belongs to the module
(docs/decisions/0008-registries.md); to register the same declaration again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm.interfaces import ORMOption

from marketplace.core.access import Actor
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.permissions import Permission
from marketplace.vocabulary import Vocabulary


class Ref(NamedTuple):
    """A thing by its kind and id."""

    kind: str
    id: int


@dataclass(frozen=True)
class Facts:
    """What figures of a past week need to know of a thing as it was: the columns of the append-only table `fact`."""

    org_id: int | None = None
    org_kind: str = ""
    ward: str = ""
    field: str = ""
    amount: int | None = None
    hidden: bool = False


@dataclass(frozen=True)
class Searched:
    """How things of a kind get into the search index.

    `documents` gives the documents of ids, by id, `all_ids` the ids of all that may be in the index. `of_organisation`
    are the things through whose documents an organisation shows. Events named in `silent` change no document. `since` is
    the number of a document that says since when the thing can be found.
    """

    documents: Callable[[Iterable[int]], dict[int, Any]]
    all_ids: Callable[[], Sequence[int]]
    fingerprint: Callable[[], str]
    since: str
    of_organisation: Callable[[int], Iterable[int]] | None = None
    silent: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Review:
    """What the staff go by when they decide about things of a kind: items to check, and the reasons of a refusal."""

    checks: Vocabulary
    reasons: Vocabulary


def nobody(_reader: Actor) -> ColumnElement[bool]:
    """Return the rule of a thing that has no page: no reader finds it."""
    return false()


def everybody(_reader: Actor) -> ColumnElement[bool]:
    """Return the rule of a thing that everybody may read."""
    return true()


def nothing(*_asked: Any) -> str:
    """Return an empty string: such a thing has no code, no title or no page."""
    return ""


def no_facts(_row: Any) -> Facts:
    """Return nothing: no figure counts such things, and their events leave no facts."""
    return Facts()


def itself(_event: Event) -> None:
    """Return None: such a thing is known by itself."""


@dataclass(frozen=True)
class Subject:
    """One kind of thing. `kind` is the prefix of its events (`deal.sign`), `label` an English message id.

    Functions get a row of `model`. `title` is in the reader's language and never empty; `path` is the page on which a
    reader finds the thing, `own_path` the page on which its owner works on it; either is empty where there is none.
    `parent` says of an event what the thing is known by when it has no code of its own: a milestone by its deal.
    `organisations` gives the organisations it belongs to, by the part they play (`owner`, or `supplier` and `buyer`).
    `brief` are the loader options with which title, code and path need no further statement.
    """

    kind: str
    model: type[Any]
    label: str
    title: Callable[[Any, str], str]
    lifecycle: Lifecycle | None = None
    icon: str = ""
    code: Callable[[Any], str] = nothing
    path: Callable[[Any, Actor], str] = nothing
    own_path: Callable[[Any], str] = nothing
    visible_to: Callable[[Actor], ColumnElement[bool]] = nobody
    parent: Callable[[Event], Ref | None] = itself
    organisations: Callable[[Any], Mapping[str, int]] = lambda _row: {}
    #: The names of supplier and buyer that a reader may know now, by the ids of things that have these parties.
    parties: Callable[[Sequence[int], Actor], Mapping[int, Mapping[str, str]]] = lambda _ids, _reader: {}
    facts: Callable[[Any], Facts] = no_facts
    brief: Callable[[], Sequence[ORMOption]] = tuple
    #: The permissions that a move of its lifecycle, by its action, demands besides the role of its row.
    demands: Callable[[str], Sequence[Permission]] = lambda _action: ()
    #: How it gets into the search index; None: it is not searched.
    searched: Searched | None = None
    #: What moderators check and say; None: it is not reviewed.
    review: Review | None = None
    #: Its page shows all that is told about it, so that whoever opens it has read that.
    page_shows_news: bool = False
    #: What an event of it is called in a list of mixed events, by action, where no move of its lifecycle says so.
    event_labels: Mapping[str, str] = field(default_factory=dict)
    #: What such a list calls the thing, where that is not its own label: a milestone's event reads as its deal's.
    listed_as: str = ""

    def row(self, id_: int) -> Any | None:
        """Return the row of an id, or None."""
        return db.session.get(self.model, id_)

    def event_word(self, action: str) -> str:
        """Return what an event of it is called (a message id), or an empty string."""
        verb = action.partition(".")[2]
        moved = self.lifecycle.done(verb) if self.lifecycle and self.lifecycle.rows(verb) else ""
        return self.event_labels.get(action, moved)


_registered: dict[str, Subject] = {}
#: Every kind of thing with a history, by name.
SUBJECTS: Mapping[str, Subject] = MappingProxyType(_registered)


def register_subject(subject: Subject) -> None:
    """Add a kind of thing. The wiring of its feature does this; doing it again is silence.

    Raises ValueError when another declaration holds the name, or when the table calls itself otherwise.
    """
    if _registered.setdefault(subject.kind, subject) is not subject:
        raise ValueError(f"two features declare a Subject {subject.kind!r}")
    if subject.model.subject_kind != subject.kind:
        raise ValueError(f"{subject.model.__name__}.subject_kind is not {subject.kind!r}")


def subject(kind: str) -> Subject:
    """Return the declaration of a kind. Raises LookupError for one that no feature registered."""
    if kind not in _registered:
        raise LookupError(f"no Subject {kind!r}: register one in the wiring of its feature (docs/contract.md)")
    return _registered[kind]


def review_of(kind: str) -> Review:
    """Return what the staff go by in reviews of a kind. Raises LookupError for one that is not reviewed."""
    declared = subject(kind).review
    if declared is None:
        raise LookupError(f"{kind!r} is not reviewed: give its Subject a `review` (docs/contract.md)")
    return declared


def subject_of(row: Any) -> Subject:
    """Return the declaration of a row's kind."""
    return subject(row.subject_kind)


def row_of(event: Event) -> Any | None:
    """Return the thing an event is about, or None when it is gone."""
    return subject(event.subject_kind).row(event.subject_id)


def known_by(event: Event) -> Ref:
    """Return what people know the thing of an event by: the thing itself, or its parent."""
    declared = _registered.get(event.subject_kind)
    return (declared.parent(event) if declared else None) or Ref(event.subject_kind, event.subject_id)


def rows_of(refs: Iterable[Ref]) -> dict[Ref, Any]:
    """Return things by what names them, loaded as far as `brief` says; one statement per kind. What is gone is left out."""
    ids: dict[str, set[int]] = {}
    for ref in refs:
        ids.setdefault(ref.kind, set()).add(ref.id)
    found: dict[Ref, Any] = {}
    for kind in ids.keys() & _registered.keys():
        model = _registered[kind].model
        rows = db.session.scalars(select(model).where(model.id.in_(ids[kind])).options(*_registered[kind].brief()))
        found |= {Ref(kind, row.id): row for row in rows.unique()}
    return found


def codes_of(refs: Sequence[Ref]) -> dict[Ref, str]:
    """Return the codes of things; at most one statement per kind that has codes."""
    coded = [ref for ref in refs if ref.kind in _registered and _registered[ref.kind].code is not nothing]
    return {ref: _registered[ref.kind].code(row) for ref, row in rows_of(coded).items()}
