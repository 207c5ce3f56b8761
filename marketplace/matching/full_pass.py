"""The pass over everything: every listing against every open need, exactly, in slices that the worker can interleave.

The texts of all needs lie in memory as an inverted index; the listings stream by once, are analysed once, and each is
compared factor by factor only with the needs whose subject it shares. Time grows with the listings, memory with the
needs. What a pass did not write again is gone at its end (`finishing`). Nobody waits for it: it compares without a lock
and writes a batch at a time, as long as the pass still stands where the batch began.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heappush, heapreplace

from sqlalchemy import func, select, update

from marketplace.buyer_requests.lifecycle import OPEN_STATES
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import SYSTEM
from marketplace.core.codes import hold_counter
from marketplace.core.extensions import db
from marketplace.core.long_work import ThingKey, begin_reading, begin_writing, chain_lengths, changed_since
from marketplace.core.outbox import enqueue, enqueue_once
from marketplace.listings.lifecycle import OFFERED_STATES
from marketplace.listings.models import Listing
from marketplace.listings.visibility import visible_to
from marketplace.matching import full_pass_end
from marketplace.matching.factors import FULL_COVERAGE, SAME_SUBJECT
from marketplace.matching.features import ListingFeatures, NeedFeatures, listing_features, need_features
from marketplace.matching.formula import POSSIBLE, ceiling
from marketplace.matching.full_pass_end import PassPosition, locked_run, state
from marketplace.matching.incremental import wants
from marketplace.matching.models import Match, MatchRun
from marketplace.matching.queries import live_listings, live_needs
from marketplace.matching.scoring import Scored, Wording, may_know, may_meet, score, wording
from marketplace.matching.store import KEEP, batched, write
from marketplace.matching.weights import current_weights
from marketplace.values import clock

CONSUMER = "rematch"
#: Listings read at a time, and seconds after which a slice gives the worker back.
BATCH, SLICE_SECONDS = 200, 5.0
#: A smaller share of a need's words is another subject: such a pair is never worth a line.
LEAST_SHARE = SAME_SUBJECT * FULL_COVERAGE


@dataclass
class Board:
    """All open needs, ready to be met by a stream of listings."""

    wants: dict[int, NeedFeatures]
    versions: frozenset[tuple[int, int | None]]  # of the needs it was made from
    seqs: Mapping[ThingKey, int]  # the needs' last events, as they were before it was made
    postings: dict[str, list[tuple[int, float]]] = field(default_factory=dict)  # term → (need, weight)
    floors: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))  # need → its best scores, a heap

    words: dict[int, Wording] = field(default_factory=dict)

    def shares(self, bag: Iterable[str]) -> dict[int, float]:
        """Return how far a text covers each need that it has any telling word of."""
        covered: defaultdict[int, float] = defaultdict(float)
        for term in bag:
            for need_id, weight in self.postings.get(term, ()):
                covered[need_id] += weight
        return covered

    def read_words(self, need_ids: set[int]) -> None:
        """Read the texts of needs that have matches for the first time in this pass."""
        for some in batched(sorted(need_ids - self.words.keys())):
            self.words.update({one: wording(need, self.wants[one].key) for one, need in live_needs(some).items()})

    def open_to(self, need_id: int, ceiling: int) -> bool:
        """False when a pair with at most this score can stand neither in the need's list nor in a listing's."""
        best = self.floors[need_id]
        return ceiling >= POSSIBLE or len(best) < KEEP or ceiling > best[0]

    def takes(self, one: Scored) -> bool:
        """Note a pair in its need's list; True when it is among the best so far."""
        best = self.floors[one.need_id]
        if len(best) < KEEP:
            heappush(best, one.verdict.score)
            return True
        if one.verdict.score <= best[0]:
            return False
        heapreplace(best, one.verdict.score)
        return True


_BOARDS: dict[int, Board] = {}  # of the pass under way in this process


def hold_passes() -> None:
    """Let those who begin a pass go one after the other, until the end of the transaction."""
    hold_counter("MATCH")


def begin(cause: str) -> MatchRun:
    """Start a pass with the weights of now and queue its first slice; one that is under way ends unfinished."""
    hold_passes()
    for old in db.session.scalars(select(MatchRun).where(MatchRun.finished_at.is_(None))):
        old.finished_at = clock.now()
    total = db.session.scalar(select(func.count(Listing.id)).where(Listing.state.in_(OFFERED_STATES), visible_to(SYSTEM)))
    run = MatchRun(cause=cause, weights=current_weights(), started_at=clock.now(), total=total or 0)
    db.session.add(run)
    db.session.flush()
    enqueue(CONSUMER, {"run": run.id, "slice": 0}, key=f"{CONSUMER}:{run.id}:0")
    return run


def go_on(run_id: int, number: int) -> None:
    """Do one slice of a pass and queue the next; a pass that has ended or was overtaken is left alone."""
    run = db.session.get(MatchRun, run_id)
    if run is not None and run.finished_at is None and not step(run):
        following: dict[str, object] = {"run": run_id, "slice": number + 1}
        enqueue_once(CONSUMER, {f"{CONSUMER}:{run_id}:{number + 1}": following}, clock.now())


