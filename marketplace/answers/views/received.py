"""For whose need it is: the answers to a need."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.answers import queries
from marketplace.answers.presenter import Seen
from marketplace.answers.views.blueprint import bp
from marketplace.buyer_requests import queries as needs
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.buyer_requests.on_publish import path_of as need_path
from marketplace.core.access import access, actor
from marketplace.core.errors import NotFound
from marketplace.core.permissions import ACTING
from marketplace.core.subjects import subject_of
from marketplace.web.i18n import language


def own_need(code: str) -> BuyerRequest:
    """Return a need of the organisation acted for. Raises NotFound for any other."""
    need = needs.readable(code, actor())
    if need.org_id != actor().org_id:
        raise NotFound
    return need


@bp.get("/my/needs/<code>/answers")
@access(ACTING)
def received(code: str) -> ResponseReturnValue:
    """List the answers that were sent to a need of the organisation acted for."""
    need = own_need(code)
    rows = [(Seen(answer, actor()), version.content) for answer, version in queries.received(need)]
    return render_template(
        "answers/received.html", need=need, rows=rows, need_path=need_path(need),
        title=subject_of(need).title(need, language()),
    )
