"""Members of the organisation acted for."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor, requires_fresh_sign_in
from marketplace.core.errors import Invalid
from marketplace.core.extensions import limiter
from marketplace.core.permissions import ACTING, MANAGE_ORGANISATION
from marketplace.organisations import actions, actors, queries
from marketplace.organisations.forms import InviteForm, RolesForm
from marketplace.organisations.models import Membership
from marketplace.organisations.views.blueprint import bp
from marketplace.web.forms import ExchangeForm


@bp.get("/my/organisation/members")
@access(ACTING)
def members() -> ResponseReturnValue:
    """Who belongs to the organisation, and who is invited."""
    return _page(InviteForm())


def _page(form: InviteForm) -> str:
    organisation = queries.acted_for(actor())
    manages = actor().may(MANAGE_ORGANISATION)
    return render_template(
        "organisations/members.html",
        organisation=organisation, members=queries.members(organisation.id), form=form, manages=manages,
        invitations=queries.open_invitations(organisation.id) if manages else [],
    )


@bp.post("/my/organisation/members/invite")
@limiter.limit("30 per hour", key_func=lambda: f"mail:invite:{actor().user_id}")
@access(MANAGE_ORGANISATION)
@requires_fresh_sign_in()
def invite() -> ResponseReturnValue:
    """Invite a person by e-mail."""
    form = InviteForm()
    if form.submit(lambda: actions.invite(queries.acted_for(actor()), actor(), form.email.data, form.roles.data)):
        flash(_("The invitation to %(email)s is on its way.", email=form.email.data), "success")
        return redirect(url_for("organisations.members"))
    return _page(form), 422


@bp.post("/my/organisation/invitations/<int:invitation_id>/revoke")
@access(MANAGE_ORGANISATION)
def revoke_invitation(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    ExchangeForm().check_acting()
    actions.revoke_invitation(queries.acted_for(actor()), actor(), invitation_id)
    flash(_("The invitation is taken back."), "success")
    return redirect(url_for("organisations.members"))


@bp.route("/my/organisation/members/<int:membership_id>", methods=["GET", "POST"])
@access(MANAGE_ORGANISATION)
@requires_fresh_sign_in()
def member(membership_id: int) -> ResponseReturnValue:
    """Change one member's roles."""
    organisation = queries.acted_for(actor())
    membership = queries.membership(organisation.id, membership_id)
    form = RolesForm(obj=membership)
    if form.submit(lambda: actions.change_roles(organisation, actor(), membership, form.roles.data)):
        flash(_("The roles are changed."), "success")
        return redirect(url_for("organisations.members"))
    return _member(membership, form), 422 if form.errors else 200


def _member(membership: Membership, form: RolesForm) -> str:
    return render_template("organisations/member.html", membership=membership, form=form)


@bp.post("/my/organisation/members/<int:membership_id>/remove")
@access(MANAGE_ORGANISATION)
@requires_fresh_sign_in()
def remove_member(membership_id: int) -> ResponseReturnValue:
    """End a person's membership."""
    organisation = queries.acted_for(actor())
    membership = queries.membership(organisation.id, membership_id)
    form = RolesForm(obj=membership)
    form.check_acting()
    try:
        actions.remove_member(organisation, actor(), membership)
    except Invalid as error:
        form.add_error(error)
        return _member(membership, form), 422
    flash(_("%(name)s is no longer a member.", name=membership.user.name), "success")
    return redirect(url_for("organisations.members"))


@bp.post("/my/organisation/leave")
@access(ACTING)
def leave() -> ResponseReturnValue:
    """Leave the organisation."""
    form = InviteForm()
    form.check_acting()
    organisation = queries.acted_for(actor())
    try:
        actions.leave(organisation, actor())
    except Invalid as error:
        flash(_(error.message), "error")
        return _page(form), 422
    actors.forget()
    flash(_("You left %(organisation)s.", organisation=organisation.name), "success")
    return redirect(url_for("organisations.mine"))
