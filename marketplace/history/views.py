"""Seals for everybody: who keeps a copy can prove later that the history was not rewritten."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from marketplace.core.access import access
from marketplace.core.permissions import PUBLIC
from marketplace.history.queries import seals_after

bp = Blueprint("history", __name__)
#: Seals of one answer: more than a year of nights.
MOST = 400


@bp.get("/seals.json")
@access(PUBLIC)
def seals() -> Response:
    """Return the seals in their order; `?after=` a number goes on behind it, and `next` is the address of the rest."""
    asked = request.args.get("after", "")
    after = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
    found = seals_after(after, MOST + 1)
    shown = found[:MOST]
    following = f"/seals.json?after={shown[-1].number}" if len(found) > MOST else None
    return jsonify({"seals": [seal.public() for seal in shown], "next": following})
