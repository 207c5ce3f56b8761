"""The record as a PDF, for both sides and the exchange's staff."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from marketplace.core.access import access, actor
from marketplace.core.extensions import limiter
from marketplace.core.permissions import SIGNED_IN
from marketplace.deals import pdf
from marketplace.deals.queries import loading
from marketplace.deals.views.blueprint import bp
from marketplace.values import clock


@bp.get("/deals/<code>/record.pdf")
@limiter.limit("30 per minute")
@access(SIGNED_IN)
def record_pdf(code: str) -> ResponseReturnValue:
    """Return the record as it stands now; it is made anew each time and never stored."""
    deal = loading.readable(code, actor())
    answer = Response(pdf.render(deal, clock.now()), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{deal.code}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
