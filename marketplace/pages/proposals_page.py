"""What waits for a second person: the staff reads what is proposed and why, and approves, refuses or withdraws it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select, select

from marketplace.accounts.models import User
from marketplace.core.access import Actor, access, actor, requires_fresh_sign_in
from marketplace.core.errors import required
from marketplace.core.extensions import db
from marketplace.core.permissions import STAFF
from marketplace.core.proposals import (
    OUTCOMES,
    OUTDATED,
    PROPOSAL,
    Proposal,
    decide,
    held,
    kind_of,
    visible_to,
)
from marketplace.values.text import N_
from marketplace.web.forms import ReasonForm
from marketplace.web.i18n import language
from marketplace.web.paging import by_key
from marketplace.web.tabs import tabs

bp = Blueprint("proposals", __name__)
PER_PAGE = 50
TABS = {"open": N_("Waiting"), "decided": N_("Decided"), "ended": N_("Ended without a decision")}


def _listed(group: str, reader: Actor) -> Select[Proposal]:
    return select(Proposal).where(visible_to(reader), Proposal.state.in_(PROPOSAL.in_groups(group)))


@bp.get("/staff/proposals")
@access(STAFF)
def every() -> ResponseReturnValue:
    """List proposals of the kinds that the reader decides, newest first."""
    asked = request.args.get("state", "")
    group = asked if asked in TABS else "open"
    part = by_key(_listed(group, actor()), Proposal.id, PER_PAGE)
    shown = [(row, kind_of(row), kind_of(row).title(row, language())) for row in part.rows]
    return render_template(
        "staff/proposals.html", part=part, rows=shown, lifecycle=PROPOSAL, names=_names(part.rows),
        tabs=tabs(TABS, group, lambda code: url_for("proposals.every", state=code)),
    )


def _names(rows: Sequence[Proposal]) -> dict[int, str]:
    ids = {id_ for row in rows for id_ in (row.by_id, row.decided_by_id) if id_}
    return dict(db.session.execute(select(User.id, User.name).where(User.id.in_(ids))).tuples().all())


@bp.get("/staff/proposals/<int:proposal_id>")
@access(STAFF)
def show(proposal_id: int) -> ResponseReturnValue:
    """Show one proposal with what may be done to it."""
    rows = select(Proposal).where(Proposal.id == proposal_id, visible_to(actor()))
    return _page(required(db.session.scalar(rows)))


def _page(proposal: Proposal, typed: ReasonForm | None = None) -> str:
    kind = kind_of(proposal)
    return render_template(
        "staff/proposal.html", proposal=proposal, kind=kind, title=kind.title(proposal, language()),
        particulars=kind.facts(proposal, language()), names=_names([proposal]), lifecycle=PROPOSAL,
        rows=PROPOSAL.actions_for(proposal.state, proposal.roles_of(actor())), typed=typed,
        act=lambda action: url_for("proposals.decide_one", proposal_id=proposal.id, decision=action),
    )


@bp.post("/staff/proposals/<int:proposal_id>/<any(approve, refuse, withdraw):decision>")
@access(STAFF)
@requires_fresh_sign_in()
def decide_one(proposal_id: int, decision: str) -> ResponseReturnValue:
    """Approve, refuse or withdraw a proposal."""
    form = ReasonForm()
    form.refused = decision
    proposal = held(proposal_id, actor())
    if not form.submit(lambda: decide(proposal, decision, actor(), form.reason.data or "")):
        return _page(proposal, form), 422
    outcome = OUTCOMES.get(proposal.state, PROPOSAL.label(proposal.state))
    flash(_(outcome), "success" if proposal.state != OUTDATED else "warning")
    return redirect(url_for("proposals.show", proposal_id=proposal.id))
