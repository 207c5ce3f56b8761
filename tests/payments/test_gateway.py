"""The contract of a payment gateway, through Stripe's own SDK: against our double, and Stripe's test mode with a key."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import stripe
import time_machine

from marketplace.core.config import SettingsError, load_settings
from marketplace.payments.cards import gateway as g
from marketplace.payments.cards.amounts import from_stripe, to_stripe
from marketplace.payments.cards.sandbox.server import Server
from marketplace.payments.cards.sandbox.state import Double
from marketplace.payments.cards.sandbox.webhooks import signed
from marketplace.payments.cards.stripe_gateway import StripeGateway
from marketplace.serve import sandbox_cards
from marketplace.values import clock

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parents[2]
REAL_KEY = os.environ.get("STRIPE_TEST_SECRET_KEY", "")
KEY, SECRET = "sk_test_double", "whsec_double"


class Bench:
    """A gateway to try, and the double behind it when it is one."""

    def __init__(self, server: Server | None) -> None:
        self.server = server
        self.gateway = StripeGateway(KEY, SECRET, server.base) if server else StripeGateway(REAL_KEY, SECRET)
        self.key = KEY if server else REAL_KEY

    def paid_intent(self, amount: int = 3_000_000) -> str:
        """A payment by Stripe's test card."""
        client = stripe.StripeClient(self.key, base_addresses={"api": self.server.base} if self.server else None)
        made = client.v1.payment_intents.create(params={
            "amount": amount, "currency": "vnd", "payment_method": "pm_card_visa", "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}})
        return made.id

    def choose(self, session_id: str, outcome: str) -> tuple[int, str]:
        """Choose on the double's hosted page; return the status and where it leads."""
        assert self.server
        connection = HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=10)
        connection.request("POST", f"/c/pay/{session_id}", urlencode({"outcome": outcome}))
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.getheader("Location") or ""


# Without a key the real Stripe is no case at all; `make test-stripe` says so.
@pytest.fixture(scope="module", params=["double", "real"] if REAL_KEY else ["double"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "real":
        yield Bench(None)
        return
    server = Server(Double(), KEY)
    server.begin()
    yield Bench(server)
    server.shutdown()
    server.server_close()


def order(attempt: int = 1, **changes: object) -> g.Order:
    made = g.Order(
        code=f"TT-TEST-{os.urandom(4).hex()}", attempt=attempt, amount=3_000_000, currency="VND",
        expires_at=clock.now() + timedelta(minutes=60), text="Đề nghị thanh toán DN-2026-000001",
        customer_id="", language="vi", done_url="https://exchange.example/pay/x/done",
        back_url="https://exchange.example/pay/x")
    return replace(made, **changes)  # type: ignore[arg-type]


def payer(known: str = "", org_id: int = 7) -> g.Customer:
    return g.Customer(org_id, "Công ty Trả Phí", known)


def test_a_customer_is_made_once_and_stays_the_same(bench: Bench) -> None:
    org_id = int.from_bytes(os.urandom(4))
    made = bench.gateway.customer(payer(org_id=org_id))
    assert made == bench.gateway.customer(payer(org_id=org_id)), "two requests at once make one"
    assert bench.gateway.customer(payer(made, org_id)) == made
    anew = bench.gateway.customer(payer("cus_of_other_keys", org_id))
    assert anew not in {made, "cus_of_other_keys"}
    session = bench.gateway.start(order(customer_id=made))
    found = bench.gateway.fetch(session.session_id)
    assert found is not None and found.customer_id == made
    bench.gateway.cancel(session.session_id)
    with pytest.raises(g.GatewayRefused):
        bench.gateway.start(order(customer_id="cus_unknown"))


def test_a_session_is_made_once_fetched_and_ended(bench: Bench) -> None:
    asked = order(customer_id=bench.gateway.customer(payer()))
    made = bench.gateway.start(asked)
    assert made.url.startswith("http") and bench.gateway.start(asked) == made
    found = bench.gateway.fetch(made.session_id)
    assert found is not None
    assert (found.state, found.amount, found.currency, found.code) == (g.OPEN, 3_000_000, "VND", asked.code)
    assert found.intent_id is None, "the intent comes when somebody pays"
    begun = [one.session_id for one in bench.gateway.sessions(found.created_at, found.created_at + timedelta(seconds=2))]
    assert made.session_id in begun
    bench.gateway.cancel(made.session_id)
    bench.gateway.cancel(made.session_id)
    ended = bench.gateway.fetch(made.session_id)
    assert ended is not None and ended.state == g.OVER
    with pytest.raises(g.GatewayRefused, match="has ended"):
        bench.gateway.start(asked)  # the key repeats its first answer
    again = bench.gateway.start(replace(asked, attempt=2))
    assert again.session_id != made.session_id
    bench.gateway.cancel(again.session_id)


def test_the_same_key_for_something_else_is_refused(bench: Bench) -> None:
    asked = order(customer_id=bench.gateway.customer(payer()))
    made = bench.gateway.start(asked)
    with pytest.raises(g.GatewayRefused):
        bench.gateway.start(replace(asked, amount=1_000_000))
    bench.gateway.cancel(made.session_id)


def test_unknown_sessions_are_none_and_end_in_silence(bench: Bench) -> None:
    assert bench.gateway.fetch("cs_test_nothing") is None
    bench.gateway.cancel("cs_test_nothing")


def test_a_refund_is_made_once_and_never_more_than_was_paid(bench: Bench) -> None:
    intent, code = bench.paid_intent(), f"HT-TEST-{os.urandom(4).hex()}"
    first = bench.gateway.refund(g.RefundOrder(code, 1, intent, 1_000_000))
    assert bench.gateway.refund(g.RefundOrder(code, 1, intent, 1_000_000)) == first and first.state == g.REFUND_DONE
    with pytest.raises(g.GatewayRefused):
        bench.gateway.refund(g.RefundOrder(code, 2, intent, 2_000_001))
    assert bench.gateway.refund(g.RefundOrder(code, 3, intent, 2_000_000)).refund_id != first.refund_id


def test_what_does_not_answer_is_away_and_a_second_try_of_the_sdk_is_enough(bench: Bench) -> None:
    if bench.server is None:
        pytest.skip("only the double breaks when it is told to")
    bench.server.api.broken[:] = [500]
    assert bench.gateway.fetch("cs_test_nothing") is None
    with pytest.raises(g.GatewayAway):
        StripeGateway("sk_test_wrong", SECRET, bench.server.base).fetch("cs_test_nothing")


def event(**changes: object) -> dict[str, object]:
    return {"id": "evt_1", "object": "event", "type": "payout.paid", "created": 1, "livemode": False,
            "data": {"object": {"id": "po_1", "object": "payout"}}, **changes}


def test_messages_are_taken_with_a_right_signature_of_the_last_five_minutes_only(bench: Bench) -> None:
    parse, now = bench.gateway.parse, int(clock.now().timestamp())
    message = parse(*signed(event(), SECRET, now - 290))
    assert (message.event_id, message.kind, message.payload["object"]["id"]) == ("evt_1", "payout.paid", "po_1")
    body, signature = signed(event(), SECRET)
    shapes: tuple[Any, ...] = (
        [], {}, event(id=None), event(id="evt\u0000"), event(data=[]), event(type=""), event(data={"object": []}),
        event(object="v2.core.event"), "x", None, 7)
    nonsense = [signed(one, SECRET) for one in shapes]
    bad = [signed(event(), "whsec_other"), signed(event(), SECRET, now - 310), signed(event(), SECRET, now + 310),
           (body + b" ", signature), (body, ""), (b"\xff", signature), (b"", signature), (body, "t=x,v1=1"), *nonsense]
    for one in bad:
        with pytest.raises(g.BadMessage):
            parse(*one)


def test_the_hosted_page_pays_declines_and_asks_for_3_d_secure(bench: Bench) -> None:
    if bench.server is None:
        pytest.skip("nobody clicks on Stripe's page here")
    double, asked = bench.server.double, order()
    made = bench.gateway.start(asked)
    assert bench.choose(made.session_id, "decline")[0] == 402
    assert bench.choose(made.session_id, "threeds") == (303, f"/c/pay/{made.session_id}?threeds")
    assert bench.choose(made.session_id, "threeds_fail")[0] == 402
    assert bench.choose(made.session_id, "dispute") == (303, asked.done_url)
    found = bench.gateway.fetch(made.session_id)
    assert found is not None and (found.state, found.code) == (g.PAID, asked.code) and found.intent_id
    told = [one["type"] for one in double.events if one["data"]["object"].get("payment_intent") == found.intent_id
            or one["data"]["object"]["id"] == found.intent_id]
    assert told == ["payment_intent.payment_failed"] * 2 + [
        "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed", "charge.dispute.created"]
    late = bench.gateway.start(order())
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        ended = bench.gateway.fetch(late.session_id)
        assert ended is not None and ended.state == g.OVER and bench.choose(late.session_id, "success")[0] == 400


def test_a_payout_says_what_it_is_made_of(bench: Bench) -> None:
    if bench.server is None:
        pytest.skip("the test mode pays out when it likes")
    double = bench.server.double
    double.moves.clear()
    intent = bench.paid_intent(2_000_000)
    refund = bench.gateway.refund(g.RefundOrder(f"HT-{os.urandom(4).hex()}", 1, intent, 500_000))
    sent = double.pay_out()
    assert sent is not None and double.pay_out() is None
    found = bench.gateway.payout(sent["id"])
    assert (found.amount, found.fees, found.currency) == (1_432_000, 68_000, "VND")
    assert (found.intents, found.refunds) == ((intent,), (refund.refund_id,))


def test_amounts_follow_the_currency() -> None:
    assert (to_stripe(3_000_000, "VND"), to_stripe(150, "USD"), from_stripe(30_000, "vnd")) == (3_000_000, 150, 30_000)
    for currency in ("VND", "USD", "EUR", "JPY", "KWD", "XYZ"):
        assert from_stripe(to_stripe(12_000, currency), currency) == 12_000


def test_only_the_gateway_imports_stripe() -> None:
    found = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "marketplace").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Import) and any(one.name.split(".")[0] == "stripe" for one in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "stripe")
    }
    assert found == {"marketplace/payments/cards/stripe_gateway.py"}


