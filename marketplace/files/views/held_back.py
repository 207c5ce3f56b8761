"""What the virus check holds back: the list and the decisions of the staff, and the page of whoever sent a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from marketplace.core import work
from marketplace.core.access import Actor, access, actor
from marketplace.core.errors import Invalid
from marketplace.core.events import Event, history
from marketplace.core.extensions import db, one
from marketplace.core.permissions import MODERATE, SIGNED_IN
from marketplace.core.subjects import subject_of
from marketplace.files import queries, virus_check
from marketplace.files.access import thing_of
from marketplace.files.lifecycle import FILE, LISTED_STATES
from marketplace.files.models import StoredFile
from marketplace.files.views.blueprint import bp
from marketplace.values.text import clean_line
from marketplace.web.forms import ReasonForm
from marketplace.web.i18n import language
from marketplace.web.paging import by_key
from marketplace.web.tabs import Tab, tabs

PER_PAGE = 50


@bp.get("/staff/files")
@access(MODERATE)
def held_back() -> ResponseReturnValue:
    """List what the virus check holds back, and what was decided, newest first."""
    state = request.args.get("state", "")
    state = state if state in LISTED_STATES else "infected"
    words = clean_line(request.args.get("q", ""))[:200]
    part = by_key(queries.listed(state, words), StoredFile.id, PER_PAGE)
    return render_template(
        "files/staff_list.html", part=part, state=state, words=words, senders=queries.senders(part.rows),
        tabs=_tabs(state, words), checks=virus_check.scanner() is not None,
    )


def _tabs(state: str, words: str) -> list[Tab]:
    names = {name: FILE.labels[name] for name in LISTED_STATES}
    return tabs(names, state, lambda code: url_for("files.held_back", state=code, q=words or None), queries.counts())


@bp.get("/staff/files/<int:file_id>")
@access(MODERATE)
def staff_file(file_id: int) -> ResponseReturnValue:
    """Show one file with what was found, where it is, and what may be done."""
    return _staff_page(_file(file_id), None)


@bp.post("/staff/files/<int:file_id>/<any(scan_again, release, remove):decision>")
@access(MODERATE)
def decide(file_id: int, decision: str) -> ResponseReturnValue:
    """Have it checked again, release it or remove it."""
    form = ReasonForm()
    form.refused = decision
    try:
        if not form.validate_on_submit():
            return _staff_page(_file(file_id), form), 422
        form.check_acting()
        virus_check.decide(file_id, decision, actor(), form.reason.data or "")
    except Invalid as error:
        form.add_error(error)
        return _staff_page(_file(file_id), form), 422
    work.changed()
    flash(f"{_(FILE.done(decision))}.", "success")
    return redirect(url_for("files.staff_file", file_id=file_id))


@bp.get("/my/files/<int:file_id>")
@access(SIGNED_IN)
def my_file(file_id: int) -> ResponseReturnValue:
    """Say to whoever sent a file what the virus check found, and what can be done."""
    file = one(select(StoredFile).where(StoredFile.id == file_id, StoredFile.created_by_id == actor().user_id))
    places, events = _places(file, actor()), _events(file, names=False)
    return render_template("files/my_file.html", file=file, places=places, events=events)


def _file(file_id: int) -> StoredFile:
    return one(select(StoredFile).where(StoredFile.id == file_id))


def _staff_page(file: StoredFile, typed: ReasonForm | None) -> str:
    roles = file.roles_of(actor())
    return render_template(
        "files/staff_file.html", file=file, sender=queries.senders([file]).get(file.created_by_id or 0, ""),
        places=_places(file, actor()), events=_events(file, names=True), typed=typed,
        moves=FILE.actions_for(file.state, roles), own=not roles,
        move_url=lambda action: url_for("files.decide", file_id=file.id, decision=action),
        consequences={
            "release": _("Whoever may read the page gets the file again. Your reason stays in its history."),
            "remove": _("Nobody gets the file any more, and its content is deleted from the store later."),
        },
    )


def _places(file: StoredFile, reader: Actor) -> list[dict[str, Any]]:
    """Return the things whose pages show the file; what the reader may not know of is left out."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for attachment in queries.places(file):
        thing = thing_of(attachment)
        if thing is not None:
            declared = subject_of(thing)
            found[declared.kind, thing.id] = {
                "label": _(declared.label), "code": declared.code(thing),
                "title": declared.title(thing, language()), "href": declared.path(thing, reader),
            }
    return list(found.values())


def _events(file: StoredFile, *, names: bool) -> Sequence[dict[str, Any]]:
    """Return the history of the check; who of the staff decided is told to the staff only."""
    rows: Sequence[Event] = db.session.scalars(history(file.subject_kind, file.id).limit(50)).all()
    return [
        {"at": row.at, "label": _(FILE.done(row.action.partition(".")[2])), "reason": row.reason,
         "actor": row.actor_name if names and row.actor_id is not None else "",
         "detail": _finding(str(row.data.get("finding", ""))), "tone": "", "mark": FILE.state(row.to_state).icon}
        for row in rows
    ]


def _finding(text: str) -> str:
    """Return what was found in the reader's language: the name of a signature, or one of our own sentences."""
    return _(text) if text else ""
