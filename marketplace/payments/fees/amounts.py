"""Computing fees and VAT: whole đồng, half up, integers only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.core.errors import Invalid
from marketplace.values import money
from marketplace.values.text import N_

WHOLE = 10_000  # basis points
MOST_BANDS = 10
_PARTS = 5  # of a line: from, to, per cent, at least, at most


def share(amount: int, basis_points: int) -> int:
    """Return a share of an amount in whole đồng, half up. Both are not negative."""
    return (amount * basis_points + WHOLE // 2) // WHOLE


def vat_of(lines: Sequence[tuple[int, int]]) -> list[int]:
    """Return the VAT of each line (net, basis points) of one invoice.

    VAT is rounded once per rate over the whole invoice, half up; the lines of a rate share that sum so that each is
    within one đồng of its own, those with the largest remainders first.
    """
    found = [net * rate // WHOLE for net, rate in lines]
    for rate in {rate for _net, rate in lines}:
        places = [place for place, line in enumerate(lines) if line[1] == rate]
        missing = share(sum(lines[place][0] for place in places), rate) - sum(found[place] for place in places)
        by_remainder = sorted(places, key=lambda place: (-(lines[place][0] * rate % WHOLE), place))
        for place in by_remainder[:missing]:
            found[place] += 1
    return found


def by_bands(value: int, bands: Sequence[Mapping[str, Any]]) -> int:
    """Return the fee of a value: the band in which it lies gives the rate for the whole, within its bounds.

    A band holds `from` ≤ value < `to`; the last has no `to`.
    """
    band = next(one for one in bands if value >= one["from"] and (one["to"] is None or value < one["to"]))
    fee = max(share(value, band["rate_bp"]), band["min"] or 0)
    return fee if band["max"] is None else min(fee, band["max"])


def parse_bands(text: str) -> list[dict[str, Any]]:
    """Return the bands of a text with one band per line: from; to; per cent; at least; at most.

    Raises Invalid on `bands`, naming the line, for what is no band, and for bands that leave a gap or overlap.
    """
    rows = [line.strip() for line in text.splitlines() if line.strip()]
    if not 1 <= len(rows) <= MOST_BANDS:
        raise Invalid("bands", N_("Give one to %(most)s bands, each on a line of its own."), most=MOST_BANDS)
    bands = [_band(row, number) for number, row in enumerate(rows, 1)]
    ends = [0, *(band["to"] for band in bands)]
    for number, (band, end) in enumerate(zip(bands, ends, strict=False), 1):
        if end is None or band["from"] != end or (band["to"] is not None and band["to"] <= band["from"]):
            message = N_("Line %(number)s must begin where the one above it ends, the first at 0.")
            raise Invalid("bands", message, number=number)
    if bands[-1]["to"] is not None:
        raise Invalid("bands", N_("The last band has no upper end: leave its second value empty."))
    return bands


def _band(row: str, number: int) -> dict[str, Any]:
    parts = [part.strip() for part in row.split(";")]
    parts += [""] * (_PARTS - len(parts))
    odd = Invalid("bands", N_("Line %(number)s is not “from; to; per cent; at least; at most”."), number=number)
    if len(parts) > _PARTS:
        raise odd
    try:
        low, high, least, most = (_amount(parts[place]) for place in (0, 1, 3, 4))
    except money.MoneyError as error:
        raise odd from error
    rate = basis_points(parts[2])
    if rate is None or rate > WHOLE or (most is not None and most < (least or 0)):
        raise odd
    return {"from": low or 0, "to": high, "rate_bp": rate, "min": least, "max": most}


def basis_points(text: str) -> int | None:
    """Return per cent with up to two decimals ("1,5") as basis points, or None when it is no such number."""
    whole, _, part = text.replace("%", "").strip().replace(".", ",").partition(",")
    if not (whole.isascii() and whole.isdigit() and len(whole) < 4) or len(part) > 2 or (part and not part.isdecimal()):
        return None
    return int(whole) * 100 + int(part.ljust(2, "0") or 0) if part.isascii() else None


def _amount(text: str) -> int | None:
    return money.parse_vnd(text) if text else None
