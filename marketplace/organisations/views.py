"""Pages of one's own organisations."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.access import SIGNED_IN, access, actor
from marketplace.organisations import acting
from marketplace.web.views import local_target

bp = Blueprint("organisations", __name__)


@bp.post("/account/act-for")
@access(SIGNED_IN)
def act_for() -> ResponseReturnValue:
    """Act for another of one's organisations; an empty or zero `organisation` means for none."""
    wanted = request.form.get("organisation", "")
    target = local_target(request.form.get("next"), "/dashboard")
    if wanted in {"", "0", "none"}:
        acting.act_for(None)
        flash(_("You now act for yourself only."), "info")
        return redirect(target)
    name = {str(org_id): name for org_id, name in actor().orgs}.get(wanted)
    if name is None:
        abort(404)
    acting.act_for(int(wanted))
    flash(_("You now act for %(organisation)s.", organisation=name), "info")
    return redirect(target)
