"""The two sides of a pair as plain values, read once and ready to be compared; only what the public may read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TypeVar, cast

from flask import current_app

from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.buyer_requests.search_document import document as need_document
from marketplace.listings.models import Listing, ListingRevision
from marketplace.listings.search_document import document as listing_document
from marketplace.matching import keywords as t
from marketplace.search import MEMBER, PUBLIC, Document, SearchEngine, Spread

#: Texts kept in memory, read out of published versions: those never change.
CACHE_SIZE = 6_000
OFFERS: tuple[str, ...] = (PUBLIC, MEMBER)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NeedFeatures:
    """What a need asks."""

    id: int
    org_id: int
    field_codes: tuple[str, ...]
    trl: tuple[int | None, int | None]
    budget: tuple[int | None, int | None]
    cooperation: tuple[str, ...]
    transfer: tuple[str, ...]
    province: str
    invited: frozenset[int] | None  # the organisations that may know it; None: everybody
    key: Mapping[str, float]  # telling terms with weights that sum to at most 1


@dataclass(frozen=True, slots=True)
class ListingFeatures:
    """What a listing offers."""

    id: int
    org_id: int
    field_code: str
    trl: int | None
    price: tuple[int | None, int | None]
    cooperation: tuple[str, ...]
    transfer: tuple[str, ...]
    province: str
    control: str
    bag: frozenset[str]  # every term of its texts


Key = tuple[str, int, datetime, int]  # kind, revision, and how large the catalogue was


class RevisionCache:
    """The last few thousand results by revision; shared by threads."""

    def __init__(self) -> None:
        self._items: OrderedDict[Key, object] = OrderedDict()
        self._lock = Lock()

    def read(self, key: Key, make: Callable[[], T]) -> T:
        """Return what is kept, or make and keep it."""
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
                return cast(T, self._items[key])
        made = make()
        with self._lock:
            self._items[key] = made
            while len(self._items) > CACHE_SIZE:
                self._items.popitem(last=False)
        return made


CACHE = RevisionCache()


def parts(document: Document, tags: Sequence[str]) -> list[tuple[str, float]]:
    """Return a thing's texts with their weights; only public prose is in a document.

    Its own tags stand for the document's keywords: those also hold the names of fields and forms, which half of all
    documents share and other factors compare.
    """
    keywords = [(tag, t.KEYWORD) for tag in tags]  # apart: the end of one and the begin of the next are no phrase
    return [(document.title, t.TITLE), (document.title_other, t.TITLE), *keywords, (document.body, t.BODY)]


def listing_features(listing: Listing, keep: bool = True) -> ListingFeatures | None:
    """Return what a published listing offers, or None when nobody may find it."""
    found, document = listing.published_revision, listing_document(listing)
    if document is None or found is None:
        return None
    revision: ListingRevision = found
    texts = parts(document, revision.tags or [])

    def read() -> frozenset[str]:
        return frozenset(term for text, _weight in texts for term in t.bag_of_terms(text))

    bag = CACHE.read(("listing", revision.id, revision.created_at, 0), read) if keep else read()
    return ListingFeatures(
        listing.id, listing.org_id, revision.field_code, revision.trl, (revision.price_min, revision.price_max),
        tuple(revision.cooperation_forms or ()), tuple(revision.transfer_forms or ()), revision.province_code,
        revision.control_class, bag,
    )


def need_features(need: BuyerRequest) -> NeedFeatures | None:
    """Return what an open need asks, or None when nobody may find it."""
    revision, document = need.published_revision, need_document(need)
    if document is None or revision is None:
        return None
    key = CACHE.read(need_key("need", revision), lambda: _key(revision, document))
    readers = [reader.partition(":") for reader in document.audience]
    return NeedFeatures(
        need.id, need.org_id, tuple(code for code in revision.field_codes or () if code),
        (revision.trl_min, revision.trl_max), (revision.budget_min, revision.budget_max),
        tuple(revision.cooperation_forms or ()), tuple(revision.transfer_forms or ()), revision.province_code,
        None if PUBLIC in document.audience else frozenset(int(who) for _word, _colon, who in readers if who), key,
    )


def need_key(what: str, revision: NeedRevision) -> Key:
    """Return under what something read out of a need is kept: it is read anew when the catalogue has doubled."""
    return what, revision.id, revision.created_at, spread_of(()).total.bit_length()


def _key(revision: NeedRevision, document: Document) -> dict[str, float]:
    texts = parts(document, revision.tags or [])
    spoken = t.weightiest(t.weigh_terms(texts))
    wanted = t.forms_to_count(spoken)
    offers, needs = spread_of(wanted), spread_of(wanted, ("need",))
    return t.key_terms(spoken, offers, needs, t.junctions((run for text, _ in texts for run in t.runs(text)), offers))


def listing_terms(listing: Listing) -> dict[str, float]:
    """Return the terms by which a listing is looked for among needs, with weights that sum to at most 1."""
    revision, document = listing.published_revision, listing_document(listing)
    if document is None or revision is None:
        return {}
    spoken = t.weightiest(t.weigh_terms(parts(document, revision.tags or [])))
    wanted = t.forms_to_count(spoken)
    return t.key_terms(spoken, spread_of(wanted), spread_of(wanted, ("need",)))


def engine() -> SearchEngine:
    """Return the site's search engine."""
    return cast(SearchEngine, current_app.extensions["search_engine"])


def spread_of(terms: Iterable[str], kinds: Sequence[str] = ("listing",)) -> Spread:
    """Return how common terms are among all technologies on offer, or among the needs that are public."""
    return engine().spread(terms, kinds, OFFERS)
