"""Pages of one's own account."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_security.utils import login_user

from marketplace.accounts import actions, queries, sessions, sign_ins
from marketplace.accounts.event_labels import USER_EVENTS
from marketplace.accounts.forms import ProfileForm, RegisterPasskey
from marketplace.accounts.models import User
from marketplace.accounts.views.blueprint import bp
from marketplace.core.access import access, actor, requires_fresh_sign_in
from marketplace.core.permissions import SIGNED_IN


def _me() -> User:
    user: User = current_user._get_current_object()
    return user


@bp.get("/account")
@access(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Everything about one's own account on one page."""
    return _page(ProfileForm(obj=_me()))


@bp.post("/account")
@access(SIGNED_IN)
def change_profile() -> ResponseReturnValue:
    """Save name, telephone and language."""
    form = ProfileForm()
    if not form.validate_on_submit():
        return _page(form), 422
    actions.change_profile(
        _me(), actor(), name=form.name.data, phone=form.phone.data, locale=form.locale.data
    )
    flash(_("Your details are saved."), "success")
    return redirect(url_for("accounts.page"))


def _page(form: ProfileForm) -> str:
    me = _me()
    return render_template(
        "account/page.html", form=form, me=me, events=_history(me.id), here=g.user_session.id,
        sessions=sessions.of(me, bool(actor().staff_roles | actor().withheld)),
        attempts=sign_ins.latest(me.id), passkey_form=RegisterPasskey(formdata=None),
    )


def _history(user_id: int) -> list[dict[str, Any]]:
    """Return what happened to the account, as rows of a timeline."""
    return [
        {"at": event.at, "label": _(USER_EVENTS.get(event.action, event.action)),
         "actor": (event.actor_name or _("name erased")) if event.actor_id else _("the exchange")}
        for event in queries.recent_events(user_id)
    ]


@bp.get("/account/second-step")
@access(SIGNED_IN)
def second_step() -> ResponseReturnValue:
    """Say which role waits for a second step, and lead to it."""
    me = _me()
    return render_template("account/second_step.html", has_one=bool(me.tf_primary_method or me.webauthn))


@bp.post("/account/sessions/<int:session_id>/end")
@access(SIGNED_IN)
@requires_fresh_sign_in()
def end_session(session_id: int) -> ResponseReturnValue:
    """Sign out on another device."""
    actions.end_session(_me(), session_id, actor())
    flash(_("You are signed out there."), "success")
    return redirect(url_for("accounts.page", _anchor="sessions"))


@bp.post("/account/sign-out-everywhere")
@access(SIGNED_IN)
@requires_fresh_sign_in()
def sign_out_everywhere() -> ResponseReturnValue:
    """End every other session; this one goes on."""
    me = _me()
    actions.sign_out_everywhere(me, actor())
    shown = session.get("fs_paa", 0)
    login_user(me, remember=False, authn_via=["change"])
    session["fs_paa"] = shown  # nobody has shown anything: it is no fresh sign-in
    flash(_("You are signed out on every other device."), "success")
    return redirect(url_for("accounts.page"))
