"""Moves of a lead on its page. A form says on which state it was opened; when that has changed nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed, NotFound, Stale
from marketplace.core.events import Event, history
from marketplace.core.extensions import db
from marketplace.core.locks import WITHOUT
from marketplace.core.permissions import FOLLOW_DEALS, SIGNED_IN
from marketplace.negotiation.actions import begin
from marketplace.negotiation.actions.moves import remind_of_turn
from marketplace.negotiation.forms.leads import MoveForm
from marketplace.negotiation.lifecycle import LEAD
from marketplace.negotiation.models import Lead
from marketplace.negotiation.queries import leads
from marketplace.negotiation.timeline import entries
from marketplace.negotiation.views.blueprint import bp
from marketplace.negotiation.views.show import page
from marketplace.values import clock
from marketplace.web.forms import ExchangeForm

VERBS: Mapping[str, Callable[[Lead, MoveForm], object]] = MappingProxyType({
    "contact": lambda lead, form: begin.contact(lead, actor(), form.text.data or "", once=form.once.data or ""),
    "accept": lambda lead, form: begin.accept(lead, actor()),
    "ask": lambda lead, form: begin.ask(lead, actor(), form.text.data or "", once=form.once.data or ""),
    "decline": lambda lead, form: begin.decline(lead, actor(), form.reason_code.data, form.reason.data or ""),
    "withdraw": lambda lead, form: begin.withdraw(lead, actor(), form.reason_code.data, form.reason.data or ""),
})


@bp.post("/leads/<code>/moves/<action>")
@access(SIGNED_IN)
def move(code: str, action: str) -> ResponseReturnValue:
    """Take up, accept, ask, decline or withdraw."""
    lead = leads.readable(code, actor(), lock=True)
    if action not in VERBS:
        raise NotFound
    form = MoveForm()
    form.refused, status, meanwhile = action, 422, ""
    try:
        if _made(lead, action, form):
            flash(f"{_(LEAD.done(action))}.", "success")
            return redirect(leads.path_of(lead))
    except Invalid as error:
        form.add_error(error)
    except (IllegalMove, Stale, NotAllowed) as error:
        form.add_error(error)
        status = 403 if isinstance(error, NotAllowed) else 409
        if isinstance(error, Stale) or (isinstance(error, IllegalMove) and error.state == lead.state):
            meanwhile = _meanwhile(lead)
    kept = form.kept() if status != 422 else []
    return page(leads.readable(code, actor()), move=form, meanwhile=meanwhile, kept=kept), status


@bp.post("/leads/<code>/remind")
@access(FOLLOW_DEALS)
def remind(code: str) -> ResponseReturnValue:
    """Remind whose turn it is; for officers of the exchange."""
    lead = leads.readable(code, actor(), lock=True)
    ExchangeForm().check_acting()
    remind_of_turn(lead, actor())
    flash(_("They are reminded."), "success")
    return redirect(leads.path_of(lead))


def _made(lead: Lead, action: str, form: MoveForm) -> bool:
    """Make the move; False when the form itself will not do."""
    form.check_acting()
    if _repeated(lead, action, form):
        return True
    if not form.validate_on_submit():
        return False
    VERBS[action](lead, form)
    return True


def _repeated(lead: Lead, action: str, form: MoveForm) -> bool:
    """True when this person has just done the same. Raises Stale when somebody did something else since the page, or when
    the form does not say which state the page showed.
    """
    seen = str(form.lock.data or "")
    if not seen:
        raise Stale(WITHOUT)
    if seen == lead.state:
        return False
    last = _last(lead)
    if last is not None and last.action == f"lead.{action}" and last.actor_id == actor().user_id:
        return True
    raise Stale


def _last(lead: Lead) -> Event | None:
    """Return the newest move of a lead."""
    return db.session.scalars(history("lead", lead.id).where(Event.to_state != "").limit(1)).first()


def _meanwhile(lead: Lead) -> str:
    """Return what happened last: who did what, when, in the reader's words."""
    last = _last(lead)
    if last is None:
        return ""
    entry = entries([last], lead, LEAD, actor())[0]
    said = f"{entry['label']} ({entry['actor']}, {clock.format_datetime(last.at)})"
    return f"{said}. {entry['reason']}" if entry["reason"] else said
