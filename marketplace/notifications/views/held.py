"""What is held back because it looks suspicious: the staff reads why, and releases or drops it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from marketplace.core.access import access, actor
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.permissions import MODERATE
from marketplace.core.subjects import Ref, codes_of, known_by, rows_of, subject
from marketplace.notifications import consumers, holds
from marketplace.notifications.lifecycle import DECIDES, HELD
from marketplace.notifications.models import HeldNotification
from marketplace.notifications.views.blueprint import bp
from marketplace.web.forms import ExchangeForm
from marketplace.web.i18n import language
from marketplace.web.paging import by_key
from marketplace.web.tabs import tabs

PER_PAGE = 50


@bp.get("/staff/held-notifications")
@access(MODERATE)
def held() -> ResponseReturnValue:
    """List what is held, newest first; or what was released or dropped."""
    state = request.args.get("state", "")
    state = state if state in HELD.names else HELD.initial
    part = by_key(holds.listed(state), HeldNotification.id, PER_PAGE)
    return render_template(
        "notifications/held.html", part=part, rows=_shown(part.rows), state=state,
        tabs=tabs(HELD.labels, state, lambda code: url_for("notifications.held", state=code), {"held": holds.waiting()}),
    )


def _shown(rows: Sequence[HeldNotification]) -> list[dict[str, Any]]:
    found = db.session.scalars(select(Event).where(Event.id.in_([row.event_id for row in rows])))
    events = {event.id: event for event in found}
    refs = {event.id: known_by(event) for event in events.values()}
    codes = codes_of(tuple(refs.values()))
    things = rows_of(Ref(row.of_kind, row.of_id) for row in rows)
    return [
        _one(row, events[row.event_id], things.get(Ref(row.of_kind, row.of_id)), codes.get(refs[row.event_id], ""))
        for row in rows
    ]


def _one(row: HeldNotification, event: Event, thing: Any, code: str) -> dict[str, Any]:
    declared = subject(row.of_kind)
    word = declared.event_word(event.action)
    return {
        "id": row.id, "held_at": row.held_at, "label": _(declared.label), "code": code,
        "title": declared.title(thing, language()) if thing is not None else "",
        "href": declared.path(thing, actor()) if thing is not None else "",
        "word": _(word) if word else event.action.partition(".")[2].replace("_", " "),
        "reason": _(row.reason_code), "moves": HELD.actions_for(row.state, DECIDES), "note": row.note,
    }


@bp.post("/staff/held-notifications/<int:held_id>/<any(release, drop):decision>")
@access(MODERATE)
def decide_held(held_id: int, decision: str) -> ResponseReturnValue:
    """Release one, which is told now, or drop it."""
    ExchangeForm().check_acting()
    event = holds.decide(held_id, decision, actor())
    if event is not None:
        consumers.tell(event)
    flash(_("Released: it is told now.") if decision == "release" else _("Dropped: nobody is told."), "success")
    return redirect(url_for("notifications.held"))
