"""Where a bank tells of transfers. Programs post it; the signature is the permission."""

from __future__ import annotations

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from marketplace.core.access import access
from marketplace.core.extensions import db, limiter
from marketplace.core.permissions import PUBLIC
from marketplace.payments.banks.messages import BadBankMessage, read_message, secret_of, take_message
from marketplace.payments.banks.models import BankAccount
from marketplace.payments.banks.queries import held
from marketplace.payments.views.blueprint import bp

LARGEST = 64_000  # bytes of a message


@bp.post("/payments/bank/<int:account_id>/callback")
@limiter.exempt
@access(PUBLIC)
def transfer_message(account_id: int) -> ResponseReturnValue:
    """Take a bank's message; 404 for an account without a secret, as for one that there is not."""
    request.max_content_length = LARGEST
    body = request.get_data(cache=False)
    account = db.session.get(BankAccount, account_id)
    secret = secret_of(account) if account is not None else ""
    if not secret:
        abort(404)
    try:
        message = read_message(body, request.headers.get("X-Signature", ""), secret)
    except BadBankMessage:
        abort(400)
    take_message(held(account_id), message)
    return Response("", mimetype="text/plain")
