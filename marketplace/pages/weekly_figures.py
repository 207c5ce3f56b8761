"""What happened week by week, for the operators' dashboard: counted from facts, so that a past week stays as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from marketplace.core.facts import Total, totals_of_spans
from marketplace.core.short_cache import kept
from marketplace.values import clock
from marketplace.values.text import N_

#: This week and those before it.
WEEKS = 5
#: What is counted: in words, of which kind of thing, which action, and whether the amount is shown beside the number.
COUNTED = (
    (N_("Technologies published"), "listing", "listing.publish", False),
    (N_("Needs published"), "need", "need.publish", False),
    (N_("Interest expressed"), "lead", "lead.contact", False),
    (N_("Deals opened"), "deal", "deal.open", False),
    (N_("Deals completed"), "deal", "deal.complete", True),
)


@dataclass(frozen=True)
class WeeklyFigure:
    """One kind of event with its totals by week, the oldest first."""

    label: str
    weeks: list[Total]
    shows_amount: bool


@dataclass(frozen=True)
class Weekly:
    """The table: the weeks by the Monday they begin on, its lines, and whether some of it was reconstructed."""

    mondays: list[str]
    lines: list[WeeklyFigure]

    @property
    def reconstructed(self) -> bool:
        """True when events are counted that happened before facts were kept."""
        return any(total.reconstructed for line in self.lines for total in line.weeks)


def weekly() -> Weekly:
    """Return the last weeks, counted once a minute for everybody."""
    return kept("weekly", _count)


def _count() -> Weekly:
    monday = clock.week_of(clock.today()).monday
    mondays = [monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    found = totals_of_spans([(kind, action) for _label, kind, action, _amount in COUNTED],
                            [clock.start_of_day(one) for one in mondays])
    lines = [WeeklyFigure(label, found[kind, action], amount) for label, kind, action, amount in COUNTED]
    return Weekly([clock.format_date(one)[:5] for one in mondays], lines)
