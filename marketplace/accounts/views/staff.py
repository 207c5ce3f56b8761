"""Staff roles: who has what, since when and why; grant and end, each with a reason."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.accounts import actions, queries
from marketplace.accounts.forms import GrantForm
from marketplace.accounts.models import StaffGrant
from marketplace.accounts.views.blueprint import bp
from marketplace.core.access import access, actor, requires_fresh_sign_in
from marketplace.core.errors import Invalid
from marketplace.core.extensions import db
from marketplace.core.permissions import MANAGE_STAFF
from marketplace.web.forms import ReasonForm


@bp.get("/staff")
@access(MANAGE_STAFF)
def staff() -> ResponseReturnValue:
    """Present roles, the form to grant one, and the history."""
    return _page(GrantForm())


def _page(form: GrantForm, ending: ReasonForm | None = None) -> str:
    return render_template(
        "staff/roles.html", form=form, present=queries.open_grants(), past=queries.ended_grants(), ending=ending
    )


@bp.post("/staff/grant")
@access(MANAGE_STAFF)
@requires_fresh_sign_in()
def grant_role() -> ResponseReturnValue:
    """Give a person a staff role."""
    form = GrantForm()
    if form.validate_on_submit():
        try:
            made = actions.grant_role(form.email.data, form.role.data, form.reason.data, actor())
        except Invalid as error:
            form.add_error(error)
        else:
            flash(_("%(name)s has the role now.", name=made.user.name), "success")
            return redirect(url_for("accounts.staff"))
    return _page(form), 422


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
