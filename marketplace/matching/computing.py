"""Keeping matches current after one change: candidates from the search engine, then pair by pair.

A change touches the pairs that the engine finds for it, the pairs it already has, and the lists of needs from which
one of them has fallen; nothing else is computed. `rematch.py` is the pass over everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.extensions import db
from marketplace.listings.models import Listing
from marketplace.matching.concepts import default_concepts
from marketplace.matching.models import Match
from marketplace.matching.queries import live_listings, live_needs
from marketplace.matching.scoring import Scored, may_meet, score, wording
from marketplace.matching.sides import Asked, Offered, asked, engine, offered, telling
from marketplace.matching.storing import KEEP, drop, floors, rank, sweep, write
from marketplace.matching.weighing import current_weights
from marketplace.search import Query

#: Candidates that are compared for one new need or listing.
CANDIDATES = 60
#: Hits with less than this share of the best one's score have a common word or two with it.
TAIL = 0.12
#: Terms the engine is asked for, and forms of one concept among them.
ASKED, FORMS = 24, 3
#: Pairs that one thing already has and that are compared again when it changes; more are left to the nightly pass.
OLD_PAIRS = 400


@dataclass
class Work:
    """What one change cost."""

    weights: Mapping[str, int] = field(default_factory=current_weights)
    queries: int = 0  # of the engine
    pairs: int = 0  # compared factor by factor
    refilled: list[int] = field(default_factory=list)  # needs whose list had lost one

    def compare(self, need: Asked, offer: Offered) -> Scored:
        """Compare one pair, and count it."""
        self.pairs += 1
        return score(need, offer, self.weights)


def boosts(key: Mapping[str, float]) -> dict[str, float]:
    """Return the weightiest terms as the engine takes them; a concept as its forms in both languages."""
    asked_for: dict[str, float] = {}
    for term, weight in list(key.items())[:ASKED]:
        forms = default_concepts().forms(term)[:FORMS] if term.startswith("=") else [term]
        for form in forms:
            asked_for[form] = max(weight, asked_for.get(form, 0.0))
    return asked_for


def candidates(kind: str, key: Mapping[str, float], audience: Collection[str]) -> list[int]:
    """Return the ids of the things of a kind that are most likely about the same; one call of the engine."""
    if not key:
        return []
    filters = {"state": ("open",)} if kind == "need" else {}
    query = Query(kinds=(kind,), audience=tuple(audience), filters=filters, limit=CANDIDATES, boosts=boosts(key))
    hits = engine().query(query).hits
    return [hit.id for hit in hits if hit.score >= TAIL * hits[0].score]


def refresh_need(need_id: int, work: Work | None = None) -> Work:
    """Compute the matches of one need anew; one that is no longer open loses them."""
    work = work or Work()
    old = _partners(Match.listing_id, Match.buyer_request_id == need_id)
    need = live_needs([need_id]).get(need_id)
    wanted = asked(need) if need is not None else None
    if need is None or wanted is None:
        drop(Match.buyer_request_id == need_id)
        return work
    work.queries += 1
    live = live_listings({*candidates("listing", wanted.key, ("public", "member")), *old})
    offers = {one: offer for one, listing in live.items() if (offer := offered(listing)) is not None}
    found = [work.compare(wanted, offer) for offer in offers.values() if may_meet(wanted, offer)]
    full = floors("listing", [one.listing_id for one in found])
    kept = [
        one for place, one in enumerate(_best_first(found))
        if one.listing_id in old or (one.worth and (place < KEEP or one.verdict.score > full.get(one.listing_id, 0)))
    ]
    words = wording(need, wanted.key)
    write([words.told(one, offers[one.listing_id].bag) for one in kept], work.weights)
    drop(Match.buyer_request_id == need_id, Match.listing_id.not_in([one.listing_id for one in kept]))
    listed = {one.listing_id for one in kept}
    rank("listing", listed)
    rank("need", [need_id])
    sweep("listing", listed)
    sweep("need", [need_id])
    return work


def refresh_listing(listing_id: int) -> Work:
    """Compute the matches of one listing anew; one that is offline loses them."""
    work = Work()
    old = _partners(Match.buyer_request_id, Match.listing_id == listing_id)
    before = floors("need", [need_id for need_id, place in old.items() if place is not None])
    listing = live_listings([listing_id]).get(listing_id)
    offer = offered(listing) if listing is not None else None
    if listing is None or offer is None:
        drop(Match.listing_id == listing_id)
        touched = set(old)
    else:
        touched = _match_listing(listing, offer, old, work)
    rank("need", touched)
    sweep("need", touched)
    after = floors("need", before)
    for need_id, floor in sorted(before.items()):
        if after.get(need_id, -1) < floor:  # what was cut off before may be better than what is last now
            refresh_need(need_id, work)
            work.refilled.append(need_id)
    return work


def _match_listing(listing: Listing, offer: Offered, old: Collection[int], work: Work) -> set[int]:
    """Write the pairs of a listing; return the needs whose lists they may have changed."""
    audience = ("public", "member", f"org:{listing.org_id}", f"invited:{listing.org_id}")
    work.queries += 1
    needs = live_needs({*candidates("need", telling(listing), audience), *old})
    wants = {one: wanted for one, need in needs.items() if (wanted := asked(need)) is not None}
    found = [work.compare(wanted, offer) for wanted in wants.values() if may_meet(wanted, offer)]
    full = floors("need", [one.need_id for one in found])
    kept = [
        one for place, one in enumerate(_best_first(found))
        if one.need_id in old or (one.worth and (place < KEEP or one.verdict.score > full.get(one.need_id, 0)))
    ]
    write([wording(needs[one.need_id], wants[one.need_id].key).told(one, offer.bag) for one in kept], work.weights)
    drop(Match.listing_id == listing.id, Match.buyer_request_id.not_in([one.need_id for one in kept]))
    rank("listing", [listing.id])
    return {*old, *(one.need_id for one in kept)}


def compare_pair(need_id: int, listing_id: int) -> Scored | None:
    """Compare two things that are both live now, whatever the search engine says; None when one is not."""
    need, listing = live_needs([need_id]).get(need_id), live_listings([listing_id]).get(listing_id)
    wanted = asked(need) if need is not None else None
    offer = offered(listing) if listing is not None else None
    if need is None or wanted is None or offer is None:
        return None
    return wording(need, wanted.key).told(Work().compare(wanted, offer), offer.bag)


def _partners(column: InstrumentedAttribute[int], of: ColumnElement[bool]) -> dict[int, int | None]:
    """Return the other sides of the pairs one thing has, with the place each has in its need's list."""
    rows = select(column, Match.need_rank).where(of).order_by(Match.score.desc(), Match.id).limit(OLD_PAIRS)
    return {row[0]: row[1] for row in db.session.execute(rows)}


def _best_first(found: Iterable[Scored]) -> list[Scored]:
    return sorted(found, key=lambda one: (-one.verdict.score, one.need_id, one.listing_id))
