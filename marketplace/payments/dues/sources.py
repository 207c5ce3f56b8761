"""What dues are made of: milestones here; whoever adds another kind of payment registers its source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select

from marketplace.deals.lifecycle import MILESTONE as MILESTONE_LIFE
from marketplace.deals.models import Deal, Milestone
from marketplace.values.text import N_

_ACCEPTED = MILESTONE_LIFE.in_groups("accepted")


@dataclass(frozen=True)
class Wanted:
    """One payment that a deal asks for now: of which thing, how much, when. `amount` in minor units of `currency`."""

    of_id: int
    title: str
    amount: int
    due_on: date
    pay_when: str
    payer_side: str = "buyer"
    currency: str = "VND"


@dataclass(frozen=True)
class DueSource:
    """Where dues come from. `wanted(deal)` says what the deal asks for as agreed now.

    `accepted()` selects the (id, moment) of those things that were accepted; dues with `pay_when` accepted fall due then.
    `follows` is the event after which one may be.
    """

    kind: str
    label: str
    wanted: Callable[[Deal], Iterable[Wanted]]
    accepted: Callable[[], Select[int, datetime | None]]
    follows: str


#: Every source by its kind.
SOURCES: dict[str, DueSource] = {}


def register_due_source(source: DueSource) -> None:
    """Let a kind of thing make dues. Doing it again is silence; raises ValueError when another source has the kind."""
    if SOURCES.setdefault(source.kind, source) is not source:
        raise ValueError(f"another source makes dues of {source.kind!r}")


def _of_milestones(deal: Deal) -> Iterable[Wanted]:
    """Every milestone that stands in the schedule and has an amount."""
    return [
        Wanted(one.id, one.title, one.amount, one.due_on, one.pay_when) for one in deal.milestones if one.amount > 0
    ]


def _accepted_milestones() -> Select[int, datetime | None]:
    return select(Milestone.id, Milestone.accepted_at).where(Milestone.state.in_(_ACCEPTED))


MILESTONES = DueSource(
    Milestone.subject_kind, N_("Milestone"), _of_milestones, _accepted_milestones, f"{Milestone.subject_kind}.accept")
