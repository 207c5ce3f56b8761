"""Banks to which a transfer by VietQR can go: the number of each at NAPAS (BIN) and its short name.

NAPAS publishes the list to its members. These rows were compared on 2026-12-03 with a copy that another project took from
vietqr.io in September 2024, and with nothing of NAPAS itself: whoever enters an account must check its number with a
transfer of a small amount before it is used. Names of banks that were merged or renamed since may be the old ones.
"""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "NAPAS"
READ_IN_SOURCE = False  # see above


@dataclass(frozen=True)
class Bank:
    """One bank. A later row never takes the number of another."""

    bin: str
    short_name: str


BANKS: tuple[Bank, ...] = (
    Bank("970425", "ABBANK"),
    Bank("970416", "ACB"),
    Bank("970405", "Agribank"),
    Bank("970409", "Bac A Bank"),
    Bank("970438", "BaoViet Bank"),
    Bank("970418", "BIDV"),
    Bank("970454", "BVBank"),
    Bank("970444", "CBBank"),
    Bank("422589", "CIMB"),
    Bank("970446", "Co-opBank"),
    Bank("796500", "DBS"),
    Bank("970406", "DongA Bank"),
    Bank("970431", "Eximbank"),
    Bank("970408", "GPBank"),
    Bank("970437", "HDBank"),
    Bank("970442", "Hong Leong Bank"),
    Bank("458761", "HSBC"),
    Bank("970434", "Indovina Bank"),
    Bank("970452", "KienlongBank"),
    Bank("970449", "LPBank"),
    Bank("970422", "MB"),
    Bank("970426", "MSB"),
    Bank("970428", "Nam A Bank"),
    Bank("970419", "NCB"),
    Bank("970448", "OCB"),
    Bank("970414", "OceanBank"),
    Bank("970430", "PGBank"),
    Bank("970439", "Public Bank"),
    Bank("970412", "PVcomBank"),
    Bank("970403", "Sacombank"),
    Bank("970400", "SaigonBank"),
    Bank("970429", "SCB"),
    Bank("970440", "SeABank"),
    Bank("970443", "SHB"),
    Bank("970424", "Shinhan Bank"),
    Bank("970410", "Standard Chartered"),
    Bank("970407", "Techcombank"),
    Bank("970423", "TPBank"),
    Bank("970458", "UOB"),
    Bank("970441", "VIB"),
    Bank("970427", "VietABank"),
    Bank("970433", "VietBank"),
    Bank("970436", "Vietcombank"),
    Bank("970415", "VietinBank"),
    Bank("970432", "VPBank"),
    Bank("970421", "VRB"),
    Bank("970457", "Woori Bank"),
)
_NAMES = {bank.bin: bank.short_name for bank in BANKS}


def bank_name(number: str) -> str:
    """Return the short name of a bank by its number, or the number where it is not in the table."""
    return _NAMES.get(number, number)
