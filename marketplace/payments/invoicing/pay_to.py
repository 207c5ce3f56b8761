"""Into which account of the exchange a payment request is paid, and the QR code that fills in the transfer (VietQR)."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import segno

from marketplace.payments.banks.bank_table import bank_name
from marketplace.payments.banks.queries import pay_to
from marketplace.payments.invoicing.lifecycle import OPEN
from marketplace.payments.invoicing.models import Invoice
from marketplace.values.vietqr import encode, reference_of

#: Modules of white round the code, as its standard demands, so that a camera finds it on any background.
_QUIET = 4


@dataclass(frozen=True)
class Transfer:
    """What a payer fills in: the bank's number at NAPAS, account, holder, amount in đồng, purpose."""

    bank_bin: str
    account_no: str
    holder: str
    amount: int
    purpose: str

    @property
    def bank(self) -> str:
        """The short name of the bank, as its customers know it."""
        return bank_name(self.bank_bin)

    @property
    def text(self) -> str:
        """The text of its VietQR code."""
        return encode(self.bank_bin, self.account_no, self.amount, self.purpose)


def transfer_of(invoice: Invoice, rest: int) -> Transfer | None:
    """Return how what is left of a payment request is transferred; None when nothing is to be paid, or nowhere to."""
    account = pay_to() if invoice.state in OPEN and rest > 0 else None
    if account is None:
        return None
    return Transfer(account.bin, account.account_no, account.holder, rest, reference_of(str(invoice.code)))


def drawn(text: str) -> bytes:
    """Return a text as a QR code: an SVG in black on white that is as large as whoever shows it makes it."""
    out = BytesIO()
    segno.make(text, error="m", micro=False, boost_error=False).save(
        out, kind="svg", border=_QUIET, dark="#000", light="#fff", omitsize=True, xmldecl=False,
        svgclass=None, lineclass=None)
    return out.getvalue()
