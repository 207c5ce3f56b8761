"""Cards: paid once whatever the provider repeats, in whatever order, refunded, disputed, lapsed; who reaches what."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace import create_app
from marketplace.core.events import Event, Outbox
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_writing
from marketplace.core.outbox import drain, enqueue
from marketplace.notifications.models import Notification
from marketplace.payments.banks.models import BankAccount
from marketplace.payments.cards import messages
from marketplace.payments.cards.consumers import expire_cards
from marketplace.payments.cards.message_names import UNREADABLE
from marketplace.payments.cards.models import CardCustomer
from marketplace.payments.cards.sandbox.objects import Thing
from marketplace.payments.cards.sandbox.server import Server
from marketplace.payments.cards.sandbox.state import Double
from marketplace.payments.cards.sandbox.webhooks import signed
from marketplace.payments.cards.stripe_gateway import StripeGateway
from marketplace.payments.invoicing.queries import credit_of
from marketplace.payments.ledger import chart
from marketplace.payments.ledger.checks import faults
from marketplace.payments.ledger.models import JournalEntry
from marketplace.payments.ledger.queries import balance
from marketplace.payments.settlement import refunds
from marketplace.payments.settlement.actions import locked
from marketplace.payments.settlement.models import Payment, ProviderEvent, Refund
from marketplace.values import clock
from tests import factories
from tests.conftest import make_settings
from tests.deals.racing import enough_connections
from tests.payments.test_payments import Till
from tests.thorough import ALL

KEY, SECRET = "sk_test_double", "whsec_double"
HOOK = "/payments/stripe/webhook"


class CardTill(Till):
    """The till with our double as its card provider; what the double tells is brought by hand, in any order."""

    def __init__(self, app: Flask, server: Server) -> None:
        super().__init__()
        self.app, self.double, self.api = app, server.double, server.api
        self.payer = factories.client(app, self.member, self.org)
        self.events: list[Thing] = self.double.events

    @property
    def code(self) -> str:
        return str(self.invoice.code)

    def press(self) -> Payment:
        """Press the button; return the payment on whose page that ends."""
        answer = self.payer.post(f"/pay/{self.code}/card")
        assert answer.status_code == 302, answer.text
        begin_writing()
        return db.session.scalars(select(Payment).order_by(Payment.id.desc())).unique().first()  # type: ignore[return-value]

    def bring(self, *events: Thing, work: bool = True) -> None:
        for one in events:
            body, signature = signed(one, SECRET)
            answer = self.app.test_client().post(HOOK, data=body, headers={"Stripe-Signature": signature})
            assert answer.status_code == 200
        if work:
            drain()
        begin_writing()

    def paid(self) -> Payment:
        payment = self.press()
        self.double.pay(str(payment.provider_id))
        self.bring(*self.events)
        return payment

    def books(self) -> dict[str, int]:
        codes = (chart.CARD, chart.DISPUTED, chart.PROVIDER_CHARGES)
        return {code: balance(chart.fixed(code), clock.today()) for code in codes}

    def count(self, kind: str) -> int:
        return db.session.scalar(select(func.count()).select_from(JournalEntry).where(JournalEntry.kind == kind)) or 0

    def parked(self) -> list[str]:
        return list(db.session.scalars(select(ProviderEvent.parked_reason).where(ProviderEvent.parked_reason != "")))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server(Double(), KEY)
    made.begin()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def cards(app: Flask, server: Server, monkeypatch: pytest.MonkeyPatch) -> StripeGateway:
    server.double.things.clear()
    server.double.moves.clear()
    server.double.events.clear()
    server.api.answers.clear()
    server.api.broken.clear()
    gateway = StripeGateway(KEY, SECRET, server.base)
    monkeypatch.setitem(app.extensions, "card_gateway", gateway)
    return gateway


@pytest.fixture
def till(ctx: Flask, cards: StripeGateway, server: Server) -> CardTill:
    return CardTill(ctx, server)


def test_a_request_is_paid_by_card(till: CardTill) -> None:
    page = till.payer.get(f"/pay/{till.code}")
    assert f'action="/pay/{till.code}/card"' in page.text
    payment = till.press()
    shown = till.payer.get(f"/pay/{till.code}/card/{payment.id}")
    url = till.double.things[str(payment.provider_id)]["url"]
    assert shown.status_code == 200 and f'href="{url}"' in shown.text and "1.100.022" in shown.text
    till.double.pay(str(payment.provider_id))
    waits = till.payer.get(f"/pay/{till.code}/done")
    assert waits.headers["Refresh"].startswith("5; url=") and payment.state == "pending", "the page only reads"
    till.bring(*till.events)
    assert (payment.state, till.invoice.state, till.parked()) == ("succeeded", "paid", [])
    done = till.payer.get(f"/pay/{till.code}/done")
    assert "Refresh" not in done.headers and payment.code in done.text
    assert till.books()[chart.CARD] == payment.amount and list(faults()) == []
    assert till.payer.post(f"/pay/{till.code}/card").status_code == 302, "nothing is left to pay"
    assert db.session.query(Payment).count() == 1


def test_two_presses_are_one_payment_in_one_session(till: CardTill) -> None:
    first, second = till.press(), till.press()
    assert first.id == second.id and len(till.double.every("checkout.session")) == 1


def test_presses_at_once_are_one_payment_in_one_session(app: Flask, cards: StripeGateway, server: Server) -> None:
    with app.app_context():
        till = CardTill(app, server)
        code, member, org = till.code, till.member, till.org
        clients = [factories.client(app, member, org) for _ in range(6)]

    def press(client: FlaskClient) -> int:
        return client.post(f"/pay/{code}/card").status_code

    with app.app_context(), enough_connections(8), ThreadPoolExecutor(6) as pool:
        assert set(pool.map(press, clients)) == {302}
    with app.app_context():
        assert db.session.query(Payment).count() == 1 and len(server.double.every("checkout.session")) == 1


ORDERS = list(itertools.permutations(range(4)))


@pytest.mark.parametrize("order", [ORDERS[0], ORDERS[-1], *(ORDERS[1:-1] if ALL else ORDERS[9:10])])
def test_messages_of_a_disputed_payment_come_in_any_order_and_again(till: CardTill, order: tuple[int, ...]) -> None:
    payment = till.press()
    till.double.pay(str(payment.provider_id))
    intent = till.double.every("payment_intent")[0]["id"]
    opened = till.double.dispute(intent)
    till.double.close_dispute(opened["id"], won=False)
    told = [one for one in till.events if one["type"] != "charge.succeeded"]
    assert len(told) == 4
    till.bring(*[told[number] for number in order])
    till.bring(*[{**told[number], "id": f"evt_again_{number}"} for number in order])
    assert (payment.state, till.parked(), till.invoice.state) == ("lost", [], "paid")
    assert till.books() == {chart.CARD: 0, chart.DISPUTED: 0, chart.PROVIDER_CHARGES: payment.amount}
    assert (till.count("payment.card"), till.count("payment.dispute"), till.count("payment.lost")) == (1, 1, 1)
    assert list(faults()) == []


def test_another_amount_books_nothing_and_can_be_replayed(till: CardTill) -> None:
    payment = till.press()
    till.double.pay(str(payment.provider_id))
    event = next(one for one in till.events if one["type"] == "payment_intent.succeeded")
    event["data"]["object"]["amount_received"] -= 1
    till.bring(event)
    assert (payment.state, till.invoice.state, till.parked()) == ("pending", "issued", [messages.DIFFERS])
    assert till.books()[chart.CARD] == 0
    told = db.session.scalars(select(Notification.user_id).join(Event, Event.id == Notification.event_id).where(
        Event.action == "provider_event.park"))
    assert set(told) == {till.users[name].id for name in ("first", "second", "manager")}
    row = db.session.scalars(select(ProviderEvent)).one()
    keeper, auditor = till.client(till.app, "first"), till.client(till.app, "auditor")
    assert event["id"] in auditor.get(f"/money/messages/{row.id}").text
    assert auditor.post(f"/money/messages/{row.id}/replay").status_code == 403
    row.payload = {**row.payload, "object": {**row.payload["object"], "amount_received": payment.amount}}
    db.session.commit()
    assert keeper.post(f"/money/messages/{row.id}/replay").status_code == 302
    drain()
    begin_writing()
    assert (payment.state, till.parked()) == ("succeeded", [])


def test_an_unknown_payment_is_parked(till: CardTill) -> None:
    till.bring({"id": "evt_x", "object": "event", "type": "payment_intent.succeeded", "created": 1, "data": {"object": {
        "id": "pi_x", "amount": 1, "amount_received": 1, "currency": "vnd", "metadata": {}}}})
    till.bring({"id": "evt_y", "object": "event", "type": "customer.created", "data": {"object": {"id": "cus"}}})
    assert till.parked() == [messages.UNKNOWN] and till.count("payment.card") == 0
    page = till.client(till.app, "auditor").get("/money/messages").text
    assert "payment_intent.succeeded" in page and "customer.created" not in page


@pytest.mark.parametrize("thing", [
    {}, {"id": "pi_x"}, {"id": "pi_x", "metadata": []}, {"id": "pi_x", "amount": None, "currency": "vnd"},
    {"id": ["pi_x"], "amount": 1, "currency": 5, "metadata": {"payment": "TT-2026-000001"}},
    {"id": "pi_x", "amount": 1001, "currency": "bhd", "metadata": {"payment": "TT-2026-000001"}},
])
def test_a_message_of_an_unknown_shape_is_parked_and_told(till: CardTill, thing: dict[str, Any]) -> None:
    payment = till.press()
    if "metadata" in thing and isinstance(thing["metadata"], dict):
        thing = {**thing, "metadata": {"payment": payment.code}}
    till.bring({"id": "evt_odd", "object": "event", "type": "payment_intent.succeeded", "data": {"object": thing}})
    assert set(till.parked()) <= {UNREADABLE, messages.UNKNOWN} and till.parked()
    assert payment.state == "pending" and not db.session.scalar(select(func.max(Outbox.attempts)))


def test_the_address_of_messages_takes_nothing_forged_or_large_and_is_away_without_a_secret(
    till: CardTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = till.app.test_client()
    body, signature = signed({"id": "e", "object": "event", "type": "x", "data": {"object": {}}}, "whsec_other")
    assert client.post(HOOK, data=body, headers={"Stripe-Signature": signature}).status_code == 400
    assert client.post(HOOK, data=b"x" * 256_001).status_code in (400, 413)
    monkeypatch.delitem(till.app.extensions, "card_gateway")
    assert client.post(HOOK, data=body).status_code == 404
    page = till.payer.get(f"/pay/{till.code}")
    assert page.status_code == 200 and f"/pay/{till.code}/card" not in page.text
    assert till.payer.post(f"/pay/{till.code}/card").status_code == 404


def test_nobody_else_pays_or_sees_it(till: CardTill) -> None:
    payment = till.press()
    other = factories.organisation("Công ty Khác")
    stranger = factories.user("Người Ngoài")
    factories.member(stranger, other)
    clients = (factories.client(till.app, stranger, other), till.client(till.app, "first"))
    for client in clients:
        assert client.post(f"/pay/{till.code}/card").status_code in (403, 404)
        assert client.get(f"/pay/{till.code}/card/{payment.id}").status_code in (403, 404)
        assert client.get(f"/pay/{till.code}/done").status_code in (403, 404)


def test_a_declined_card_leaves_the_session_and_an_ended_one_is_followed_by_another(till: CardTill) -> None:
    payment = till.press()
    till.double.decline(str(payment.provider_id))
    till.bring(*till.events)
    assert payment.state == "pending" and till.press().id == payment.id
    till.double.expire(str(payment.provider_id))
    assert "/card/" not in till.payer.get(f"/pay/{till.code}/card/{payment.id}").text.split("<main")[1].split("action=")[0]
    again = till.press()
    assert again.id != payment.id and payment.state == "cancelled" and again.provider_id != payment.provider_id
    till.bring(*till.events)
    till.double.pay(str(again.provider_id))
    till.bring(*till.events)
    assert (again.state, payment.state, till.invoice.state) == ("succeeded", "cancelled", "paid")


def test_a_rest_that_changed_has_a_session_of_its_own(till: CardTill) -> None:
    payment = till.press()
    till.transfer(1_000_000)
    again = till.press()
    assert (again.amount, payment.state) == (100_022, "cancelled")
    assert till.double.things[str(payment.provider_id)]["status"] == "expired"


def test_a_provider_that_does_not_answer_costs_nothing(till: CardTill) -> None:
    till.api.broken[:] = [500] * 3
    answer = till.payer.post(f"/pay/{till.code}/card")
    assert answer.status_code == 503 and f"/pay/{till.code}/card" in answer.text
    payment = till.press()
    assert payment.provider_id is not None and db.session.query(Payment).count() == 1


def test_what_was_not_heard_of_is_asked_for(till: CardTill) -> None:
    payment = till.press()
    till.double.pay(str(payment.provider_id))
    assert not expire_cards(), "its time is not over"
    with time_machine.travel(clock.now() + timedelta(minutes=75), tick=False):
        assert expire_cards()
        db.session.commit()
        assert payment.state == "succeeded" and not expire_cards()
    till.invoice = till.issued("2")
    late = till.press()
    with time_machine.travel(clock.now() + timedelta(minutes=75), tick=False):
        assert expire_cards()
        db.session.commit()
        assert late.state == "cancelled" and not expire_cards()


def refunded(till: CardTill, payment: Payment, amount: int) -> Refund:
    """Ask for a refund and approve it, by two people."""
    begin_writing()
    made = refunds.request(locked(payment.id), amount, "over_payment", "Trả thừa", till.first)
    refunds.approve(refunds.held(made.id), till.second)
    db.session.commit()
    return made


def test_a_credit_is_paid_back_to_the_card_once(till: CardTill) -> None:
    payment = till.press()
    till.transfer(till.invoice.total)
    till.double.pay(str(payment.provider_id))
    till.bring(*till.events)
    assert credit_of(till.org.id) == payment.amount
    refund = refunded(till, payment, 100_022)
    till.api.broken[:] = [500] * 3
    drain()
    begin_writing()
    assert refund.state == "sent", "nobody knows, so it is asked again with the same key"
    with time_machine.travel(clock.now() + timedelta(seconds=30)):
        drain()
        begin_writing()
    assert (refund.state, payment.state, len(till.double.every("refund"))) == ("done", "part_refunded", 1)
    till.bring(*till.events)
    assert (refund.state, till.parked(), list(faults())) == ("done", [], [])
    assert till.double.every("refund")[0]["metadata"] == {"refund": refund.code, "attempt": "1"}
    till.double.fail_refund(str(refund.provider_id))
    till.bring(*till.events)
    assert till.parked() == [messages.NOT_NOW], "it came back after it had arrived: for people to see"


def test_a_refund_that_is_refused_fails_and_is_sent_again_under_another_key(till: CardTill) -> None:
    payment = till.press()
    till.transfer(till.invoice.total)
    till.double.pay(str(payment.provider_id))
    till.bring(*till.events)
    charge = till.double.every("charge")[0]
    charge["disputed"] = True
    refund = refunded(till, payment, 100_022)
    drain()
    begin_writing()
    assert (refund.state, credit_of(till.org.id)) == ("failed", payment.amount)
    charge["disputed"] = False
    refunds.send_again(refunds.held(refund.id), till.first)
    enqueue(refunds.CARD_REFUNDS, {"refund_id": refund.id}, key=f"refund:{refund.code}:1x")  # of an attempt that is over
    db.session.commit()
    drain()
    begin_writing()
    assert (refund.state, refund.attempt, till.double.every("refund")[0]["metadata"]["attempt"]) == ("done", 2, "2")
    assert list(faults()) == []


def test_what_is_paid_back_by_hand_at_the_provider_is_parked(till: CardTill) -> None:
    payment = till.paid()
    till.double.refund(str(payment.intent_id), 100, {})
    till.bring(*till.events)
    assert set(till.parked()) == {messages.NOT_OURS} and payment.state == "succeeded"


def test_a_payout_is_booked_with_its_fees_and_one_in_another_currency_is_proposed(till: CardTill) -> None:
    payment = till.paid()
    fee = (payment.amount * 34 + 500) // 1000
    till.double.pay_out()
    till.bring(*till.events)
    till.bring({**till.events[-1], "id": "evt_again"})
    assert till.books() == {chart.CARD: 0, chart.DISPUTED: 0, chart.PROVIDER_CHARGES: fee}
    assert balance(chart.bank(till.account.id), clock.today()) == payment.amount - fee
    assert till.count("payout") == 1 and list(faults()) == []
    db.session.add(BankAccount(bin="970415", account_no="777", holder="SAN GIAO DICH CONG NGHE"))
    db.session.commit()
    till.bring({**till.events[-1], "id": "evt_with_another_account"})
    assert till.parked() == [] and till.count("payout") == 1, "what was booked once is known by its name"
    till.invoice = till.issued("2")
    second = till.paid()
    sent: Any = till.double.pay_out()
    sent["currency"] = "usd"
    till.bring(*till.events)
    row = db.session.scalars(select(ProviderEvent).where(ProviderEvent.parked_reason != "")).one()
    assert row.payload["proposed"]["credit_113"] == second.amount and row.payload["proposed"]["currency"] == "USD"
    assert till.count("payout") == 1


def test_of_fifty_equal_messages_at_once_one_is_booked(app: Flask, cards: StripeGateway, server: Server) -> None:
    with app.app_context():
        till = CardTill(app, server)
        payment = till.press()
        till.double.pay(str(payment.provider_id))
        told = [signed(one, SECRET) for one in till.events]
        db.session.commit()

    def bring(number: int) -> int:
        body, signature = told[number % len(told)]
        return app.test_client().post(HOOK, data=body, headers={"Stripe-Signature": signature}).status_code

    with app.app_context(), enough_connections(16), ThreadPoolExecutor(16) as pool:
        assert set(pool.map(bring, range(50 * len(told)))) == {200}
    with app.app_context():
        assert db.session.query(ProviderEvent).count() == len(told)
        drain()
        entries = select(func.count()).select_from(JournalEntry).where(JournalEntry.kind == "payment.card")
        receipts = select(func.count()).select_from(Event).where(Event.action == "payment.succeed")
        letters = select(func.count()).select_from(Notification).join(Event, Event.id == Notification.event_id).where(
            Event.action == "payment.succeed")
        assert [db.session.scalar(one) for one in (entries, receipts, letters)] == [1, 1, 1]
        assert db.session.query(Outbox).filter(Outbox.consumer == "stripe").count() == len(told) and list(faults()) == []


def test_reconciling_names_what_differs_and_changes_nothing_by_itself(till: CardTill) -> None:
    unheard = till.press()
    till.double.pay(str(unheard.provider_id))
    till.events.clear()  # no message of it ever comes
    stray = {**till.double.every("checkout.session")[0], "id": "cs_test_stray", "client_reference_id": "TT-2020-000001"}
    till.double.keep(stray)
    till.invoice = till.issued("2")
    lost = till.paid()
    del till.double.things[str(lost.provider_id)]
    db.session.commit()
    today = clock.today().isoformat()
    command = ["reconcile", "stripe", "--from", today, "--to", today]
    first = till.app.test_cli_runner().invoke(args=command)
    assert first.exit_code == 1 and "3 differences, 3 left" in first.output, first.output
    begin_writing()
    assert till.count("payment.card") == 1 and unheard.state == "pending"
    second = till.app.test_cli_runner().invoke(args=[*command, "--apply"])
    assert f"missing here: {unheard.code}" in second.output and "3 differences, 2 left" in second.output, second.output
    assert f"missing there: {lost.code}" in second.output and "missing here: TT-2020-000001" in second.output
    begin_writing()
    assert till.count("payment.card") == 2 and list(faults()) == []


def test_production_without_keys_starts_and_offers_bank_transfer_only(
    till: CardTill, tmp_path: Path, database_url: str
) -> None:
    """The till's request is opened in an exchange of production that has no keys, on the same database."""
    host = "https://san.example.vn"
    production = create_app(make_settings(
        tmp_path, database_url, EXCHANGE_ENV="production", BASE_URL=host, MAIL_URL="smtp://localhost:25",
        MAIL_FROM="a@san.example.vn", SEARCH_URL="whoosh://", RATE_LIMIT_STORAGE="redis://127.0.0.1:1", ALLOW_SQLITE="1",
        SECRET_KEY="f3Kq9-Zt0pLw7_VbXs2mYc8RdJhN5uGa1EoT", TRUSTED_PROXIES="0", TRUSTED_HOSTS="san.example.vn",
    ))
    production.config.update(SERVER_NAME="san.example.vn", PREFERRED_URL_SCHEME="https", WTF_CSRF_ENABLED=False)
    assert "card_gateway" not in production.extensions
    stranger = production.test_client()
    assert stranger.get("/healthz").status_code == 200
    body, signature = signed({"id": "evt_x", "object": "event", "type": "x", "data": {"object": {}}}, "")
    for sent in (signature, ""):
        assert stranger.post(HOOK, data=body, headers={"Stripe-Signature": sent}).status_code == 404
    payer = factories.client(production, till.member, till.org)
    page = payer.get(f"/pay/{till.code}")
    assert page.status_code == 200 and f"/pay/{till.code}/card" not in page.text


def test_an_organisation_is_one_customer_of_all_its_sessions(till: CardTill) -> None:
    """Also where several press at once, and one that the provider does not know any more is replaced."""
    begin = [factories.client(till.app, till.member, till.org) for _turn in range(4)]
    with enough_connections(5), ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda web: web.post(f"/pay/{till.code}/card").status_code, begin))
    assert 302 in answers and set(answers) <= {302, 409}, answers
    begin_writing()
    rows = db.session.scalars(select(CardCustomer)).all()
    assert [one.org_id for one in rows] == [till.org.id]
    first = rows[0].stripe_customer_id
    assert {one["customer"] for one in till.double.every("checkout.session")} == {first}
    assert len(till.double.every("customer")) == 1
    payment = till.press()
    till.double.expire(str(payment.provider_id))
    del till.double.things[first]
    till.press()
    anew = till.double.every("customer")[0]["id"]
    assert db.session.scalars(select(CardCustomer.stripe_customer_id)).one() == anew != first
