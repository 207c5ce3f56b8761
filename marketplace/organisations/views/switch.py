"""Which organisation a person acts for, the list of one's organisations, and the wards of a province."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from marketplace.core.access import Actor, access, actor
from marketplace.core.permissions import PUBLIC, SIGNED_IN
from marketplace.organisations import actors, queries
from marketplace.organisations.lifecycle import ORGANISATION
from marketplace.organisations.views.blueprint import bp
from marketplace.values import places
from marketplace.web.i18n import language
from marketplace.web.views import local_target


@bp.post("/account/act-for")
@access(SIGNED_IN)
def act_for() -> ResponseReturnValue:
    """Act for another of one's organisations; an empty or zero `organisation` means for none."""
    wanted = request.form.get("organisation", "")
    target = local_target(request.form.get("next"), "/dashboard")
    if wanted in {"", "0", "none"}:
        actors.act_for(None)
        flash(_("You now act for yourself only."), "info")
        return redirect(target)
    name = {str(org_id): name for org_id, name in actor().orgs}.get(wanted)
    if name is None:
        abort(404)
    actors.act_for(int(wanted))
    flash(_("You now act for %(organisation)s.", organisation=name), "info")
    return redirect(target)


@bp.get("/my/organisations")
@access(SIGNED_IN)
def mine() -> ResponseReturnValue:
    """List one's organisations and the invitations that wait."""
    return render_template("organisations/mine.html", **_mine(actor()))


def account_panel(_thing: Any, who: Actor) -> Markup:
    """Show the same list on the account page."""
    return Markup(render_template("organisations/_mine.html", **_mine(who)))  # noqa: S704 - our own template


def _mine(who: Actor) -> dict[str, Any]:
    return {
        "rows": queries.mine(who), "invitations": queries.invitations_for(who.email), "lifecycle": ORGANISATION,
    }


@bp.get("/places/<province>/wards")
@access(PUBLIC)
def wards(province: str) -> ResponseReturnValue:
    """The wards of a province as [[code, name], …], for the address form."""
    if places.province(province) is None:
        abort(404)
    answer: Response = jsonify(places.ward_choices(province, language()))
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
