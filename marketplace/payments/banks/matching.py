"""Which payment request, refund or message of the bank each line of a statement belongs to, and why.

The order: reference and amount; reference and another amount; a request that is paid or cancelled; a payout of the card
provider that is booked; amount and name of the payer; nothing. Amounts are compared first, so that names are compared
with few requests. What is read does not grow with the lines but by the thousand of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz.fuzz import token_set_ratio
from rapidfuzz.process import extract
from sqlalchemy import select, update

from marketplace.core.extensions import db
from marketplace.payments.banks.lifecycle import (
    EXACT,
    KNOWN,
    LATE,
    NAME,
    OVER,
    PAYOUT,
    REFUND,
    UNDER,
    UNKNOWN,
)
from marketplace.payments.banks.models import StatementLine
from marketplace.payments.banks.payout_lines import payouts_of
from marketplace.payments.invoicing.lifecycle import OPEN
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.invoicing.queries import rests
from marketplace.payments.settlement.lifecycle import SENT
from marketplace.payments.settlement.models import Payment, Refund
from marketplace.values.text import fold
from marketplace.values.vietqr import codes_in

PROVIDER = "bank"
AT_A_TIME = 1000
ALIKE = 90  # of 100, as rapidfuzz counts
LEAST_WORDS = 2
_COMPANY = re.compile(
    r"\b(cong ty|cty|co phan|cp|trach nhiem huu han|tnhh|mot thanh vien|mtv|tap doan|tong cong ty|doanh nghiep tu nhan|dntn"
    r"|chi nhanh|company|limited|joint stock|corporation|jsc|ltd|co|corp|inc|llc)\b")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class _Asked:
    """What is compared of a payment request."""

    id: int
    state: str
    rest: int
    name: str


def name_words(name: str) -> str:
    """Return what of a company's name tells it from others, folded; nothing when fewer than two words are left."""
    words = re.sub(r"[^0-9a-z]+", " ", _COMPANY.sub(" ", fold(name))).split()
    return " ".join(words) if len(words) >= LEAST_WORDS else ""


def key_of_message(account_id: int, reference: str) -> str:
    """Return how a payment is named that a bank's message told of, by the bank's reference of the transfer."""
    return f"message:{account_id}:{reference}"


def match_lines(ids: Sequence[int], progress: Progress | None = None) -> None:
    """Compare lines and note of each what fits and why; nothing is booked. Some ten statements for each thousand."""
    by_amount = _open_by_amount() if ids else {}
    for start in range(0, len(ids), AT_A_TIME):
        lines = db.session.scalars(select(StatementLine).where(StatementLine.id.in_(ids[start:start + AT_A_TIME]))).all()
        _match(lines, by_amount)
        if progress is not None:
            progress(min(start + AT_A_TIME, len(ids)), len(ids))


def _match(lines: Sequence[StatementLine], by_amount: Mapping[int, Sequence[_Asked]]) -> None:
    codes = {line.id: codes_in(f"{line.description} {line.reference}") for line in lines}
    asked = _asked({code for found in codes.values() for code in found})
    told, payouts = _told(lines), payouts_of(lines)
    sent = _sent([line for line in lines if line.amount < 0])
    rows: list[dict[str, Any]] = []
    for line in lines:
        found: dict[str, Any] = {"match": UNKNOWN, "invoice_id": None, "payment_id": None, "refund_id": None}
        named = [asked[code] for code in codes[line.id] if code in asked]
        if line.amount < 0:
            found |= _outgoing(line, sent)
        elif (message := told.get(key_of_message(line.account_id, line.reference))) and message[1] == line.amount:
            found |= {"match": KNOWN, "payment_id": message[0]}
        elif not named and payouts[line.id]:
            found |= {"match": PAYOUT}
        else:
            found |= _incoming(line, named, by_amount)
        rows.append({"id": line.id, **found})
    if rows:
        db.session.execute(update(StatementLine), rows)
        for line in lines:
            db.session.expire(line)


def _incoming(line: StatementLine, named: Sequence[_Asked], by_amount: Mapping[int, Sequence[_Asked]]) -> dict[str, Any]:
    if len(named) == 1:
        return {"match": compared(named[0].state, named[0].rest, line.amount), "invoice_id": named[0].id}
    if named:
        return {"invoice_id": named[0].id}  # several references in one transfer: a person splits it
    payer = name_words(line.counterparty or line.description)
    asked = by_amount.get(line.amount, ()) if payer else ()
    alike = extract(payer, [one.name for one in asked], scorer=token_set_ratio, score_cutoff=ALIKE, limit=2)
    return {"match": NAME, "invoice_id": asked[alike[0][2]].id} if len(alike) == 1 else {}


def compared(state: str, rest: int, amount: int) -> str:
    """Return how an amount stands to what of a payment request is still to be paid."""
    if state not in OPEN or rest <= 0:
        return LATE
    return EXACT if amount == rest else UNDER if amount < rest else OVER


def _outgoing(line: StatementLine, sent: Sequence[Refund]) -> dict[str, Any]:
    text = fold(f"{line.description} {line.reference}").replace(" ", "").replace("-", "")
    fits = [one for one in sent if one.amount == -line.amount and one.payment.bank_account_id == line.account_id and any(
        len(name) >= 6 and name in text for name in (_bare(one.code), _bare(one.bank_reference)))]
    return {"match": REFUND, "refund_id": fits[0].id} if len(fits) == 1 else {}


def _bare(name: str) -> str:
    return fold(name).replace(" ", "").replace("-", "")


def _asked(codes: Iterable[str]) -> dict[str, _Asked]:
    rows = db.session.execute(select(Invoice.code, Invoice.id, Invoice.state).where(Invoice.code.in_(sorted(codes)))).all()
    left = rests([row.id for row in rows])
    return {row.code: _Asked(row.id, row.state, left[row.id], "") for row in rows}


def _open_by_amount() -> dict[int, list[_Asked]]:
    found: dict[int, list[_Asked]] = defaultdict(list)
    rows = db.session.scalars(select(Invoice).where(Invoice.state.in_(OPEN)).order_by(Invoice.id)).unique().all()
    left: dict[int, int] = {}
    for start in range(0, len(rows), AT_A_TIME):
        left |= rests([row.id for row in rows[start:start + AT_A_TIME]])
    for row in rows:
        if name := name_words(row.org.name):
            found[left[row.id]].append(_Asked(row.id, row.state, left[row.id], name))
    return found


def _told(lines: Iterable[StatementLine]) -> dict[str, tuple[int, int]]:
    names = sorted({key_of_message(line.account_id, line.reference) for line in lines
                    if line.reference and line.amount > 0})
    rows = select(Payment.provider_id, Payment.id, Payment.amount).where(
        Payment.provider == PROVIDER, Payment.provider_id.in_(names))
    return {name: (id_, amount) for name, id_, amount in db.session.execute(rows) if name is not None}


def _sent(outgoing: Sequence[StatementLine]) -> list[Refund]:
    if not outgoing:
        return []
    amounts = sorted({-line.amount for line in outgoing})
    rows = select(Refund).join(Payment, Payment.id == Refund.payment_id).where(
        Refund.state == SENT, Refund.amount.in_(amounts), Payment.bank_account_id == outgoing[0].account_id)
    return list(db.session.scalars(rows).unique())
