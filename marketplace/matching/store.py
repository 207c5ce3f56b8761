"""Writing computed pairs, keeping the best of each side, and dropping what nobody's list holds any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, delete, func, or_, select, tuple_, update

from marketplace.buyer_requests.lifecycle import OPEN_STATES
from marketplace.buyer_requests.models import BuyerRequest, NeedInvitation, NeedRevision
from marketplace.buyer_requests.visibility import EVERYBODY
from marketplace.core.extensions import db
from marketplace.listings.models import Listing
from marketplace.matching.formula import LEAST, POSSIBLE
from marketplace.matching.models import Match, MatchFeedback, MatchRun
from marketplace.matching.scoring import Scored
from marketplace.values import clock

#: Length of the list of a need and of that of a listing.
KEEP = 12
NEED, LISTING = BuyerRequest.subject_kind, Listing.subject_kind


class Side(NamedTuple):
    """One side of a match: the columns of its owner and of the place in its list, and what holds for that list."""

    owner: Any  # columns of `Match`
    rank: Any
    partner: str
    id_of: Callable[[Scored], int]
    least: int  # score of what may stand in the list
    filters: Mapping[str, tuple[str, ...]]  # of the search for candidates of this kind
    knows_all: bool  # of a listing only those needs stand in the list that its owner may know
    refilled: bool  # a list that loses one of its places is computed again


SIDES = {
    NEED: Side(
        Match.buyer_request_id, Match.need_rank, LISTING, lambda one: one.need_id, LEAST, {"state": OPEN_STATES},
        knows_all=True, refilled=True,
    ),
    LISTING: Side(
        Match.listing_id, Match.listing_rank, NEED, lambda one: one.listing_id, POSSIBLE, {},
        knows_all=False, refilled=False,
    ),
}
_BATCH = 400
T = TypeVar("T")


def batched(items: Sequence[T], size: int = _BATCH) -> Iterator[Sequence[T]]:
    """Yield slices of at most `size` items."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def values(one: Scored, weights: Mapping[str, int]) -> dict[str, Any]:
    """Return a computed pair as columns."""
    return {
        "buyer_request_id": one.need_id, "listing_id": one.listing_id, "score": one.verdict.score,
        "strength": one.verdict.strength, "confidence": one.verdict.confidence, "excluded_by": one.verdict.excluded_by,
        "factors": [factor.as_row(weights[factor.factor]) for factor in one.factors], "computed_at": clock.now(),
    }


def write(pairs: Iterable[Scored], weights: Mapping[str, int]) -> None:
    """Insert new pairs and update known ones, with a few statements."""
    wanted = [values(one, weights) for one in pairs]
    for some in batched(wanted):
        keys = [(row["buyer_request_id"], row["listing_id"]) for row in some]
        known = select(Match.buyer_request_id, Match.listing_id, Match.id).where(
            tuple_(Match.buyer_request_id, Match.listing_id).in_(keys)
        )
        ids = {(row[0], row[1]): row[2] for row in db.session.execute(known)}
        fresh = [row for row, key in zip(some, keys, strict=True) if key not in ids]
        changed = [{**row, "id": ids[key]} for row, key in zip(some, keys, strict=True) if key in ids]
        if fresh:
            blank = {"mark": "", "mark_code": "", "mark_reason": ""}
            db.session.execute(Match.__table__.insert(), [{**row, **blank} for row in fresh])  # type: ignore[attr-defined]
        if changed:
            db.session.execute(update(Match), changed)


def floors(side: str, owners: Collection[int]) -> dict[int, int]:
    """Return, of those lists that are full, the score of the last place."""
    owner, rank = SIDES[side][:2]
    full: dict[int, int] = {}
    for some in batched(sorted(owners)):
        rows = select(owner, func.min(Match.score)).where(owner.in_(some), rank.is_not(None)).group_by(owner)
        full.update({row[0]: row[1] for row in db.session.execute(rows.having(func.count() >= KEEP))})
    return full


def rank(side: str, owners: Iterable[int]) -> None:
    """Number the best of each list anew; `sweep` then drops the rows that are in none."""
    owner, column = SIDES[side][:2]
    for some in batched(sorted(owners)):
        pair = (Match.buyer_request_id, Match.listing_id)
        rows = select(Match.id, owner, column, Match.score, *pair).where(owner.in_(some), *_worthy(side))
        lists: defaultdict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
        before: dict[int, int | None] = {}
        for id_, whose, place, score, need_id, listing_id in db.session.execute(rows):
            lists[whose].append((-score, need_id, listing_id, id_))
            before[id_] = place
        places = {row[-1]: place for best in lists.values() for place, row in enumerate(sorted(best)[:KEEP], 1)}
        moved = [{"id": id_, column.key: places.get(id_)} for id_ in before if before[id_] != places.get(id_)]
        if moved:
            db.session.execute(update(Match), moved)
        worthless = update(Match).where(owner.in_(some), column.is_not(None), Match.id.not_in(_ids(side, some)))
        db.session.execute(worthless.values({column.key: None}).execution_options(synchronize_session=False))
    db.session.expire_all()


def sweep(side: str, owners: Iterable[int]) -> None:
    """Drop the rows of some needs or listings that stand in no list.

    Not while a full pass is under way: what it has written is numbered at its end, which sweeps everything.
    """
    if db.session.scalar(select(MatchRun.id).where(MatchRun.finished_at.is_(None)).limit(1)) is not None:
        return
    for some in batched(sorted(owners)):
        drop(SIDES[side].owner.in_(some), Match.need_rank.is_(None), Match.listing_rank.is_(None))


def _ids(side: str, owners: Sequence[int]) -> Any:
    return select(Match.id).where(SIDES[side].owner.in_(owners), *_worthy(side))


def _worthy(side: str) -> list[ColumnElement[bool]]:
    """What may stand in a list; in that of a listing no weak ones, and only needs which its owner may know."""
    worth = [Match.score >= SIDES[side].least, Match.excluded_by == ""]
    if not SIDES[side].knows_all:
        invited = (
            select(NeedInvitation.id).join(Listing, Listing.org_id == NeedInvitation.organisation_id)
            .where(NeedInvitation.buyer_request_id == Match.buyer_request_id, Listing.id == Match.listing_id)
            .correlate(Match)
        )
        public = Match.buyer_request.has(BuyerRequest.published_revision.has(NeedRevision.visibility.in_(EVERYBODY)))
        worth.append(or_(public, invited.exists()))
    return worth


def drop(*which: ColumnElement[bool]) -> None:
    """Delete rows; those with a mark or with what people said of them stay, without a place."""
    said = select(MatchFeedback.match_id)
    bare = [Match.mark == "", Match.id.not_in(said)]
    db.session.execute(delete(Match).where(*which, *bare).execution_options(synchronize_session=False))
    kept = update(Match).where(*which).values(need_rank=None, listing_rank=None)
    db.session.execute(kept.execution_options(synchronize_session=False))
    db.session.expire_all()
