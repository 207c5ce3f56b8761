"""What organisations were charged: the list of accountants, and one charge with the way to propose a waiver."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select, select

from marketplace.core.access import access, actor
from marketplace.core.errors import required
from marketplace.core.extensions import db
from marketplace.core.permissions import ACCOUNTING, READ_MONEY
from marketplace.core.proposals import Proposal
from marketplace.payments.export import CHARGES
from marketplace.payments.fees.lifecycle import CHARGE
from marketplace.payments.fees.models import Charge
from marketplace.payments.fees.proposals import propose_to_waive
from marketplace.payments.views.blueprint import bp
from marketplace.values.text import N_
from marketplace.web.forms import ReasonForm
from marketplace.web.paging import by_key
from marketplace.web.spreadsheet import csv_answer
from marketplace.web.tabs import tabs

PER_PAGE = 50
MOST_EXPORTED = 20_000


def _listed(state: str) -> Select[Charge]:
    rows = select(Charge)
    return rows.where(Charge.state == state) if state in CHARGE.names else rows


@bp.get("/money/charges")
@access(READ_MONEY)
def charges() -> ResponseReturnValue:
    """List charges, newest first."""
    state = request.args.get("state", "")
    state = state if state in CHARGE.names else ""
    part = by_key(_listed(state), Charge.id, PER_PAGE)
    return render_template(
        "payments/charges.html", part=part, lifecycle=CHARGE,
        export=url_for("payments.charges_csv", state=state or None),
        tabs=tabs({"": N_("All"), **CHARGE.labels}, state, lambda code: url_for("payments.charges", state=code or None)),
    )


@bp.get("/money/charges.csv")
@access(READ_MONEY)
def charges_csv() -> ResponseReturnValue:
    """Download the list, narrowed as on the page."""
    rows = _listed(request.args.get("state", "")).order_by(Charge.id.desc()).limit(MOST_EXPORTED)
    return csv_answer("charges", CHARGES, db.session.scalars(rows))


@bp.get("/money/charges/<int:charge_id>")
@access(READ_MONEY)
def charge(charge_id: int) -> ResponseReturnValue:
    """Show one charge."""
    return _page(required(db.session.get(Charge, charge_id)))


def _page(row: Charge, typed: ReasonForm | None = None) -> str:
    may_waive = "accountant" in row.roles_of(actor()) and row.state == CHARGE.initial
    return render_template("payments/charge.html", charge=row, lifecycle=CHARGE, typed=typed, may_waive=may_waive)


@bp.post("/money/charges/<int:charge_id>/waive")
@access(ACCOUNTING)
def waive(charge_id: int) -> ResponseReturnValue:
    """Propose to waive a charge."""
    form, made = ReasonForm(), list[Proposal]()
    row = required(db.session.get(Charge, charge_id, with_for_update={"of": Charge}))
    if not form.submit(lambda: made.append(propose_to_waive(row, form.reason.data or "", actor()))):
        return _page(row, form), 422
    flash(_("Proposed. It holds as soon as somebody else has approved it."), "success")
    return redirect(url_for("proposals.show", proposal_id=made[0].id))
