"""Staff roles: who has what, since when and why; grant and end, each with a reason."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.accounts import actions, queries
from marketplace.accounts.forms import GrantForm
from marketplace.accounts.models import StaffGrant
from marketplace.accounts.proposals import TWO_PEOPLE, propose_role
from marketplace.accounts.views.blueprint import bp
from marketplace.core.access import access, actor, requires_fresh_sign_in
from marketplace.core.extensions import db
from marketplace.core.permissions import MANAGE_STAFF
from marketplace.vocabulary import STAFF_ROLES
from marketplace.web.forms import ReasonForm


@bp.get("/staff")
@access(MANAGE_STAFF)
def staff() -> ResponseReturnValue:
    """Present roles, the form to grant one, and the history."""
    return _page(GrantForm())


def _page(form: GrantForm, ending: ReasonForm | None = None) -> str:
    return render_template(
        "staff/roles.html", form=form, two_people=[code for code in STAFF_ROLES.codes if code in TWO_PEOPLE],
        present=queries.open_grants(), past=queries.ended_grants(), ending=ending
    )


@bp.post("/staff/grant")
@access(MANAGE_STAFF)
@requires_fresh_sign_in()
def grant_role() -> ResponseReturnValue:
    """Give a person a staff role, or propose it to another administrator."""
    form = GrantForm()

    def work() -> None:
        said = (form.email.data or "", form.role.data or "", form.reason.data or "", actor())
        if form.role.data in TWO_PEOPLE:
            made = propose_role(*said)
            flash(_("Proposed as %(code)s. Another administrator has to approve it.", code=made.code), "success")
        else:
            flash(_("%(name)s has the role now.", name=actions.grant_role(*said).user.name), "success")

    if not form.submit(work):
        return _page(form), 422
    return redirect(url_for("accounts.staff"))


@bp.post("/staff/grants/<int:grant_id>/end")
@access(MANAGE_STAFF)
@requires_fresh_sign_in()
def end_role(grant_id: int) -> ResponseReturnValue:
    """End a staff role."""
    form = ReasonForm()
    form.refused = grant_id
    grant = db.session.get(StaffGrant, grant_id)
    if grant is None:
        abort(404)
    if not form.submit(lambda: actions.end_role(grant, form.reason.data or "", actor())):
        return _page(GrantForm(formdata=None), form), 422
    flash(_("The role has ended."), "success")
    return redirect(url_for("accounts.staff"))
