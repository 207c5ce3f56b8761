"""What the exchange's staff see of all deals: the list with stage and age, and the figures above it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import joinedload

from marketplace.core.access import Actor
from marketplace.core.columns import in_states
from marketplace.core.extensions import db
from marketplace.deals.lifecycle import DEAL, LIVE
from marketplace.deals.models import Deal, DealNote
from marketplace.deals.queries.own_list import in_batches, with_words
from marketplace.values import clock
from marketplace.values.text import clean_line
from marketplace.vocabulary import REGIMES

#: Groups of stages, for tabs and figures.
STAGES: Mapping[str, tuple[str, ...]] = MappingProxyType({"live": LIVE, **DEAL.groups})
SORTS: Mapping[str, ColumnElement[Any]] = {
    "age": Deal.state_since.asc(), "newest": Deal.id.desc(), "value": Deal.price.desc(), "oldest": Deal.id.asc(),
}


@dataclass(frozen=True)
class DealFilters:
    """What the list is narrowed to; unknown values have fallen away."""

    stage: str = "live"
    state: str = ""
    officer: str = ""  # mine | nobody
    regime: str = ""  # of REGIMES
    stalled: bool = False
    text: str = ""
    sort: str = "age"


def read_filters(args: Mapping[str, str]) -> DealFilters:
    """Read an address's parameters; nonsense is ignored."""
    stage = args.get("stage", "live")
    return DealFilters(
        stage=stage if stage in STAGES or stage == "all" else "live",
        state=args["state"] if args.get("state") in DEAL.names else "",
        officer=args["officer"] if args.get("officer") in {"mine", "nobody"} else "",
        regime=args["regime"] if args.get("regime") in REGIMES else "",
        stalled=args.get("stalled") == "1",
        text=clean_line(args.get("q", ""))[:100],
        sort=args["sort"] if args.get("sort") in SORTS else "age",
    )


def stands_still(now: datetime) -> ColumnElement[bool]:
    """Deals that have been in their stage for longer than its `stall_days`, as SQL."""
    return or_(*(
        and_(Deal.state == state, Deal.state_since < now - timedelta(days=days)) for state, days in DEAL.stall_days.items()
    ))


def days_in_stage(deal: Deal) -> int:
    """Return the whole days since the deal came into its state."""
    return max(0, (clock.now() - deal.state_since).days)


def is_still(deal: Deal) -> bool:
    """The same rule as `stands_still` for one deal."""
    days = DEAL.state(deal.state).stall_days
    return days is not None and clock.now() - deal.state_since > timedelta(days=days)


def _chosen(filters: DealFilters, actor: Actor) -> ColumnElement[bool]:
    rules: list[ColumnElement[bool]] = []
    if filters.state:
        rules.append(Deal.state == filters.state)
    elif filters.stage != "all":
        rules.append(in_states(Deal, STAGES[filters.stage]))
    if filters.officer == "mine":
        rules.append(Deal.officer_id == actor.user_id)
    elif filters.officer == "nobody":
        rules.append(Deal.officer_id.is_(None))
    if filters.regime:
        rules.append(Deal.regime == filters.regime)
    if filters.stalled:
        rules.append(stands_still(clock.now()))
    chosen = and_(true(), *rules)
    if not filters.text:
        return chosen
    # A code typed in full is found among however many deals.
    return and_(chosen, or_(Deal.code == filters.text.upper(), with_words(chosen, filters.text)))


def listed(filters: DealFilters, actor: Actor, offset: int, limit: int) -> tuple[Sequence[Deal], int]:
    """Return one page of deals and how many there are, in two statements; three when words are looked for."""
    chosen = _chosen(filters, actor)
    total = db.session.scalar(select(func.count()).select_from(Deal).where(chosen)) or 0
    return list(db.session.scalars(_rows(chosen, filters.sort).offset(offset).limit(limit))), total


def every(filters: DealFilters, actor: Actor) -> Iterator[Deal]:
    """Yield all deals asked for, for a download."""
    return in_batches(_rows(_chosen(filters, actor), filters.sort))


def _rows(chosen: ColumnElement[bool], sort: str) -> Select[Deal]:
    sides = (joinedload(Deal.supplier), joinedload(Deal.buyer), joinedload(Deal.officer))
    return select(Deal).where(chosen).order_by(SORTS[sort], Deal.id).options(*sides)


@dataclass(frozen=True)
class Figures:
    """The figures above the list."""

    by_state: Mapping[str, int]
    still: int
    nobody: int
    completed_this_year: int
    realised_this_year: int  # VND, as accepted by transferees; never mixed with what is only agreed
    agreed_live: int  # VND of deals that are neither completed nor ended

    def stage(self, name: str) -> int:
        """Return how many deals a group of stages holds."""
        return sum(self.by_state.get(state, 0) for state in STAGES[name])


def figures() -> Figures:
    """Return the figures, in two statements."""
    now = clock.now()
    live = Deal.state.in_(LIVE)
    year = clock.start_of_day(clock.today().replace(month=1, day=1))
    done = and_(Deal.state == "completed", Deal.completed_at >= year)
    states = {row[0]: row[1] for row in db.session.execute(select(Deal.state, func.count()).group_by(Deal.state))}
    row = db.session.execute(select(
        func.coalesce(func.sum(case((stands_still(now), 1), else_=0)), 0),
        func.coalesce(func.sum(case((and_(live, Deal.officer_id.is_(None)), 1), else_=0)), 0),
        func.coalesce(func.sum(case((done, 1), else_=0)), 0),
        func.coalesce(func.sum(case((done, Deal.value_realised), else_=0)), 0),
        func.coalesce(func.sum(case((live, Deal.price), else_=0)), 0),
    ).where(or_(live, done))).one()
    return Figures(states, int(row[0]), int(row[1]), int(row[2]), int(row[3]), int(row[4]))


def notes(deal: Deal) -> Sequence[DealNote]:
    """Return the officers' notes on a deal, newest first."""
    rows = select(DealNote).where(DealNote.deal_id == deal.id).options(joinedload(DealNote.author))
    return list(db.session.scalars(rows.order_by(DealNote.id.desc()).limit(100)))
