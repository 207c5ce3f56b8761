"""The staff's own page of something public: its state, its history, suspending and restoring."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.errors import Invalid
from marketplace.core.permissions import MODERATE
from marketplace.core.subjects import subject_of
from marketplace.moderation import decision_log
from marketplace.moderation.actions import sanctions
from marketplace.moderation.forms import SanctionForm
from marketplace.moderation.kind import REVIEWED
from marketplace.moderation.submission import lifecycle_of, load_thing, public_path
from marketplace.moderation.timeline import timeline
from marketplace.moderation.views.blueprint import bp
from marketplace.vocabulary import SUSPENSION_REASONS
from marketplace.web.i18n import language


@bp.get("/things/<kind>/<int:thing_id>")
@access(MODERATE)
def thing(kind: str, thing_id: int) -> ResponseReturnValue:
    """Show where a thing stands and what may be done to it."""
    return _page(kind, load_thing(kind, thing_id), SanctionForm(formdata=None), "")


@bp.post("/things/<kind>/<int:thing_id>/<action>")
@access(MODERATE)
def sanction(kind: str, thing_id: int, action: str) -> ResponseReturnValue:
    """Suspend, restore, remove, close or ask for a new check."""
    found = load_thing(kind, thing_id)
    form = SanctionForm()
    if not form.validate_on_submit():
        return _page(kind, found, form, action), 422
    try:
        event = sanctions.sanction(kind, found, action, actor(), form.reason_code.data or "", form.reason.data or "")
    except Invalid as error:
        form.add_error(error)
        return _page(kind, found, form, action), 422
    if event is not None:
        state = _(lifecycle_of(kind).label(found.state))
        flash(_("“%(name)s” is now: %(state)s.", name=subject_of(found).title(found, language()), state=state), "success")
    return redirect(url_for("moderation.thing", kind=kind, thing_id=thing_id))


def _page(kind: str, found: Any, form: SanctionForm, action: str) -> str:
    declared = subject_of(found)
    return render_template(
        "moderation/thing.html",
        kind=kind,
        kind_label=declared.label,
        icon_name=declared.icon,
        code=found.code if REVIEWED[kind].versioned else found.tax_code,
        of=found.organisation if REVIEWED[kind].versioned else None,
        thing=found,
        name=declared.title(found, language()),
        own=declared.organisations(found)["owner"] in actor().org_ids,
        rows=sanctions.allowed(kind, found, actor()),
        consequences=sanctions.CONSEQUENCES,
        reasons=SUSPENSION_REASONS.choices(language()),
        form=form,
        tried=action,
        earlier=decision_log.for_subject(kind, REVIEWED[kind].submissions_of(found)),
        history=timeline(kind, found, actor()),
        public=public_path(found),
    )
