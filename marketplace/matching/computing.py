"""Computing matches: candidates from the search engine, then factor by factor. Uses only what the public may read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
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
from marketplace.matching.terms import (
    BODY,
    KEYWORD,
    TITLE,
    coverage,
    key_terms,
    phrases,
    rarity,
    spread,
    told,
)
from marketplace.search import Document, Query, SearchEngine

CANDIDATES = 60
KEEP = 12
LEAST = 300  # matches below this are not worth a line


def parts(document: Document, tags: Sequence[str]) -> list[tuple[str, float]]:
    """Return a thing's texts with their weights; only public prose is in a document.

    Its own tags stand for the document's keywords: those also hold the names of fields and forms, which half of all
    documents share and other factors compare.
    """
    keywords = [(tag, KEYWORD) for tag in tags]  # apart: the end of one and the begin of the next are no phrase
    return [(document.title, TITLE), (document.title_other, TITLE), *keywords, (document.body, BODY)]


@dataclass(frozen=True)
class Prepared:
    """One published text, ready to be compared: its telling terms with their weights, all its terms, its words."""

    key: dict[str, float]
    bag: frozenset[str]
    written: list[str]


@dataclass(frozen=True)
class Scored:
    """A pair with its reasons."""

    need: BuyerRequest
    listing: Listing
    factors: Sequence[f.Factor]
    score: int
    asked: Prepared


#: Published texts never change (a change is a new revision), so what was read out of them is kept by revision.
_PREPARED: OrderedDict[tuple[str, int, datetime], Prepared] = OrderedDict()
MOST_PREPARED = 4_000


def _key(kind: str, thing: Listing | BuyerRequest) -> tuple[str, int, datetime]:
    revision = cast(ListingRevision | NeedRevision, thing.published_revision)
    return kind, revision.id, revision.created_at


def prepare(kind: str, things: Mapping[int, Listing] | Mapping[int, BuyerRequest]) -> dict[int, Prepared]:
    """Return the prepared texts of published things, by their id; reads documents only of those not seen before."""
    keys = {one: _key(kind, thing) for one, thing in things.items()}
    load = listing_documents if kind == "listing" else need_documents
    fresh = load([one for one, key in keys.items() if key not in _PREPARED])
    for one, document in fresh.items():
        texts = parts(document, _tags(things[one]))
        bag = frozenset(term for text, _weight in texts for term in told(text))
        _PREPARED[keys[one]] = Prepared(key_terms(texts), bag, [text for text, _weight in texts])
    found = {one: _PREPARED[key] for one, key in keys.items() if key in _PREPARED}
    while len(_PREPARED) > MOST_PREPARED:
        _PREPARED.popitem(last=False)
    return found


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


def best_listings(need: BuyerRequest) -> list[Scored]:
    """Return the best listings for an open need, best first."""
    asked = prepare("need", {need.id: need}).get(need.id)
    if asked is None:
        return []
    listings = live_listings(_candidates("listing", asked.key, ("public", "member")))
    offers = prepare("listing", listings)
    wanted = asked.key.keys()
    rare = rarity(wanted, spread(wanted & offer.bag for offer in offers.values()), len(offers))
    return _best([_scored(need, listings[one], asked, rare, offer) for one, offer in offers.items()])


def best_needs(listing: Listing) -> list[Scored]:
    """Return the open needs for which a listing is best, best first. Coverage is always of the need's words."""
    offer = prepare("listing", {listing.id: listing}).get(listing.id)
    if offer is None:
        return []
    needs = live_needs(_candidates("need", offer.key, ("public", "member", *_invitations(listing))))
    asked = prepare("need", needs)
    known, size = spread(its.key for its in asked.values()), len(asked)
    return _best([_scored(needs[one], listing, its, rarity(its.key, known, size), offer) for one, its in asked.items()])


def _tags(thing: BuyerRequest | Listing) -> Sequence[str]:
    revision = thing.published_revision
    return list(revision.tags or []) if revision is not None else []


def _invitations(listing: Listing) -> tuple[str, ...]:
    return (f"org:{listing.org_id}", f"invited:{listing.org_id}")


def _scored(need: BuyerRequest, listing: Listing, asked: Prepared, rare: Mapping[str, float], offer: Prepared) -> Scored:
    share, shared = coverage(asked.key, rare, offer.bag)
    wants, offers = cast(NeedRevision, need.published_revision), cast(ListingRevision, listing.published_revision)
    found = compare(wants, offers, share, shared)
    return Scored(need, listing, found, f.total(found), asked)


def _best(scored: list[Scored]) -> list[Scored]:
    """Return those worth a line, best first; own needs are no match for own listings."""
    worth = [one for one in scored if one.score >= LEAST and one.need.org_id != one.listing.org_id]
    best = sorted(worth, key=lambda one: (-one.score, one.need.id, one.listing.id))[:KEEP]
    return [replace(one, factors=[_in_words(factor, one.asked) for factor in one.factors]) for one in best]


def _in_words(factor: f.Factor, asked: Prepared) -> f.Factor:
    """Show shared terms as the need writes them; only for the few that are kept, for it reads the whole text."""
    if factor.factor != "text":
        return factor
    return replace(factor, params={"terms": phrases(asked.written, factor.params["terms"])})


def refresh_need(need_id: int) -> None:
    """Compute the matches of one need anew; one that is no longer open loses them."""
    need = live_needs([need_id]).get(need_id)
    best = best_listings(need) if need is not None else []
    rows = {row.listing_id: row for row in db.session.query(Match).filter_by(buyer_request_id=need_id)}
    for row in rows.values():
        row.need_rank = None
    for rank, one in enumerate(best, 1):
        _write(rows.get(one.listing.id), one).need_rank = rank
    _drop(list(rows.values()), gone=need is None)


def refresh_listing(listing_id: int) -> None:
    """Compute the matches of one listing anew; one that is offline loses them."""
    listing = live_listings([listing_id]).get(listing_id)
    best = best_needs(listing) if listing is not None else []
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
