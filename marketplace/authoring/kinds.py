"""What makes a listing or a need: its tables, its fields and their rules, as data.

Each feature declares one `Kind`. Saving, completeness, diffs and moderation read it, and so do the search document, the
filter column, the query language, the import, the export and the lists of facts on pages: a field is declared once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload, load_only

from marketplace.authoring.lifecycle import REVISION
from marketplace.core.access import Actor
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.reader_language import title_in
from marketplace.core.subjects import Facts, Review, Searched, Subject
from marketplace.values.text import N_
from marketplace.vocabulary import Vocabulary

#: When a field must be there: to submit (M in docs/domain.md §1.4) or to publish (P).
SUBMIT = "submit"
PUBLISH = "publish"
#: Code of the problem that a needed field is empty; every other problem is a broken rule.
NOT_STATED = "not_stated"

#: Shapes that an import can fill from one column.
IMPORTABLE = frozenset({"text", "prose", "code", "codes", "level", "number", "money", "date", "flag", "place"})


@dataclass(frozen=True)
class RowColumn:
    """One column of a field of rows. `shape` is text, number, money, date, percent (basis points) or code."""

    name: str
    label: str  # English message id
    shape: str = "text"
    vocabulary: Vocabulary | None = None
    search: bool = False  # its words find the thing
    required: bool = False  # a row that says anything must fill it
    most: int = 200  # characters of a text
    bounds: tuple[int, int] | None = None  # of a number
    size: str = "half"  # width in the form: half, third, short
    hint: str = ""  # message id, under its field of a box


@dataclass(frozen=True)
class FacetSpec:
    """A filter made of a field: one of its values can be chosen, and the engine counts them.

    The values follow from the field's shape: its codes, its place, its level, the codes in one `column` of its rows, or
    the `bands` that its number or amount (or its range) falls in. Fields with the same facet name add up.
    """

    name: str  # in search documents and addresses; it never changes
    label: str = ""  # message id; the field's own label unless given
    position: int = 500  # its place in the filter column
    shown: bool = True  # False: it stands in the search document only
    open: bool = False  # the filter column shows it unfolded
    words: bool = True  # the names of its values, in both languages, are words that find the thing
    tree: bool = False  # the first level of a tree of codes, whose codes begin with their parent's
    column: str = ""  # of a field of rows
    bands: Vocabulary | None = None  # its terms are `Band`s
    codes: tuple[str, ...] = ()  # offered values, when they are not those of a vocabulary
    prefix: str = ""  # stands before the code in the name of a value: "TRL" gives "TRL 7 · …"
    in_database: bool = True  # False: it is not applied while the search engine does not answer


@dataclass(frozen=True)
class NumberSpec:
    """A number in the search document: for ranges in the query language, and for sorting.

    It is the field's number or amount; the end of a day; the seconds of a moment. Of a range that is stated in part, the
    stated end stands for both (amounts), or the vocabulary's first or last level for the missing one.
    """

    name: str = ""  # in search documents; the field's name unless given
    label: str = ""  # message id, how a typed range is called; the facet's or the field's unless given
    ascending: str = ""  # message id of the sort order that begins with the least; none when empty
    descending: str = ""
    position: int = 500  # of the sort order among others


@dataclass(frozen=True)
class ImportSpec:
    """One column of an imported file that fills the field."""

    names: tuple[str, ...]  # usual headings, folded, likeliest first
    key: str = ""  # of the field in a mapping file; the field's name unless given
    label: str = ""  # message id; the field's own label unless given


@dataclass(frozen=True)
class FieldSpec:
    """One editable field of a revision.

    `shape` is text, prose, code, codes (of a vocabulary, or free words), level (a whole number of a vocabulary), rows,
    money, number, date, flag, place, box or organisations (ids). A kind's `thing_fields` may also have the shapes
    moment, state and owner. `free` fields may change on a published thing without a new review; everything else is
    protected. `tier` says who reads it. docs/authoring.md tells how to add a field.
    """

    name: str
    label: str  # English message id
    step: str  # key of the form's step
    shape: str = "text"
    vocabulary: Vocabulary | None = None
    needed: str = ""  # "", SUBMIT or PUBLISH
    free: bool = False
    tier: str = "public"  # public | members | confidential
    columns: tuple[RowColumn, ...] = ()  # of shape rows, and the parts of shape box
    upper: str = ""  # this field is the lower end of a range; the name of the field that is its upper end
    bounds: tuple[int, int] | None = None  # of a number
    units: tuple[str, ...] = ()  # folded, what people may write behind a number
    translates: str = ""  # the name of the field whose text this is in the other language
    # Search
    search: bool = False  # its words find the thing
    facet: FacetSpec | None = None
    number: NumberSpec | None = None
    query_names: tuple[str, ...] = ()  # what people write before the colon, Vietnamese first
    query_example: str = ""  # one is made when it is empty
    # Files
    imports: ImportSpec | None = None
    export: bool = False  # a column of its own in downloads
    # Pages
    section: str = ""  # the list of facts on the thing's page in which it stands
    section_label: str = ""  # message id, its label there; the field's own unless given
    group: str = ""  # message id of the heading in its step of the form
    size: str = ""  # width in the form: half, third, short; whole when empty
    in_form: bool = True  # False: no person writes it in the form
    hint: str = ""  # message id, what stands under the label
    demanded_if: str = ""  # message id: when the rules ask for it ("when the State paid for it"), though not `needed`
    options: Mapping[str, Any] = field(default_factory=dict)  # more arguments of `f.field`: count, advice, rows, keywords …
    most: int = 0  # characters of a text, when they are neither `count` nor the column's length; rows of a field of rows
    within: str = ""  # of a ward: the name of the field with its province
    add: str = ""  # message id of the button that adds a row


@dataclass(frozen=True)
class Problem:
    """Something that is missing or wrong: which field, on which step, and what to do (message id and parameters)."""

    field: str
    step: str
    message: str
    params: dict[str, Any]
    needed: str = SUBMIT
    code: str = "rule"  # or NOT_STATED


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of thing with versions. Raises ValueError for fields that contradict themselves."""

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
    #: Returns what is known before anything is typed, by field name: of the organisation, the person, the last answers.
    known: Callable[[Kind, Actor], Mapping[str, Any]] = lambda kind, actor: {}
    #: Called when a new version begins from the published text, to bring in what changed on the thing since.
    on_start: Callable[[Any, Any], None] = lambda thing, revision: None
    #: Looks at files received for a version, and at all it has before it is submitted. May end an unwritten transaction, so
    #: the version is loaded again afterwards. Raises Invalid on the field `file`.
    check_files: Callable[[Any, Sequence[Any]], None] = lambda revision, files: None
    #: Thing states in which an owner may begin a new version.
    revisable: tuple[str, ...] = ()
    #: Thing states that count as "others see it": an approved revision replaces the text without another move.
    live: tuple[str, ...] = ()
    #: Columns of the thing itself that are searched and filtered like its fields; nobody edits them in a form.
    thing_fields: tuple[FieldSpec, ...] = ()

    def __post_init__(self) -> None:
        """Check the declarations."""
        for spec in self.searched:
            _check(self, spec)

    def spec(self, name: str) -> FieldSpec:
        """Return the spec of a field. Raises KeyError for an unknown one."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, FieldSpec]:
        return {spec.name: spec for spec in self.fields}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of all editable fields."""
        return tuple(spec.name for spec in self.fields)

    @cached_property
    def searched(self) -> tuple[FieldSpec, ...]:
        """All fields that search may know: the editable ones, then those of the thing."""
        return (*self.fields, *self.thing_fields)

    @cached_property
    def facets(self) -> tuple[tuple[FieldSpec, FacetSpec], ...]:
        """Fields with a facet, in the order of the filter column."""
        found = [(spec, spec.facet) for spec in self.searched if spec.facet is not None]
        return tuple(sorted(found, key=lambda pair: pair[1].position))

    @cached_property
    def numbers(self) -> tuple[tuple[FieldSpec, str], ...]:
        """Fields with a number in the search document, with its name there."""
        return tuple((spec, spec.number.name or spec.name) for spec in self.searched if spec.number is not None)

    @cached_property
    def exported(self) -> tuple[FieldSpec, ...]:
        """Fields with a column of their own in downloads."""
        return tuple(spec for spec in self.fields if spec.export)

    def section(self, name: str) -> tuple[FieldSpec, ...]:
        """Return the fields of a list of facts on the thing's page."""
        return tuple(spec for spec in self.fields if spec.section == name)

    def ends(self, spec: FieldSpec) -> tuple[FieldSpec, FieldSpec]:
        """Return the fields of both ends of the range that `spec` is an end of; twice itself when it is none."""
        if spec.upper:
            return spec, self.spec(spec.upper)
        lower = next((one for one in self.fields if one.upper == spec.name), spec)
        return lower, spec

    def number_name(self, spec: FieldSpec) -> str:
        """Return the name of the field's number in the search document."""
        return (spec.number.name if spec.number else "") or spec.name

    def thing_of(self, revision: Any) -> Any:
        """Return the thing a revision belongs to."""
        return getattr(revision, self.parent)


