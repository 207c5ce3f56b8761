"""The requester's own pages: the list with states and figures, its export, and invitations to others' needs."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.authoring.actions import open_revision
from marketplace.authoring.export import download
from marketplace.authoring.pages import own_list, register_editor
from marketplace.buyer_requests import queries
from marketplace.buyer_requests.editor import EDITOR
from marketplace.buyer_requests.export import COLUMNS
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.lifecycle import NEED
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.buyer_requests.presenter import deadline_clock
from marketplace.buyer_requests.reader_view import Face
from marketplace.buyer_requests.views.blueprint import bp
from marketplace.core.access import Actor, access, actor
from marketplace.core.permissions import ACTING
from marketplace.values.text import N_
from marketplace.vocabulary import NEED_KINDS, NEED_VISIBILITIES
from marketplace.web.i18n import language
from marketplace.web.paging import Paging, requested_page

SIZE = 20
#: The tabs of an organisation's own list, with their words.
TABS = {
    "": N_("All"), "drafts": N_("Drafts"), "review": N_("With moderators"), "changes": N_("Changes requested"),
    "open": N_("Open"), "choosing": N_("Choosing"), "expired": N_("Expired"), "done": N_("Closed"),
}

register_editor(bp, EDITOR)


@bp.get("/my/needs")
@access(ACTING)
def mine() -> ResponseReturnValue:
    """List the needs of the organisation acted for."""
    return own_list(EDITOR, queries.READS, TABS, _row)


def _row(need: BuyerRequest, revision: NeedRevision, reader: Actor) -> dict[str, Any]:
    """Return what the list shows of one need beside what every list does."""
    return {
        "acts": True, "coming": open_revision(KIND, need), "clock": deadline_clock(Face(need, reader, revision)),
        "kind": NEED_KINDS.label(revision.kind, language()),
        "visibility": NEED_VISIBILITIES.label(revision.visibility, language()),
        "moves": [row.action for row in NEED.actions_for(need.state, need.roles_of(reader))],
    }


@bp.get("/my/needs.csv")
@access(ACTING)
def export() -> ResponseReturnValue:
    """Download the list for a spreadsheet."""
    return download("needs", COLUMNS, EDITOR, queries.READS, actor().org_id or 0)


@bp.get("/my/needs/invitations")
@access(ACTING)
def invitations() -> ResponseReturnValue:
    """List the needs to which the organisation acted for is invited."""
    number, offset = requested_page(SIZE)
    found, total = queries.invited(actor(), offset, SIZE)
    rows = []
    for invitation in found:
        face = Face(invitation.buyer_request, actor())
        rows.append({
            "invitation": invitation, "need": invitation.buyer_request, "face": face, "clock": deadline_clock(face),
            "state": _(NEED.label(invitation.buyer_request.state)),
        })
    return render_template("buyer_requests/invitations.html", rows=rows, paging=Paging(number, SIZE, total))
