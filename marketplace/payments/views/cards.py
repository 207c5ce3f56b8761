"""Paying by card: from our page over the provider's page back to ours, and the provider's own messages."""

from __future__ import annotations

from flask import Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.core.access import access, actor
from marketplace.core.errors import NotFound, required
from marketplace.core.extensions import db, limiter
from marketplace.core.permissions import ACTING, NEGOTIATE, PUBLIC
from marketplace.payments.cards import messages
from marketplace.payments.cards.checkout import Ways, begin
from marketplace.payments.cards.gateway import (
    OPEN,
    PAID,
    WAITING,
    BadMessage,
    GatewayAway,
    GatewayRefused,
    PaymentGateway,
    gateway,
)
from marketplace.payments.invoicing import queries
from marketplace.payments.invoicing.lifecycle import OPEN as TO_PAY
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.settlement.lifecycle import PAYMENT, PENDING
from marketplace.payments.settlement.models import CARD, Payment
from marketplace.payments.settlement.queries import of_invoice
from marketplace.payments.views.blueprint import bp
from marketplace.web.forms import ExchangeForm
from marketplace.web.i18n import language

LARGEST = 256_000  # bytes of a provider's message
LOOKS, PAUSE = 60, 5  # how often the page asks by itself whether the payment is confirmed, and after how many seconds


def offered(invoice: Invoice) -> bool:
    """Return whether a payment request can be paid by card: there is a provider, and something to pay within the limit."""
    if gateway() is None or invoice.state not in TO_PAY:
        return False
    return 0 < queries.rest(invoice) <= current_app.extensions["settings"].card_limit


def _own(code: str) -> Invoice:
    """Return a payment request of the organisation acted for. Raises NotFound for anybody else's."""
    invoice = queries.readable(code, actor())
    if invoice.org_id != actor().org_id:
        raise NotFound
    return invoice


def _provider() -> PaymentGateway:
    found = gateway()
    if found is None:
        raise NotFound
    return found


@bp.post("/pay/<code>/card")
@access(NEGOTIATE)
def pay_by_card(code: str) -> ResponseReturnValue:
    """Begin a card payment, or go on with the one that waits, and lead to the page with the link to the provider."""
    form, provider, invoice = ExchangeForm(), _provider(), _own(code)
    if not form.validate_on_submit() or not offered(invoice):
        return redirect(url_for("payments.pay", code=code))
    home = current_app.extensions["settings"].base_url
    ways = Ways(home + url_for("payments.paid_by_card", code=code), home + url_for("payments.pay", code=code),
                f"{current_app.extensions['settings'].site_name}: {code}", language())
    try:
        begun = begin(provider, invoice.id, actor(), ways)
    except (GatewayAway, GatewayRefused) as error:
        current_app.logger.warning("no card payment was begun: %s", error)
        return render_template("payments/card.html", code=code, payment=None, url="", away=True), 503
    if begun.paid:
        return redirect(url_for("payments.paid_by_card", code=code))
    return redirect(url_for("payments.card", code=code, payment_id=begun.payment_id))


@bp.get("/pay/<code>/card/<int:payment_id>")
@access(NEGOTIATE)
def card(code: str, payment_id: int) -> ResponseReturnValue:
    """Say what is about to be paid to whom, with the link to the provider's page: our own forms may lead nowhere else."""
    invoice, provider = _own(code), _provider()
    payment = required(db.session.get(Payment, payment_id))
    if payment.invoice_id != invoice.id or payment.channel != CARD:
        raise NotFound
    try:
        session = provider.fetch(payment.provider_id) if payment.provider_id and payment.state == PENDING else None
    except (GatewayAway, GatewayRefused):
        return render_template("payments/card.html", code=code, payment=payment, url="", away=True), 503
    if payment.state != PENDING or (session is not None and session.state in {PAID, WAITING}):
        return redirect(url_for("payments.paid_by_card", code=code))
    url = session.url if session is not None and session.state == OPEN else ""
    return render_template("payments/card.html", code=code, payment=payment, url=url, away=False)


@bp.get("/pay/<code>/done")
@access(ACTING)
def paid_by_card(code: str) -> ResponseReturnValue:
    """Say whether the last card payment is confirmed. It only reads: the provider's message is what counts."""
    invoice = _own(code)
    cards = [one for one in of_invoice(invoice.id) if one.channel == CARD]
    payment = cards[-1] if cards else None
    looked = request.args.get("look", 0, type=int)
    answer = make_response(render_template(
        "payments/paid.html", invoice=invoice, payment=payment, lifecycle=PAYMENT,
        waits=payment is not None and payment.state == PENDING))
    if payment is not None and payment.state == PENDING and 0 <= looked < LOOKS:
        answer.headers["Refresh"] = f"{PAUSE}; url={url_for('payments.paid_by_card', code=code, look=looked + 1)}"
    return answer


@bp.post("/payments/stripe/webhook")
@limiter.exempt
@access(PUBLIC)
def stripe_webhook() -> ResponseReturnValue:
    """Keep a provider's message and answer as soon as it is kept; the outbox acts on it. A repeat is answered alike."""
    request.max_content_length = LARGEST
    body, provider = request.get_data(cache=False), gateway()
    if provider is None:
        abort(404)
    try:
        message = provider.parse(body, request.headers.get("Stripe-Signature", ""))
    except BadMessage:
        abort(400)
    messages.take(provider.name, message)
    return Response("", mimetype="text/plain")
