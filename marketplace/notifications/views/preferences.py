"""What a person wants by mail, topic by topic, and what was sent to them lately."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectField

from marketplace.core.access import access, actor
from marketplace.core.permissions import SIGNED_IN
from marketplace.mail.lifecycle import SUPPRESSED, UNKNOWN
from marketplace.notifications import actions, queries
from marketplace.notifications.topics import choosable
from marketplace.notifications.views.blueprint import bp
from marketplace.web.forms import ExchangeForm


def frequencies() -> list[tuple[str, str]]:
    """Return how a topic may be mailed, with words."""
    return [("each", _("One e-mail each")), ("daily", _("One e-mail a day")), ("off", _("No e-mail"))]


def _form(chosen: dict[str, str]) -> Any:
    """Return the form with one field per topic."""
    fields = {
        code: SelectField(_(topic.label), choices=frequencies, description=_(topic.hint), default=chosen[code])
        for code, topic in choosable().items()
    }
    return type("PreferencesForm", (ExchangeForm,), fields)()


def _page(form: Any) -> str:
    sent = queries.deliveries_to(actor().user_id or 0)
    return render_template(
        "notifications/preferences.html", form=form, topics=choosable(), sent=sent,
        suppressed=SUPPRESSED, unknown=UNKNOWN,
        why=actions.why_not_sent, email=actor().email,
    )


@bp.get("/account/notifications")
@access(SIGNED_IN)
def preferences() -> ResponseReturnValue:
    """Show the choices and the latest deliveries."""
    return _page(_form(queries.preferences(actor().user_id or 0)))


@bp.post("/account/notifications")
@access(SIGNED_IN)
def change_preferences() -> ResponseReturnValue:
    """Save the choices."""
    user_id = actor().user_id or 0
    form = _form(queries.preferences(user_id))
    if not form.validate_on_submit():
        return _page(form), 422
    actions.prefer(user_id, {code: form[code].data for code in choosable()})
    flash(_("Your choices are saved."), "success")
    return redirect(url_for("notifications.preferences"))
