"""Paying a payment request: choose a way. By transfer a phone shows the QR code, and every part can be copied."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.core.access import access, actor
from marketplace.core.permissions import ACTING, NEGOTIATE
from marketplace.payments.invoicing import queries
from marketplace.payments.invoicing.lifecycle import OPEN
from marketplace.payments.invoicing.pay_to import transfer_of
from marketplace.payments.settlement.lifecycle import PAYMENT
from marketplace.payments.settlement.queries import of_invoice
from marketplace.payments.views.blueprint import bp
from marketplace.payments.views.cards import offered
from marketplace.values.vietqr import reference_of


@bp.get("/pay/<code>")
@access(ACTING)
def pay(code: str) -> ResponseReturnValue:
    """Show the ways to pay what is left of a payment request of the organisation acted for; a settled one shows itself."""
    invoice = queries.readable(code, actor())
    left = queries.rest(invoice)
    if invoice.state not in OPEN or left <= 0:
        return redirect(url_for("payments.request_of", code=code))
    return render_template(
        "payments/pay.html", invoice=invoice, rest=left, transfer=transfer_of(invoice, left), reference=reference_of(code),
        payments=of_invoice(invoice.id), payment_lifecycle=PAYMENT, writes=actor().may(NEGOTIATE),
        by_card=offered(invoice) and invoice.org_id == actor().org_id and actor().may(NEGOTIATE),
    )