def _check(kind: Kind, spec: FieldSpec) -> None:
    """Raise ValueError when a field contradicts itself; the message says what to do."""
    where = f"{kind.name}.{spec.name}"
    if spec.tier != "public" and (spec.facet or spec.number or spec.search or spec.imports or spec.export):
        raise ValueError(f"{where}: only fields of the public tier are searched, imported or exported")
    if spec.query_names and not (spec.facet or spec.number):
        raise ValueError(f"{where}: query_names need a facet or a number that a clause can ask for")
    if spec.upper and spec.upper not in kind.names:
        raise ValueError(f"{where}: upper names no field of the kind")
    if spec.imports and spec.shape not in IMPORTABLE:
        raise ValueError(f"{where}: a field of the shape {spec.shape} cannot be filled from one column")
    if spec.facet and spec.shape in {"number", "money"} and spec.facet.bands is None:
        raise ValueError(f"{where}: the facet of a number or an amount needs bands (vocabulary.number_bands)")


def is_empty(value: Any) -> bool:
    """True for what counts as not stated; False and 0 are statements."""
    return value is None or value == "" or value == [] or value == {}


#: What the events of things with versions are called in a list of mixed events.
EVENT_LABELS: Mapping[str, str] = {
    **{row.action: row.done or row.label for row in REVISION.table},
    "create": N_("Created"), "save": N_("Text changed"), "start_revision": N_("New version begun"),
    "enquire": N_("Enquiry sent"),
}

