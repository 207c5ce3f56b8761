"""What each search page offers: its facets, sorts and words, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from marketplace.authoring import shared_fields as shared
from marketplace.authoring.kinds import FacetSpec, FieldSpec, Kind
from marketplace.authoring.search_fields import FLAGS, words_of
from marketplace.buyer_requests.kind import KIND as NEED_KIND
from marketplace.listings.kind import KIND as LISTING_KIND
from marketplace.values import places
from marketplace.values.text import N_
from marketplace.vocabulary import ORGANISATION_KINDS, SCIENCE_FIELDS, UNSTATED, Vocabulary

#: How many choices of a facet are offered; places have hundreds.
MOST_OPTIONS = 40


@dataclass(frozen=True)
class Facet:
    """One filter: its query parameter (also its name in the documents), its label and its choices' words."""

    name: str
    label: str
    word: Callable[[str, str], str]  # (code, locale) -> label
    codes: tuple[str, ...] = ()  # in this order; empty: by count
    #: Codes of the second level by those of the first; they are offered below a chosen one.
    below: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    open: bool = True
    translate: bool = False  # the word is a message id
    names: tuple[str, ...] = ()  # in the query language, Vietnamese first
    example: str = ""  # of a clause; one is made when it is empty

    def choices(self) -> tuple[str, ...]:
        """Return every code there may be; without codes of its own a facet lists provinces."""
        return self.known or tuple(one.code for one in places.provinces())

    @property
    def known(self) -> tuple[str, ...]:
        """Codes of both levels."""
        return (*self.codes, *(code for codes in self.below.values() for code in codes))

    def narrowed(self, chosen: tuple[str, ...]) -> tuple[str, ...]:
        """Return chosen codes without those below which one is chosen: who goes deeper means that."""
        return tuple(code for code in chosen if not set(self.below.get(code, ())) & set(chosen))


@dataclass(frozen=True)
class Catalogue:
    """One search page."""

    kind: str  # of the documents
    path: str
    title: str
    placeholder: str
    facets: tuple[Facet, ...]
    sorts: tuple[tuple[str, str], ...]  # (value, label); the first is the default without a text
    empty: str
    fields: Kind | None = None  # what its things consist of, when that is declared
    unpriced: tuple[str, str] = ("", "")  # beside a filter of amounts: the tick, and the heading of what states none

    @property
    def priced(self) -> str:
        """Name of the filter of amounts, in which a thing may have none stated; empty when there is no such filter."""
        return next((facet.name for facet in self.facets if UNSTATED in facet.codes), "")

    @property
    def facet_names(self) -> tuple[str, ...]:
        """Names of the facets, in order."""
        return tuple(facet.name for facet in self.facets)


def _place_word(code: str, locale: str) -> str:
    return places.label(code, "", locale) or code


def facets_of(kind: Kind) -> tuple[Facet, ...]:
    """Return the filter column of a kind's page, as its fields declare it."""
    return tuple(_facet(kind, spec, facet) for spec, facet in kind.facets if facet.shown)


def _facet(kind: Kind, spec: FieldSpec, facet: FacetSpec) -> Facet:
    word, codes, translate = _words(kind, spec, facet)
    return Facet(
        facet.name, facet.label or spec.label, word, facet.codes or codes, _below(spec, facet), facet.open, translate,
        spec.query_names, spec.query_example,
    )


def _below(spec: FieldSpec, facet: FacetSpec) -> Mapping[str, tuple[str, ...]]:
    """Return the codes of the second level by those of the first, for a filter of both."""
    if spec.vocabulary is None or not facet.levels:
        return {}
    return {top.code: tuple(one.code for one in spec.vocabulary.children(top.code)) for top in spec.vocabulary.children()}


def _words(kind: Kind, spec: FieldSpec, facet: FacetSpec) -> tuple[Callable[[str, str], str], tuple[str, ...], bool]:
    """Return what names the values of a facet, the values there are, and whether the names are message ids."""
    vocabulary = words_of(spec, facet)
    if spec.shape == "place":
        return _place_word, (), False
    if spec.shape == "flag":
        return (lambda code, _locale: N_("Yes") if code == FLAGS[0] else N_("No")), FLAGS, True
    if vocabulary is None:
        return (lambda code, _locale: kind.lifecycle.label(code)), (), True
    if facet.prefix:
        return (lambda code, locale: f"{facet.prefix} {code} · {vocabulary.label(code, locale)}"), vocabulary.codes, False
    codes = tuple(term.code for term in vocabulary if not (facet.tree and term.parent))
    return vocabulary.label, codes, False


def sorts_of(kind: Kind) -> tuple[tuple[str, str], ...]:
    """Return the orders of a kind's page, as its fields declare them: newest, best match, then the others."""
    found: list[tuple[int, str, str]] = []
    for spec, name in kind.numbers:
        number: Any = spec.number
        found += [(number.position, sign + name, label) for sign, label in
                  (("", number.ascending), ("-", number.descending)) if label]
    newest, *others = [(value, label) for _position, value, label in sorted(found, key=lambda one: one[0])]
    return (newest, _RELEVANCE, *others)


def _of(name: str, label: str, vocabulary: Vocabulary, names: tuple[str, ...]) -> Facet:
    codes = tuple(term.code for term in vocabulary if not term.parent)
    return Facet(name, label, vocabulary.label, codes, names=names)


_RELEVANCE = ("relevance", N_("Best match"))

TECHNOLOGIES = Catalogue(
    kind="listing",
    path="/technologies",
    title=N_("Technologies"),
    placeholder=N_("Name, problem, keyword or code"),
    facets=facets_of(LISTING_KIND),
    sorts=sorts_of(LISTING_KIND),
    empty=N_("No technology matches."),
    fields=LISTING_KIND,
    unpriced=(N_("Also with a price to be agreed"), N_("With a price to be agreed, or none stated")),
)

NEEDS = Catalogue(
    kind="need",
    path="/needs",
    title=N_("Technology needs"),
    placeholder=N_("Problem, keyword or code"),
    facets=facets_of(NEED_KIND),
    sorts=sorts_of(NEED_KIND),
    empty=N_("No need matches."),
    fields=NEED_KIND,
    unpriced=(N_("Also without a stated budget"), N_("Without a stated budget")),
)

ORGANISATIONS = Catalogue(
    kind="organisation",
    path="/organisations",
    title=N_("Organisations"),
    placeholder=N_("Name of an organisation"),
    facets=(
        _of("kind", N_("Kind of organisation"), ORGANISATION_KINDS, shared.KIND_NAMES),
        _of("field", N_("Field"), SCIENCE_FIELDS, shared.FIELD_NAMES),
        Facet("place", N_("Place"), _place_word, open=False, names=shared.PLACE_NAMES, example=shared.PLACE_EXAMPLE),
    ),
    sorts=(("-verified_at", N_("Newest")), _RELEVANCE),
    empty=N_("No organisation matches."),
)

CATALOGUES: Mapping[str, Catalogue] = {one.kind: one for one in (TECHNOLOGIES, NEEDS, ORGANISATIONS)}
