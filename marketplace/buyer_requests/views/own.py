"""The requester's own pages: the list with states and figures, its export, and invitations to others' needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.authoring.actions import open_revision
from marketplace.authoring.formatting import export_columns
from marketplace.authoring.lifecycle import REVISION
from marketplace.authoring.pages import register_editor
from marketplace.buyer_requests import queries
from marketplace.buyer_requests.editor import EDITOR
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.lifecycle import NEED
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.buyer_requests.on_publish import path_of
from marketplace.buyer_requests.presenter import deadline_clock
from marketplace.buyer_requests.reader_view import Face
from marketplace.buyer_requests.views.blueprint import bp
from marketplace.core.access import access, actor
from marketplace.core.permissions import ACTING, EDIT_CONTENT
from marketplace.core.view_counts import views
from marketplace.values.text import N_
from marketplace.vocabulary import NEED_KINDS, NEED_VISIBILITIES
from marketplace.web.i18n import language
from marketplace.web.paging import Paging, requested_page
from marketplace.web.spreadsheet import Column, csv_answer
from marketplace.web.tabs import tabs

SIZE = 20
#: The tabs of an organisation's own list, with their words.
TABS = {
    "": N_("All"), "drafts": N_("Drafts"), "review": N_("With moderators"), "changes": N_("Changes requested"),
    "open": N_("Open"), "choosing": N_("Choosing"), "expired": N_("Expired"), "done": N_("Closed"),
}
MOST_ROWS = 5000  # of the export

register_editor(bp, EDITOR)


@bp.get("/my/needs")
@access(ACTING)
def mine() -> ResponseReturnValue:
    """List the needs of the organisation acted for."""
    org_id = actor().org_id or 0
    tab = request.args.get("state", "")
    tab = tab if tab in queries.TABS else ""
    number, offset = requested_page(SIZE)
    needs, counts = queries.mine(org_id, tab, offset, SIZE), queries.counts(org_id)
    seen = views("need", [need.id for need in needs]) if needs else {}
    return render_template(
        "buyer_requests/mine.html",
        rows=[_row(need, seen) for need in needs], tab=tab, counts=counts, editor=EDITOR,
        tabs=tabs(TABS, tab, lambda code: url_for("buyer_requests.mine", state=code or None), counts, empty=False),
        paging=Paging(number, SIZE, counts[tab]), may_write=actor().may(EDIT_CONTENT),
    )


def _row(need: BuyerRequest, seen: dict[int, int]) -> dict[str, Any]:
    """Return what the list shows of one need."""
    revision, coming = EDITOR.current(need), open_revision(KIND, need)
    moves = [row.action for row in NEED.actions_for(need.state, need.roles_of(actor()))]
    return {
        "thing": need, "acts": True, "revision": revision, "coming": coming,
        "clock": deadline_clock(Face(need, actor(), revision)),
        "kind": NEED_KINDS.label(revision.kind, language()),
        "visibility": NEED_VISIBILITIES.label(revision.visibility, language()),
        "views": seen.get(need.id, 0), "moves": moves,
        "href": path_of(need) if need.published_revision_id else EDITOR.url("review", need),
    }


@bp.get("/my/needs.csv")
@access(ACTING)
def export() -> ResponseReturnValue:
    """Download the list for a spreadsheet."""
    needs = queries.mine(actor().org_id or 0, limit=MOST_ROWS)
    counts = views("need", [need.id for need in needs]) if needs else {}
    return csv_answer("needs", COLUMNS, [Line(need, EDITOR.current(need), counts.get(need.id, 0)) for need in needs])


@dataclass(frozen=True)
class Line:
    """One need in the download, with the version its owner works on."""

    need: BuyerRequest
    revision: NeedRevision
    views: int


COLUMNS: tuple[Column[Line], ...] = (
    Column(N_("Code"), lambda line: line.need.code),
    Column(N_("Title"), lambda line: line.revision.title),
    Column(N_("Kind of need"), lambda line: NEED_KINDS.label(line.revision.kind, language())),
    Column(N_("State"), lambda line: _(NEED.label(line.need.state))),
    Column(N_("Version"), lambda line: f"{line.revision.number} ({_(REVISION.label(line.revision.state))})"),
    Column(N_("Who sees this need"), lambda line: NEED_VISIBILITIES.label(line.revision.visibility, language())),
    Column(N_("Deadline for answers"), lambda line: line.need.answer_deadline or line.revision.answer_deadline),
    Column(N_("Budget from"), lambda line: line.revision.budget_min),
    Column(N_("Budget to"), lambda line: line.revision.budget_max),
    Column(N_("Published on"), lambda line: line.need.published_at),
    Column(N_("Views in 90 days"), lambda line: line.views),
    *export_columns(KIND, lambda line, name: getattr(line.revision, name)),
)


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
