"""The seam between the exchange and a search engine: plain objects in, plain objects out.

No engine type crosses this module. Features declare `Document`s, pages ask `Query`s, and every engine passes the
same contract test (`tests/search/test_engine_contract.py`). Analysis lives in `text/analysis.py`, the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from marketplace.values.text import nfc

#: Audience tokens. A document carries those that may see it; a query carries those its reader holds.
PUBLIC = "public"
MEMBER = "member"
#: Values of one facet that are counted: the commonest, of equals those that come first in order. Keywords are without
#: end, and nobody reads more; where many machines share an index, their counts may differ a little beyond this number.
MOST_VALUES = 1_000


@dataclass(frozen=True, slots=True)
class Document:
    """One thing that can be found. Confidential fields and hidden requesters must never be put in here."""

    kind: str  # "listing" | "need" | "organisation"
    id: int
    title: str
    body: str = ""  # summary and other public prose, NFC
    code: str = ""  # CN-2026-000123: exact matches rank first
    title_other: str = ""  # the title in the other language
    keywords: str = ""  # tags and names of terms, both languages
    party: str = ""  # public name of the owner; empty when hidden
    audience: tuple[str, ...] = (PUBLIC,)  # any of: public, member, org:ID, invited:ID
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # "field": ("2",), "trl": ("7",) ...
    numbers: Mapping[str, float] = field(default_factory=dict)  # ranges, sorting: price_min, published_at (epoch s) ...


def tag_values(tags: Iterable[str]) -> tuple[str, ...]:
    """Return a thing's keywords as values of the facet `tag`: as they are written (NH4, AI), each once."""
    written = (" ".join(nfc(tag).split()) for tag in tags)
    return tuple({tag.lower(): tag for tag in written if tag}.values())


@dataclass(frozen=True, slots=True)
class Query:
    """A search as a plain object. Empty `text` means browse: everything that passes the filters."""

    text: str = ""
    kinds: tuple[str, ...] = ("listing",)
    audience: tuple[str, ...] = (PUBLIC,)  # compulsory: hits, totals, counts and hints all pass through it
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # OR within a facet, AND between facets
    ranges: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)  # inclusive, on numbers
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # documents with any of these values fall out
    codes: tuple[str, ...] = ()  # when given, only documents whose code is one of these, compared by `code_key`
    sort: str = "relevance"  # or a key of Document.numbers, "-" before it for descending; missing values come last
    offset: int = 0
    limit: int = 20
    facets: tuple[str, ...] = ()  # facets to count, each under all filters except its own; at most MOST_VALUES of each
    exclude_ids: tuple[int, ...] = ()
    only_ids: tuple[int, ...] | None = None  # when given, only documents of these ids
    semantic: bool = False  # search by meaning may help where words fail (SEMANTIC=1); the searches of people ask for it
    boosts: Mapping[str, float] = field(default_factory=dict)  # words or phrases -> weight: they add to the score, and
    # with an empty text they select (any of them); matching uses them for a need's discriminating terms


@dataclass(frozen=True, slots=True)
class Hit:
    """A found document: only its identity and score; rows are loaded again through the visibility rule."""

    kind: str
    id: int
    score: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page of results with totals and facet counts that obey the audience."""

    hits: Sequence[Hit]
    total: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    terms: tuple[str, ...] = ()  # folded terms and phrases of the query, for `highlight`; a prefix ends in "*"
    semantic: int = 0  # how many of the total only meaning has found, not the words


@dataclass(frozen=True, slots=True)
class Spread:
    """How common terms are among the documents that an audience may see."""

    total: int  # documents
    having: Mapping[str, int]  # how many of them hold each term


#: How folded words are written, and in how many documents: folded form -> written form -> count.
Written = Mapping[str, Mapping[str, int]]
#: What changed while an index was rebuilt: documents to put, and (kind, id) of those to remove.
Changes = tuple[Sequence[Document], Sequence[tuple[str, int]]]


class SearchEngine(Protocol):
    """What an engine must do. Only the worker calls put, remove and rebuild.

    An index is what a rebuild has made, empty ones too. Without one (a new folder, an older format, torn or lost files)
    everything but `rebuild` and `is_built` raises NotBuilt: changes alone would make an index that lacks the rest, and an
    answer from it would say that there is nothing.
    """

    def put(self, documents: Iterable[Document]) -> None:
        """Add or replace documents; a killed process loses nothing of it when it has returned."""

    def remove(self, kind: str, ids: Iterable[int]) -> None:
        """Take documents out; unknown ids are no error."""

    def query(self, query: Query) -> Page:
        """Answer one query; never raises on any text a person may type."""

    def spread(self, terms: Iterable[str], kinds: Sequence[str], audience: Sequence[str]) -> Spread:
        """In how many visible documents each folded word, pair ("nuoc thai") or beginning ("nano*") stands."""

    def tokens(self, kind: str) -> set[str]:
        """All audience tokens that documents of a kind carry, and perhaps some more."""

    def written(self, forms: Iterable[str], kinds: Sequence[str], audience: Sequence[str]) -> Written:
        """How folded words and pairs are written in visible titles, keywords and names, and in how many documents."""

    def rebuild(
        self, documents: Iterable[Document], replay: Callable[[], Changes] | None = None, fingerprint: str = ""
    ) -> None:
        """Build a new generation beside the old one and swap; readers never see an empty index.

        `replay` returns what changed since it was last called (first: since before the documents were read); it is
        called until the moment of the swap, so that nothing a worker does meanwhile is lost. `fingerprint` says from
        which declared fields the documents are made; it is kept with the new generation.
        """

    def fingerprint(self) -> str:
        """The fingerprint that the index in use was built with; empty without an index, or without one given."""

    def version(self) -> object:
        """What changes whenever an answer may, to be compared; None when the engine cannot say, raises as `query`."""

    def ids(self, kind: str) -> set[int]:
        """All ids of a kind in the index; for checks and repair, never for pages."""

    def is_built(self) -> bool:
        """Whether a whole index of the present format exists; if not, the worker rebuilds it, looking every minute."""
