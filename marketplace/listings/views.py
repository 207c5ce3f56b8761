"""Pages of listings."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from marketplace.access import ACTING, access
from marketplace.authoring.pages import register_editor
from marketplace.listings.editor import EDITOR

bp = Blueprint("listings", __name__)
register_editor(bp, EDITOR)


@bp.get("/my/listings")
@access(ACTING)
def mine() -> ResponseReturnValue:
    """Show what my organisation offers."""
    return ""