#: Events of things with versions that others cannot see: drafts being written. "withdraw" and "release" are not among
#: them: a version and the thing itself have a move of that name.
UNSEEN = frozenset({"save", "start_revision", "submit", "claim", "create", "confidential_read"})


def subject_of_kind(
    kind: Kind, label: str, icon: str, *, path: Callable[[Any], str], own_path: Callable[[Any], str],
    visible_to: Callable[[Actor], ColumnElement[bool]], facts: Callable[[Any], Facts], searched: Searched | None = None,
    review: Review | None = None,
) -> Subject:
    """Return the declaration of a thing with versions: it is called as its published version is, else as its newest."""
    thing, revision = kind.thing, kind.revision

    def title(row: Any, language: str) -> str:
        version = row.published_revision or (row.revisions[-1] if row.revisions else None)
        return (title_in(version, language) if version else "") or str(row.code)

    return Subject(
        kind.name, thing, label, title, lifecycle=kind.lifecycle, icon=icon, code=lambda row: str(row.code),
        path=lambda row, _reader: path(row), own_path=own_path, visible_to=visible_to, searched=searched,
        review=review,
        organisations=lambda row: {"owner": row.org_id}, facts=facts,
        brief=lambda: (
            load_only(thing.code, thing.org_id, thing.state),
            joinedload(thing.published_revision).load_only(revision.title, revision.title_en, revision.language),
        ),
        event_labels={f"{kind.name}.{action}": label for action, label in EVENT_LABELS.items()},
    )
