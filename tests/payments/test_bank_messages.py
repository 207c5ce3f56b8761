"""What banks tell by themselves: signed and fresh, each once, and never booked a second time by the statement."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.payments.banks.callback_secret import closed
from marketplace.payments.ledger.checks import faults
from marketplace.payments.settlement.models import Payment, ProviderEvent
from marketplace.values import clock
from tests.payments.test_statements_of_banks import ACCOUNT, Bank

SECRET = "k" * 40


class Telling(Bank):
    """A bank that sends messages."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.account.callback_secret = closed(SECRET, "970436", ACCOUNT)
        db.session.commit()
        self.web = app.test_client()

    def tell(self, secret: str = SECRET, signature: str | None = None, **changes: Any) -> int:
        said = {"transaction_id": "FT1", "amount": self.invoice.total, "currency": "VND", "booked_on": "2026-12-01",
                "description": f"{self.reference} cong ty", "timestamp": clock.now().timestamp(), **changes}
        body = json.dumps(said).encode()
        signed = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() if signature is None else signature
        return self.web.post(f"/payments/bank/{self.account.id}/callback", data=body, headers={"X-Signature": signed},
                             content_type="application/json").status_code

    def parked(self) -> int:
        db.session.expire_all()
        return len(db.session.scalars(select(ProviderEvent).where(ProviderEvent.parked_reason != "")).all())

    def payments(self) -> int:
        return db.session.scalar(select(func.count()).select_from(Payment)) or 0


def test_a_message_is_booked_once_and_the_statement_knows_it(ctx: Flask) -> None:
    bank = Telling(ctx)
    assert (bank.tell(), bank.tell(), bank.tell(amount=5)) == (200, 200, 200)
    db.session.expire_all()
    assert (bank.invoice.state, bank.payments()) == ("paid", 1)
    bank.taken(f"01/12/2026;FT1;;{bank.invoice.total};;{bank.reference} cong ty;")
    drain()
    db.session.expire_all()
    (line,) = bank.lines()
    assert (line.match, line.state, bank.payments(), list(faults())) == ("known", "booked", 1, [])


def test_a_transfer_that_the_statement_has_shown_is_not_booked_by_a_message(ctx: Flask) -> None:
    bank = Telling(ctx)
    bank.taken(f"01/12/2026;FT1;;{bank.invoice.total};;{bank.reference};")
    assert bank.tell() == 200 and bank.payments() == 0
    drain()
    assert bank.payments() == 1


@pytest.mark.parametrize(("changes", "status"), [
    ({"signature": ""}, 400), ({"secret": "x" * 40}, 400), ({"timestamp": 1}, 400), ({"timestamp": "x"}, 400),
    ({"amount": 1.5}, 400), ({"amount": True}, 400), ({"amount": -1}, 400), ({"transaction_id": ""}, 400),
    ({"timestamp": float("nan")}, 400), ({"timestamp": float("inf")}, 400), ({"transaction_id": "FT\0"}, 400),
    ({"transaction_id": "FT\ud800"}, 400), ({"booked_on": "9999-12-31"}, 400), ({"booked_on": "0001-01-01"}, 400),
    ({"booked_on": "x"}, 400), ({"amount": 7}, 200), ({"currency": "USD"}, 200), ({"description": "khong ro"}, 200)])
def test_what_is_not_right_books_nothing(ctx: Flask, changes: dict[str, Any], status: int) -> None:
    bank = Telling(ctx)
    assert (bank.tell(**changes), bank.payments()) == (status, 0)
    kept = db.session.scalars(select(ProviderEvent)).all()
    assert len(kept) == (status == 200)
    assert {bool(one.parked_reason) for one in kept} <= {"description" not in changes}, "without a reference it waits"


def test_a_parked_message_is_shown_and_acted_on_again_by_accountants(ctx: Flask) -> None:
    bank = Telling(ctx)
    total = bank.invoice.total
    assert (bank.tell(amount=total - 100_000), bank.tell(transaction_id="FT2", amount=5)) == (200, 200)
    keeper, auditor = bank.client(ctx, "first"), bank.client(ctx, "auditor")
    first, second = (row.id for row in db.session.scalars(select(ProviderEvent).order_by(ProviderEvent.id)))
    page = auditor.get(f"/money/messages/{first}")
    assert page.status_code == 200 and "FT1" in page.text
    assert f"/money/messages/{first}" in auditor.get("/money/messages").text
    assert auditor.post(f"/money/messages/{first}/replay").status_code == 403
    assert keeper.post(f"/money/messages/{first}/replay").status_code == 302
    assert (bank.payments(), bank.parked()) == (0, 2), "nothing has changed"
    bank.transfer(100_000)
    assert keeper.post(f"/money/messages/{first}/replay").status_code == 302
    db.session.expire_all()
    assert (bank.payments(), bank.parked(), bank.invoice.state) == (2, 1, "paid")
    bank.taken(f"01/12/2026;FT2;;5;;{bank.reference};")
    assert keeper.post(f"/money/messages/{second}/replay").status_code == 302
    db.session.expire_all()
    assert (bank.payments(), bank.parked(), list(faults())) == (2, 0, []), "the line of the statement is what counts"


def test_without_a_secret_there_is_no_such_address(ctx: Flask) -> None:
    bank = Telling(ctx)
    bank.account.active = False
    db.session.commit()
    assert bank.tell() == 404
    bank.account.active, bank.account.callback_secret = True, None
    db.session.commit()
    assert (bank.tell(), bank.tell(secret=""), bank.payments()) == (404, 404, 0)
