"""The deals of one organisation as lists show them: tabs by stage, search, sort. Reading only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from marketplace.core.extensions import db
from marketplace.deals.lifecycle import DEAL
from marketplace.deals.models import Deal
from marketplace.organisations.models import Organisation
from marketplace.values.text import fold

#: Tab → states; the empty tab is all.
TABS: Mapping[str, tuple[str, ...]] = MappingProxyType({"": DEAL.names, **DEAL.tabs})
SORTS: Mapping[str, tuple[ColumnElement[Any], ...]] = MappingProxyType({
    "changed": (Deal.state_since.desc(), Deal.id.desc()), "waiting": (Deal.state_since.asc(), Deal.id.asc()),
    "price": (Deal.price.desc(), Deal.id.desc()), "opened": (Deal.opened_at.desc(), Deal.id.desc()),
})
BATCH = 1_000  # deals read at a time, where all of them are looked through or downloaded


@dataclass(frozen=True)
class Wanted:
    """What of the list is asked for."""

    org_id: int
    tab: str = ""
    side: str = ""  # supplier, buyer, or both
    words: str = ""
    sort: str = "changed"


def _mine(org_id: int, side: str = "") -> ColumnElement[bool]:
    sides = {"supplier": Deal.supplier_org_id == org_id, "buyer": Deal.buyer_org_id == org_id}
    return sides[side] if side in sides else or_(*sides.values())


def counts(org_id: int) -> dict[str, int]:
    """Return how many deals each tab holds. One statement."""
    rows = db.session.execute(select(Deal.state, func.count()).where(_mine(org_id)).group_by(Deal.state))
    by_state: dict[str, int] = {row[0]: row[1] for row in rows}
    return {tab: sum(by_state.get(state, 0) for state in states) for tab, states in TABS.items()}


def listed(wanted: Wanted, offset: int, size: int) -> tuple[list[Deal], int]:
    """Return one page of the deals asked for and how many there are."""
    chosen = _chosen(wanted)
    total = db.session.scalar(select(func.count()).select_from(Deal).where(chosen)) or 0
    return list(db.session.scalars(_rows(chosen, wanted.sort).offset(offset).limit(size))), total


def every(wanted: Wanted) -> Iterator[Deal]:
    """Yield all deals asked for, for a download."""
    return in_batches(_rows(_chosen(wanted), wanted.sort))


def in_batches(rows: Select[Deal]) -> Iterator[Deal]:
    """Yield all rows of an ordered select; BATCH of them are in memory at a time."""
    for offset in count(0, BATCH):
        found = db.session.scalars(rows.offset(offset).limit(BATCH)).all()
        yield from found
        if len(found) < BATCH:
            return


def _rows(chosen: ColumnElement[bool], sort: str) -> Select[Deal]:
    return select(Deal).where(chosen).order_by(*SORTS[sort]).options(
        joinedload(Deal.supplier), joinedload(Deal.buyer), joinedload(Deal.lead), selectinload(Deal.milestones),
        selectinload(Deal.signatures),
    )


def _chosen(wanted: Wanted) -> ColumnElement[bool]:
    mine = _mine(wanted.org_id, wanted.side)
    chosen = mine & Deal.state.in_(TABS[wanted.tab]) if wanted.tab else mine
    return with_words(chosen, wanted.words) if wanted.words else chosen


def with_words(chosen: ColumnElement[bool], words: str) -> ColumnElement[bool]:
    """Return which of the chosen deals have every word in code, title, contract number or parties, marks and case aside."""
    supplier, buyer = aliased(Organisation), aliased(Organisation)
    rows = (
        select(Deal.id, Deal.code, Deal.title, Deal.contract_no, supplier.name, buyer.name)
        .join(supplier, supplier.id == Deal.supplier_org_id).join(buyer, buyer.id == Deal.buyer_org_id)
        .where(chosen).execution_options(yield_per=BATCH)
    )
    wanted = fold(words).split()
    texts = ((row[0], fold(" ".join(str(text) for text in row[1:]))) for row in db.session.execute(rows))
    found = [deal_id for deal_id, text in texts if all(word in text for word in wanted)]
    # Written into the statement, because databases take a limited number of parameters.
    return Deal.id.in_(bindparam("found", found, expanding=True, literal_execute=True, unique=True)) if found else false()
