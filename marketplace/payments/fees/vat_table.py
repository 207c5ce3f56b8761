"""VAT rates as dated rows with their source, and whether they were read in the statute. A change of law is a row here.

No row was read in the statute: a copy by a third party was seen, or nothing. An accountant must check them before the
exchange invoices anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.values.text import N_


@dataclass(frozen=True)
class VatRule:
    """One rate in basis points from a day to a day, both included; `read`: the statute itself was read."""

    code: str
    label: str
    rate_bp: int
    since: date
    until: date | None
    source: str
    read: bool


VAT_RULES = (
    VatRule("standard", N_("Standard rate"), 1_000, date(2025, 7, 1), None,
            "Luật Thuế giá trị gia tăng 48/2024/QH15, Điều 9", read=False),
    VatRule("reduced", N_("Temporarily reduced rate"), 800, date(2025, 7, 1), date(2026, 12, 31),
            "Nghị quyết 204/2025/QH15, Nghị định 174/2025/NĐ-CP", read=False),
    VatRule("none", N_("Not subject to VAT (transferring a technology itself)"), 0, date(2025, 7, 1), None,
            "Luật 48/2024/QH15, Điều 5 (khoản cần kiểm tra)", read=False),
)
#: What the services of the exchange are subject to until an accountant has confirmed the reduced rate.
DEFAULT = "standard"
CODES = tuple(dict.fromkeys(rule.code for rule in VAT_RULES))


def vat_rule(code: str, on: date) -> VatRule:
    """Return the row of a code that is in force on a day. Where a reduced one has ended it is the standard one again."""
    for wanted in (code, DEFAULT):
        for rule in VAT_RULES:
            if rule.code == wanted and rule.since <= on and (rule.until is None or on <= rule.until):
                return rule
    raise LookupError(f"no VAT rule {code!r} on {on}")
