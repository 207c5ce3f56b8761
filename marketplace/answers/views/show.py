"""The page of one answer: what was sent, by version."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from marketplace.answers import queries
from marketplace.answers.views.blueprint import bp
from marketplace.answers.views.page import answer_page
from marketplace.core.access import access, actor
from marketplace.core.permissions import SIGNED_IN
from marketplace.web.mark_read import note_seen


@bp.get("/answers/<code>")
@access(SIGNED_IN.writing())
def show(code: str) -> ResponseReturnValue:
    """Show an answer to its own people and to those whose need it is; what is told of it counts as read."""
    answer = queries.readable(code, actor())
    note_seen(queries.path_of(answer))
    asked = request.args.get("version", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else None
    return answer_page(answer, number)
