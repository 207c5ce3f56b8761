"""Keeping matches current after one change: candidates from the search engine, then pair by pair.

A change touches the pairs that the engine finds for it, the pairs it already has, and the lists of needs from which
one of them has fallen; nothing else is computed. `evaluate` only reads, `store_result` writes
what came of it (`marketplace.core.long_work`).
`full_pass.py` is the pass over everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.core.extensions import db
from marketplace.core.long_work import ThingKey, chain_lengths, changed_since
from marketplace.core.subjects import SUBJECTS, subject
from marketplace.matching.concepts import default_concepts
from marketplace.matching.features import (
    ListingFeatures,
    NeedFeatures,
    engine,
    listing_features,
    listing_terms,
    need_features,
)
from marketplace.matching.models import Match
from marketplace.matching.queries import live_listings, live_needs
from marketplace.matching.scoring import Scored, may_meet, score, wording
from marketplace.matching.store import KEEP, LISTING, NEED, SIDES, batched, drop, floors, rank, sweep, write
from marketplace.matching.weights import current_weights
from marketplace.search import Query

#: Candidates that are compared for one new need or listing.
CANDIDATES = 60
#: Hits with less than this share of the best one's score have a common word or two with it.
TAIL = 0.12
#: Terms the engine is asked for, and forms of one concept among them.
ASKED, FORMS = 24, 3
#: Events after which a match may look different: what others read has changed.
MOVING = frozenset(
    "publish approve publish_free import_publish confirm unpublish republish expire extend withdraw suspend restore remove "
    "reserve release transfer shortlist reopen negotiate solve go_stale close recheck".split()
)
#: Pairs that one thing already has and that are compared again when it changes; more are left to the nightly pass.
OLD_PAIRS = 400


def wants(action: str) -> bool:
    """True for events that change what others may read of something that is searched: candidates come from the engine."""
    kind, _, verb = action.partition(".")
    return verb in MOVING and kind in SUBJECTS and subject(kind).searched is not None


@dataclass
class Work:
    """What one change cost."""

    weights: Mapping[str, int] = field(default_factory=current_weights)
    queries: int = 0  # of the engine
    pairs: int = 0  # compared factor by factor
    refilled: list[int] = field(default_factory=list)  # needs whose list had lost one

    def compare(self, need: NeedFeatures, offer: ListingFeatures) -> Scored:
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
    filters = SIDES[kind].filters
    query = Query(kinds=(kind,), audience=tuple(audience), filters=filters, limit=CANDIDATES, boosts=boosts(key))
    hits = engine().query(query).hits
    return [hit.id for hit in hits if hit.score >= TAIL * hits[0].score]


@dataclass(frozen=True)
class Evaluation:
    """A thing and what it was compared with: plain values, to be written as long as nothing of it has changed."""

    kind: str
    id: int
    seqs: Mapping[ThingKey, int]  # as they were before it was read
    pairs: frozenset[int] = frozenset()  # the other sides of all pairs it had
    old: frozenset[int] = frozenset()  # of those that were compared again
    found: Sequence[Scored] = ()  # with their words, best first: all that may enter a list
    live: bool = False

    @property
    def side(self) -> str:
        """The kind of its partners."""
        return SIDES[self.kind].partner

    def other(self, one: Scored) -> int:
        """Return the other side of a pair."""
        return SIDES[self.side].id_of(one)


def refresh_need(need_id: int, work: Work | None = None) -> Work:
    """Compute the matches of one need anew and write them, in this transaction."""
    work = work or Work()
    store_result(evaluate(NEED, need_id, work), work)
    return work


def refresh_listing(listing_id: int) -> Work:
    """Compute the matches of one listing anew and write them, and the lists from which it has fallen."""
    work = Work()
    for need_id in store_result(evaluate(LISTING, listing_id, work), work):
        refresh_need(need_id, work)
        work.refilled.append(need_id)
    return work


def evaluate(kind: str, id_: int, work: Work) -> Evaluation:
    """Compare one need or one listing with what it can touch. Only reads."""
    return _EVALUATE[kind](id_, work)


def store_result(result: Evaluation, work: Work) -> list[int]:
    """Write what came of a thing; one that is gone loses its pairs. Return the needs whose list has lost one.

    If the thing has changed since it was read, nothing is written, and nothing of a partner that has: the events that
    tell of it have their own work. So two workers at once leave what the later reading found.
    """
    own, partner = SIDES[result.kind].owner, SIDES[result.side].owner
    changed = changed_since(result.seqs, result.seqs, wants)
    if (result.kind, result.id) in changed:
        return []
    before = _places(result) if SIDES[result.side].refilled else {}
    if not result.live:
        drop(own == result.id)
        touched = set(result.pairs)
    else:
        kept = _worth_keeping(result, [one for one in result.found if (result.side, result.other(one)) not in changed])
        write(kept, work.weights)
        listed = {result.other(one) for one in kept}
        gone = result.pairs - listed - {id_ for kind, id_ in changed if kind == result.side}
        for some in batched(sorted(gone)):
            drop(own == result.id, partner.in_(some))
        touched = {*result.pairs, *listed}
        rank(result.kind, [result.id])
    rank(result.side, touched)
    sweep(result.side, touched)
    sweep(result.kind, [result.id])
    after = floors(NEED, before)
    return sorted(one for one, floor in before.items() if after.get(one, -1) < floor)


def _worth_keeping(result: Evaluation, found: Sequence[Scored]) -> list[Scored]:
    """Return, of pairs in their order, those that the thing had, its best ones, and what enters the others' lists."""
    full = floors(result.side, [result.other(one) for one in found])
    return [
        one for place, one in enumerate(found)
        if result.other(one) in result.old
        or (one.worth and (place < KEEP or one.verdict.score > full.get(result.other(one), 0)))
    ]