def step(run: MatchRun, seconds: float = SLICE_SECONDS) -> bool:
    """Work on a committed pass for some seconds, one batch at least; return True when it has ended.

    Commits what it has done batch by batch; a killed worker loses one batch.
    """
    begun, run_id, ended = time.monotonic(), run.id, False
    while not ended:
        begin_reading()
        at = state(run_id)
        ended = at is None or (not _batch(at) and full_pass_end.step(at, _board(at).wants))
        if time.monotonic() - begun >= seconds:
            break
    begin_writing()
    worked = round(time.monotonic() - begun)
    db.session.execute(update(MatchRun).where(MatchRun.id == run_id).values(seconds=MatchRun.seconds + worked))
    db.session.commit()
    if ended:
        _BOARDS.clear()
    return ended


def _batch(at: PassPosition) -> bool:
    """Compare the next listings and write what is among the best; False when there are no more, or they come too late."""
    if full_pass_end.has_begun(at):
        return False
    rows = select(Listing.id).where(Listing.id > at.last, Listing.state.in_(OFFERED_STATES), visible_to(SYSTEM))
    ids = db.session.scalars(rows.order_by(Listing.id).limit(BATCH)).all()
    if not ids:
        return False
    board = _board(at)
    seqs = {**board.seqs, **chain_lengths(("listing", one) for one in ids)}
    pairs, kept = _meet(at, board, live_listings(ids))
    begin_writing()
    run = locked_run(at)
    if run is None:
        _BOARDS.clear()  # it has noted pairs that are not written
        db.session.rollback()
        return True
    both = {("need", one.need_id) for one in kept} | {("listing", one.listing_id) for one in kept}
    changed = changed_since(seqs, both, wants)
    write([one for one in kept if not changed & {("need", one.need_id), ("listing", one.listing_id)}], at.weights)
    run.last_listing_id, run.done, run.pairs = ids[-1], run.done + len(ids), run.pairs + pairs
    db.session.commit()
    return True


def _board(at: PassPosition) -> Board:
    """Return the needs of now; what is in memory serves as long as no need has changed."""
    open_needs = select(BuyerRequest.id, BuyerRequest.published_revision_id).where(BuyerRequest.state.in_(OPEN_STATES))
    versions = frozenset((row[0], row[1]) for row in db.session.execute(open_needs))
    known = _BOARDS.get(at.id)
    if known is not None and known.versions == versions:
        return known
    seqs = chain_lengths(("need", id_) for id_, _version in versions)
    asking: dict[int, NeedFeatures] = {}
    for some in batched(sorted(id_ for id_, _version in versions)):
        asking.update({one: it for one, need in live_needs(some).items() if (it := need_features(need)) is not None})
    board = Board(asking, versions, seqs, floors=_floors(at))
    for need in asking.values():
        for term, weight in need.key.items():
            board.postings.setdefault(term, []).append((need.id, weight))
    _BOARDS.clear()
    _BOARDS[at.id] = board
    return board


def _floors(at: PassPosition) -> dict[int, list[int]]:
    """Return the best scores per need that this pass has written so far: a worker may have died half-way."""
    best: defaultdict[int, list[int]] = defaultdict(list)
    if at.last:
        rows = select(Match.buyer_request_id, Match.score).where(Match.computed_at >= at.started_at)
        for need_id, points in db.session.execute(rows.order_by(Match.score.desc())):
            if len(best[need_id]) < KEEP:
                heappush(best[need_id], points)
    return best


def _meet(at: PassPosition, board: Board, listings: Mapping[int, Listing]) -> tuple[int, list[Scored]]:
    """Compare some listings with all needs; return how many pairs were compared, and the best of either side in words."""
    kept: list[tuple[Scored, ListingFeatures]] = []
    pairs = 0
    for _id, listing in sorted(listings.items()):
        offer = listing_features(listing, keep=False)
        if offer is None:
            continue
        found = []
        for need_id, share in board.shares(offer.bag).items():
            need = board.wants[need_id]
            if share >= LEAST_SHARE and board.open_to(need_id, ceiling(share, at.weights)) and may_meet(need, offer):
                found.append(score(need, offer, at.weights, share))
        pairs += len(found)
        kept += [(one, offer) for one in _best(board, found, offer)]
    board.read_words({one.need_id for one, _offer in kept})
    words = board.words
    return pairs, [words[one.need_id].with_shared_words(one, offer.bag) for one, offer in kept if one.need_id in words]


def _best(board: Board, found: Iterable[Scored], offer: ListingFeatures) -> list[Scored]:
    """Return the pairs of one listing that stand in its own list or in that of their need."""
    best = []
    own = 0
    for one in sorted(found, key=lambda one: (-one.verdict.score, one.need_id)):
        if not one.worth:
            break
        mine = one.verdict.score >= POSSIBLE and own < KEEP and may_know(board.wants[one.need_id], offer.org_id)
        own += mine
        if board.takes(one) or mine:
            best.append(one)
    return best
