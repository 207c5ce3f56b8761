"""Which legal regime a transfer falls under: the decision table of docs/domain.md §2.5 as rows of data.

A change of law is a change of a row and of its test. `None` in a row means any value.
"""

from __future__ import annotations

from dataclasses import dataclass

EFFECTIVE = "2018-07-01"
SOURCE = "Law 07/2017/QH14, Arts 9–11 and 31, amended by Law 115/2025/QH15; Decree 76/2018/NĐ-CP, Arts 5–6"

#: Funding sources that are State money, in whole or in part.
STATE_MONEY = frozenset({"state_budget", "mixed"})


@dataclass(frozen=True)
class Row:
    """One row: what is known of a transfer, and the regime (REGIMES) that follows."""

    control_class: str | None
    cross_border: bool | None
    state_money: bool | None
    certificate: bool | None
    regime: str


TABLE: tuple[Row, ...] = (
    Row("banned", None, None, None, "banned"),
    Row("restricted", None, None, None, "permit"),
    Row("", None, None, None, "unclassified"),
    Row(None, True, None, None, "registration"),
    Row(None, False, True, False, "registration"),
    Row(None, False, True, True, "voluntary"),
    Row(None, False, False, None, "voluntary"),
)


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