def _places(result: Evaluation) -> dict[int, int]:
    """Return, of the full lists of needs in which a listing stands, the score of the last place."""
    rows = select(Match.buyer_request_id).where(Match.listing_id == result.id, Match.need_rank.is_not(None))
    return floors(NEED, db.session.scalars(rows).all())


def _evaluate_need(need_id: int, work: Work) -> Evaluation:
    seqs = chain_lengths([(NEED, need_id)])
    pairs, old = _partners(Match.listing_id, Match.buyer_request_id == need_id)
    need = live_needs([need_id]).get(need_id)
    wanted = need_features(need) if need is not None else None
    if need is None or wanted is None:
        return Evaluation(NEED, need_id, seqs, pairs)
    work.queries += 1
    ids = {*candidates(LISTING, wanted.key, ("public", "member")), *old}
    seqs |= chain_lengths((LISTING, one) for one in ids)
    offers = {one: offer for one, listing in live_listings(ids).items() if (offer := listing_features(listing)) is not None}
    found = [work.compare(wanted, offer) for offer in offers.values() if may_meet(wanted, offer)]
    result = Evaluation(NEED, need_id, seqs, pairs, old, live=True)
    words = wording(need, wanted.key)
    kept = _worth_keeping(result, _best_first(found))
    return replace(result, found=[words.with_shared_words(one, offers[one.listing_id].bag) for one in kept])


def _evaluate_listing(listing_id: int, work: Work) -> Evaluation:
    seqs = chain_lengths([(LISTING, listing_id)])
    pairs, old = _partners(Match.buyer_request_id, Match.listing_id == listing_id)
    listing = live_listings([listing_id]).get(listing_id)
    offer = listing_features(listing) if listing is not None else None
    if listing is None or offer is None:
        return Evaluation(LISTING, listing_id, seqs, pairs)
    audience = ("public", "member", f"org:{listing.org_id}", f"invited:{listing.org_id}")
    work.queries += 1
    ids = {*candidates(NEED, listing_terms(listing), audience), *old}
    seqs |= chain_lengths((NEED, one) for one in ids)
    needs = live_needs(ids)
    wanted = {one: it for one, need in needs.items() if (it := need_features(need)) is not None}
    found = [work.compare(want, offer) for want in wanted.values() if may_meet(want, offer)]
    result = Evaluation(LISTING, listing_id, seqs, pairs, old, live=True)
    kept = _worth_keeping(result, _best_first(found))
    told = [wording(needs[one.need_id], wanted[one.need_id].key).with_shared_words(one, offer.bag) for one in kept]
    return replace(result, found=told)


_EVALUATE = {NEED: _evaluate_need, LISTING: _evaluate_listing}


def compare_pair(need_id: int, listing_id: int) -> Scored | None:
    """Compare two things that are both live now, whatever the search engine says; None when one is not."""
    need, listing = live_needs([need_id]).get(need_id), live_listings([listing_id]).get(listing_id)
    wanted = need_features(need) if need is not None else None
    offer = listing_features(listing) if listing is not None else None
    if need is None or wanted is None or offer is None:
        return None
    return wording(need, wanted.key).with_shared_words(Work().compare(wanted, offer), offer.bag)


def _partners(column: InstrumentedAttribute[int], of: ColumnElement[bool]) -> tuple[frozenset[int], frozenset[int]]:
    """Return the other sides of all pairs one thing has, and those of its best, which are compared again."""
    every = db.session.scalars(select(column).where(of).order_by(Match.score.desc(), Match.id)).all()
    return frozenset(every), frozenset(every[:OLD_PAIRS])


def _best_first(found: Iterable[Scored]) -> list[Scored]:
    return sorted(found, key=lambda one: (-one.verdict.score, one.need_id, one.listing_id))
