"""Which legal regime a transfer falls under and what follows from it: the decision table of docs/domain.md §2.5 as rows.

A change of law is a change of a row and of its test. `None` in a row means any value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from marketplace.values.text import N_

EFFECTIVE = "2018-07-01"
SOURCE = "Law 07/2017/QH14, Arts 9–11 and 31, amended by Law 115/2025/QH15; Decree 76/2018/NĐ-CP, Arts 5–6"

#: Funding sources that are State money, in whole or in part.
STATE_MONEY = frozenset({"state_budget", "mixed"})


@dataclass(frozen=True)
class RegimeRule:
    """One row: what is known of a transfer, and the regime (REGIMES) that follows."""

    control_class: str | None
    cross_border: bool | None
    state_money: bool | None
    certificate: bool | None
    regime: str


TABLE: tuple[RegimeRule, ...] = (
    RegimeRule("banned", None, None, None, "banned"),
    RegimeRule("restricted", None, None, None, "permit"),
    RegimeRule("", None, None, None, "unclassified"),
    RegimeRule(None, True, None, None, "registration"),
    RegimeRule(None, False, True, False, "registration"),
    RegimeRule(None, False, True, True, "voluntary"),
    RegimeRule(None, False, False, None, "voluntary"),
)


@dataclass(frozen=True)
class Procedure:
    """What follows from one regime. The texts are message ids.

    `takes_effect`: a signed contract takes effect by agreement. Otherwise `stops` says why it does not, and `turn` whose
    turn it is then (exchange, or nobody). `forbidden`: nothing can be done but leave the deal. `undecided`: an officer must
    classify the technology first. `agreed_day`: the day of effect that the sides agreed on counts. `filing_days` counts
    from the signing, 0 when nothing is filed. `because` says why the regime applies, and
    `because_abroad` says it of a transfer across the border.
    """

    takes_effect: bool = False
    stops: str = ""
    turn: str = "nobody"
    forbidden: bool = False
    undecided: bool = False
    agreed_day: bool = True
    filing_days: int = 0
    because: str = ""
    because_abroad: str = ""


PROCEDURES: Mapping[str, Procedure] = MappingProxyType({
    "voluntary": Procedure(takes_effect=True),
    "registration": Procedure(
        stops=N_("This transfer must be registered: it takes effect with the registration certificate, which the "
                 "exchange does not handle yet."),
        agreed_day=False, filing_days=90,
        because=N_("Reason: State money, in whole or in part, and no certificate of result registration."),
        because_abroad=N_("Reason: the technology crosses the border (%(direction)s)."),
    ),
    "permit": Procedure(
        stops=N_("This technology is restricted: the contract takes effect with a transfer permit, which the exchange "
                 "does not handle yet."),
        agreed_day=False, because=N_("Reason: the technology is on the list of restricted technologies."),
        because_abroad=N_("Reason: the technology is on the list of restricted technologies."),
    ),
    "unclassified": Procedure(
        stops=N_("A deal officer must first decide under which rules this transfer falls."), turn="exchange",
        undecided=True,
    ),
    "banned": Procedure(stops=N_("This technology is banned from transfer."), forbidden=True),
})
#: Regimes under which a signed contract takes effect by agreement, and those that wait for an officer.
TAKING_EFFECT = tuple(regime for regime, procedure in PROCEDURES.items() if procedure.takes_effect)
UNDECIDED = tuple(regime for regime, procedure in PROCEDURES.items() if procedure.undecided)
#: Who files a transfer out of the country; every other one is filed by the transferee.
_FILED_BY = {"out": "supplier"}


def filing_due(regime: str, signed_on: date | None) -> date | None:
    """Return the last day to file a transfer signed on that day, None when nothing is filed or it is not signed."""
    days = PROCEDURES[regime].filing_days
    return signed_on + timedelta(days=days) if days and signed_on else None


def who_files(direction: str) -> str:
    """Return the side that files a transfer in this direction (one of TRANSFER_DIRECTIONS)."""
    return _FILED_BY.get(direction, "buyer")


def regime_of(control_class: str, *, direction: str, funding_source: str, certificate_no: str) -> str:
    """Return the regime: the first row that fits.

    `control_class` is one of CONTROL_CLASSES or empty when nobody classified the technology; `direction` one of
    TRANSFER_DIRECTIONS; `certificate_no` the certificate of result registration, if any. A technology whose funding
    was not stated is not classified: it may not pass for one that needs nothing.
    """
    if not funding_source and control_class not in {"banned", "restricted"} and direction == "domestic":
        return "unclassified"
    facts = (control_class, direction != "domestic", funding_source in STATE_MONEY, bool(certificate_no.strip()))
    for row in TABLE:
        wanted = (row.control_class, row.cross_border, row.state_money, row.certificate)
        if all(want is None or want == fact for want, fact in zip(wanted, facts, strict=True)):
            return row.regime
    raise AssertionError(f"the table has no row for {facts}")
