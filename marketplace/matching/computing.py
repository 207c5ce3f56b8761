"""Computing matches: candidates from the search engine, then factor by factor. Uses only what the public may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from flask import current_app

from marketplace import clock
from marketplace.buyer_requests.documents import documents as need_documents
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.extensions import db
from marketplace.listings.documents import documents as listing_documents
from marketplace.listings.models import Listing, ListingRevision
from marketplace.matching import factors as f
from marketplace.matching.models import Match
from marketplace.matching.queries import live_listings, live_needs
from marketplace.matching.terms import BODY, KEYWORD, TITLE, coverage, key_terms, phrases, rarity, told
from marketplace.search import Document, Query, SearchEngine

CANDIDATES = 60
KEEP = 12
LEAST = 300  # matches below this are not worth a line


@dataclass(frozen=True)
class Scored:
    """A pair with its reasons."""

    need: BuyerRequest
    listing: Listing
    factors: Sequence[f.Factor]
    score: int


def parts(document: Document, tags: Sequence[str]) -> list[tuple[str, float]]:
    """Return a thing's texts with their weights; only public prose is in a document.

    Its own tags stand for the document's keywords: those also hold the names of fields and forms, which half of all
    documents share and other factors compare.
    """
    keywords = [(tag, KEYWORD) for tag in tags]  # apart: the end of one and the begin of the next are no phrase
    return [(document.title, TITLE), (document.title_other, TITLE), *keywords, (document.body, BODY)]


def bag(texts: Sequence[tuple[str, float]]) -> frozenset[str]:
    """Return every telling term of some texts."""
    return frozenset(term for text, _weight in texts for term in told(text))


def compare(need: NeedRevision, listing: ListingRevision, share: float, shared: list[str]) -> list[f.Factor]:
    """Return all factors of a pair."""
    return [
        f.text(share, shared),
        f.science_field(need.field_codes or [], listing.field_code),
        f.trl(need.trl_min, need.trl_max, listing.trl),
        f.money(need.budget_min, need.budget_max, listing.price_min, listing.price_max),
        f.form(need.cooperation_forms or [], listing.cooperation_forms or [], need.transfer_forms or [],
               listing.transfer_forms or []),
        f.place(need.province_code, listing.province_code),
    ]


def _engine() -> SearchEngine:
    return cast(SearchEngine, current_app.extensions["search_engine"])


def _candidates(kind: str, terms: dict[str, float], audience: tuple[str, ...]) -> list[int]:
    filters = {"state": ("open",)} if kind == "need" else {}
    query = Query(kinds=(kind,), audience=audience, filters=filters, limit=CANDIDATES, boosts=terms)
    return [hit.id for hit in _engine().query(query).hits] if terms else []


def best_listings(need: BuyerRequest, document: Document) -> list[Scored]:
    """Return the best listings for an open need, best first."""
    texts = parts(document, _tags(need))
    terms = key_terms(texts)
    ids = _candidates("listing", terms, ("public", "member"))
    found, listings = listing_documents(ids), live_listings(ids)
    bags = {one: bag(parts(found[one], _tags(listings[one]))) for one in ids if one in found and one in listings}
    rare, written = rarity(terms, list(bags.values())), [text for text, _weight in texts]
    scored = []
    for one, words in bags.items():
        share, shared = coverage(terms, rare, words)
        scored.append(_scored(need, listings[one], share, phrases(written, shared)))
    return _best(scored)


def best_needs(listing: Listing, document: Document) -> list[Scored]:
    """Return the open needs for which a listing is best, best first. Coverage is always of the need's words."""
    offered = parts(document, _tags(listing))
    ids = _candidates("need", key_terms(offered), ("public", "member", *_invitations(listing)))
    found, needs = need_documents(ids), live_needs(ids)
    words = bag(offered)
    texts = {one: parts(found[one], _tags(needs[one])) for one in ids if one in found and one in needs}
    terms = {one: key_terms(its) for one, its in texts.items()}
    pool = [frozenset(one) for one in terms.values()]
    scored = []
    for one, wanted in terms.items():
        share, shared = coverage(wanted, rarity(wanted, pool), words)
        written = [text for text, _weight in texts[one]]
        scored.append(_scored(needs[one], listing, share, phrases(written, shared)))
    return _best(scored)


def _tags(thing: BuyerRequest | Listing) -> Sequence[str]:
    revision = thing.published_revision
    return list(revision.tags or []) if revision is not None else []


def _invitations(listing: Listing) -> tuple[str, ...]:
    return (f"org:{listing.org_id}", f"invited:{listing.org_id}")


def _scored(need: BuyerRequest, listing: Listing, share: float, shared: list[str]) -> Scored:
    asked, offered = cast(NeedRevision, need.published_revision), cast(ListingRevision, listing.published_revision)
    found = compare(asked, offered, share, shared)
    return Scored(need, listing, found, f.total(found))


def _best(scored: list[Scored]) -> list[Scored]:
    """Own needs are no match for own listings; the weak ones are not worth a line."""
    worth = [one for one in scored if one.score >= LEAST and one.need.org_id != one.listing.org_id]
    return sorted(worth, key=lambda one: (-one.score, one.need.id, one.listing.id))[:KEEP]


def refresh_need(need_id: int) -> None:
    """Compute the matches of one need anew; one that is no longer open loses them."""
    need = live_needs([need_id]).get(need_id)
    document = need_documents([need_id]).get(need_id)
    best = best_listings(need, document) if need is not None and document is not None else []
    rows = {row.listing_id: row for row in db.session.query(Match).filter_by(buyer_request_id=need_id)}
    for row in rows.values():
        row.need_rank = None
    for rank, one in enumerate(best, 1):
        _write(rows.get(one.listing.id), one).need_rank = rank
    _drop(list(rows.values()), gone=need is None)


def refresh_listing(listing_id: int) -> None:
    """Compute the matches of one listing anew; one that is offline loses them."""
    listing = live_listings([listing_id]).get(listing_id)
    document = listing_documents([listing_id]).get(listing_id)
    best = best_needs(listing, document) if listing is not None and document is not None else []
    rows = {row.buyer_request_id: row for row in db.session.query(Match).filter_by(listing_id=listing_id)}
    for row in rows.values():
        row.listing_rank = None
    for rank, one in enumerate(best, 1):
        _write(rows.get(one.need.id), one).listing_rank = rank
    _drop(list(rows.values()), gone=listing is None)


def _write(row: Match | None, one: Scored) -> Match:
    if row is None:
        row = Match(buyer_request_id=one.need.id, listing_id=one.listing.id)
        db.session.add(row)
    row.score, row.strength = one.score, f.strength(one.score)
    row.factors = [factor.as_row() for factor in one.factors]
    row.computed_at = clock.now()
    return row


def _drop(rows: list[Match], *, gone: bool) -> None:
    """Delete rows that are among nobody's best any more; an operator's mark outlives that, a gone thing does not."""
    for row in rows:
        if not row.mark and (gone or (row.need_rank is None and row.listing_rank is None)):
            db.session.delete(row)
    db.session.flush()
