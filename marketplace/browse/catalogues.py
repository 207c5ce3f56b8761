"""What each search page offers: its facets, sorts and words, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from marketplace.buyer_requests.lifecycle import NEED, VISIBLE_STATES
from marketplace.values import places
from marketplace.values.text import N_
from marketplace.vocabulary import (
    BUDGET_BANDS,
    COOPERATION_FORMS,
    HANOI_PRIORITY_FIELDS,
    IP_KINDS,
    NEED_KINDS,
    OBJECT_KINDS,
    ORGANISATION_KINDS,
    PRICE_BANDS,
    PRICING_MODES,
    SCIENCE_FIELDS,
    TRANSFER_FORMS,
    TRL,
    TRL_ASSESSED_BY,
    Vocabulary,
)

#: How many choices of a facet are offered; places have hundreds.
MOST_OPTIONS = 40


@dataclass(frozen=True)
class Facet:
    """One filter: its query parameter (also its name in the documents), its label and its choices' words."""

    name: str
    label: str
    word: Callable[[str, str], str]  # (code, locale) -> label
    codes: tuple[str, ...] = ()  # in this order; empty: by count
    open: bool = True
    translate: bool = False  # the word is a message id

    def choices(self) -> tuple[str, ...]:
        """Return every code there may be; without codes of its own a facet lists provinces."""
        return self.codes or tuple(one.code for one in places.provinces())


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

    @property
    def facet_names(self) -> tuple[str, ...]:
        """Names of the facets, in order."""
        return tuple(facet.name for facet in self.facets)


def _of(name: str, label: str, vocabulary: Vocabulary, *, is_open: bool = True) -> Facet:
    return Facet(name, label, vocabulary.label, vocabulary.codes, is_open)


def _trl_word(code: str, locale: str) -> str:
    return f"TRL {code} · {TRL.label(code, locale)}"


def _place_word(code: str, locale: str) -> str:
    return places.label(code, "", locale) or code


def _state_word(code: str, _locale: str) -> str:
    return NEED.label(code)


_FIELD = Facet(
    "field", N_("Field"), SCIENCE_FIELDS.label, tuple(term.code for term in SCIENCE_FIELDS if not term.parent)
)
_PLACE = Facet("place", N_("Place"), _place_word, open=False)
_TRL = Facet("trl", N_("Readiness (TRL)"), _trl_word, TRL.codes)
_PRIORITY = _of("priority", N_("Hanoi priority field"), HANOI_PRIORITY_FIELDS, is_open=False)
_RELEVANCE = ("relevance", N_("Best match"))
_NEWEST = ("-published_at", N_("Newest"))

TECHNOLOGIES = Catalogue(
    kind="listing",
    path="/technologies",
    title=N_("Technologies"),
    placeholder=N_("Name, problem, keyword or code"),
    facets=(
        _FIELD,
        _TRL,
        _of("kind", N_("Object of transfer"), OBJECT_KINDS),
        _of("price", N_("Price"), PRICE_BANDS),
        _of("form", N_("Form of transfer"), TRANSFER_FORMS, is_open=False),
        _of("ip", N_("Intellectual property"), IP_KINDS, is_open=False),
        _of("mode", N_("Pricing"), PRICING_MODES, is_open=False),
        _of("assessed", N_("Readiness assessed by"), TRL_ASSESSED_BY, is_open=False),
        _PLACE,
        _PRIORITY,
    ),
    sorts=(_NEWEST, _RELEVANCE, ("-trl", N_("Most mature")), ("price_min", N_("Lowest price")),
           ("-price_max", N_("Highest price")), ("-confirmed_at", N_("Last confirmed"))),
    empty=N_("No technology matches."),
)

NEEDS = Catalogue(
    kind="need",
    path="/needs",
    title=N_("Technology needs"),
    placeholder=N_("Problem, keyword or code"),
    facets=(
        Facet("state", N_("State"), _state_word, VISIBLE_STATES, translate=True),
        _of("kind", N_("Kind of need"), NEED_KINDS),
        _FIELD,
        _of("budget", N_("Budget"), BUDGET_BANDS),
        _of("form", N_("Form of cooperation"), COOPERATION_FORMS),
        Facet("trl", N_("Readiness (TRL)"), _trl_word, TRL.codes, open=False),
        _PLACE,
        _PRIORITY,
    ),
    sorts=(_NEWEST, _RELEVANCE, ("deadline", N_("Deadline first")), ("-budget_max", N_("Largest budget"))),
    empty=N_("No need matches."),
)

ORGANISATIONS = Catalogue(
    kind="organisation",
    path="/organisations",
    title=N_("Organisations"),
    placeholder=N_("Name of an organisation"),
    facets=(_of("kind", N_("Kind of organisation"), ORGANISATION_KINDS), _FIELD, _PLACE),
    sorts=(("-verified_at", N_("Newest")), _RELEVANCE),
    empty=N_("No organisation matches."),
)

CATALOGUES: Mapping[str, Catalogue] = {one.kind: one for one in (TECHNOLOGIES, NEEDS, ORGANISATIONS)}