def test_nothing_imports_the_double_and_production_cannot() -> None:
    inside = ROOT / "marketplace/payments/cards/sandbox"
    users = [path for path in (ROOT / "marketplace").rglob("*.py") if inside not in path.parents
             and "import" in (text := path.read_text(encoding="utf-8")) and "cards.sandbox import" in text]
    assert users == []
    code = "import marketplace.payments.cards.sandbox"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True,
                         env={**os.environ, "EXCHANGE_ENV": "production"})
    assert ran.returncode and "not used in production" in ran.stderr


@pytest.mark.parametrize(("environment", "said", "why"), [
    ("development", {"STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_WEBHOOK_SECRET": "w"}, "real cards would be charged"),
    ("production", {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "w"}, "payments without money would count"),
    ("production", {"STRIPE_API_BASE": "http://127.0.0.1:1"}, "not in production"),
    ("development", {"STRIPE_SECRET_KEY": "sk_test_1"}, "STRIPE_WEBHOOK_SECRET is missing"),
    ("development", {"STRIPE_SECRET_KEY": "pk_test_1", "STRIPE_WEBHOOK_SECRET": "w"}, "must begin with"),
])
def test_keys_of_another_environment_are_refused(tmp_path: Path, environment: str, said: dict[str, str], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        load_settings({"EXCHANGE_ENV": environment, "DATA_DIR": str(tmp_path), **said})


def test_without_keys_nothing_is_asked_for(tmp_path: Path) -> None:
    made = load_settings({"EXCHANGE_ENV": "development", "DATA_DIR": str(tmp_path)})
    assert (made.stripe_secret_key, made.stripe_webhook_secret, made.stripe_api_base) == ("", "", "")


def test_a_site_in_development_without_keys_is_served_with_the_double(tmp_path: Path) -> None:
    here = {"EXCHANGE_ENV": "development", "DATA_DIR": str(tmp_path), "PORT": "18300"}
    made = sandbox_cards(load_settings(here))
    assert made is not None and made.command[2] == "marketplace.payments.cards.sandbox"
    assert load_settings({**here, **made.env}).stripe_api_base.startswith("http://127.0.0.1:183")
    own = {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}
    assert sandbox_cards(load_settings({**here, **own})) is None
    assert sandbox_cards(load_settings({**here, "EXCHANGE_ENV": "test"})) is None
