"""Invitations as the invited person sees them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.extensions import db, limiter
from marketplace.core.permissions import PUBLIC, SIGNED_IN
from marketplace.organisations import actions, actors, queries
from marketplace.organisations.models import Invitation
from marketplace.organisations.views.blueprint import bp
from marketplace.values import clock


@bp.get("/invitations/<token>")
@limiter.limit("60 per hour")
@access(PUBLIC)
def invitation(token: str) -> ResponseReturnValue:
    """Who invites, and how to accept: signed in with the invited address, or after registering with it."""
    return _page(queries.invitation_of(token), token)


def _page(found: Invitation, token: str) -> str:
    is_open = found.accepted_at is None and found.revoked_at is None and found.expires_at > clock.now()
    return render_template(
        "organisations/invitation.html",
        invitation=found, token=token, is_open=is_open, mine=actor().signed_in and actor().email == found.email,
    )


@bp.post("/invitations/<token>")
@access(SIGNED_IN)
def accept(token: str) -> ResponseReturnValue:
    """Accept by the mailed link."""
    return _accept(queries.invitation_of(token))


@bp.post("/account/invitations/<int:invitation_id>/accept")
@access(SIGNED_IN)
def accept_mine(invitation_id: int) -> ResponseReturnValue:
    """Accept an invitation shown on one's own pages; the confirmed address is the proof."""
    found = db.session.get(Invitation, invitation_id)
    if found is None or found.email != actor().email:
        raise NotFound
    return _accept(found)


def _accept(found: Invitation) -> ResponseReturnValue:
    try:
        actions.accept(found, actor())
    except Invalid as error:
        flash(_(error.message), "error")
        return redirect(url_for("organisations.mine"))
    actors.act_for(found.organisation_id)
    flash(_("Welcome. You now act for %(organisation)s.", organisation=found.organisation.name), "success")
    return redirect(url_for("organisations.overview"))
