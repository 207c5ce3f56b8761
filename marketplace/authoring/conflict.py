"""Two tabs, one winner: what the other person changed since a form was opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from marketplace.authoring.formatting import shown
from marketplace.authoring.kinds import Kind
from marketplace.authoring.steps import Editor, Step
from marketplace.core.events import Event, history
from marketplace.core.extensions import db


@dataclass(frozen=True)
class Conflict:
    """Who saved meanwhile, when, and the fields of this step that changed with their present values."""

    who: str
    at: datetime | None
    fields: list[tuple[str, str, str | Markup | None]]  # name, label, present value
    elsewhere: bool  # something on other steps changed too
    unnamed: bool = False  # the form did not say which version it was opened on, so what differs is listed


def differences(kind: Kind, revision: Any, typed: Mapping[str, Any]) -> Conflict:
    """Return the saved values of the fields in which `typed` differs, for a form that names no version."""
    names = [name for name, value in typed.items() if getattr(revision, name) != value]
    fields = [(name, _(kind.spec(name).label), shown(kind.spec(name), getattr(revision, name))) for name in names]
    return Conflict(who="", at=None, fields=fields, elsewhere=False, unnamed=True)


def conflict(editor: Editor, thing: Any, revision: Any, step: Step, opened_with: int) -> Conflict:
    """Return what was saved since the form was opened with lock `opened_with`.

    Each save raises the lock by one and writes one event, so the missed saves are the last events.
    """
    kind = editor.kind
    missed = max(1, revision.lock - opened_with)
    query = history(kind.name, thing.id).where(Event.action == f"{kind.name}.save").limit(min(missed, 200))
    events = [event for event in db.session.scalars(query) if event.data.get("revision") == revision.number]
    names = {name for event in events for name in event.data.get("fields", [])}
    here = [spec for spec in kind.fields if spec.name in names and spec.step == step.key]
    return Conflict(
        who=(events[0].actor_name or _("name erased")) if events else "",
        at=events[0].at if events else None,
        fields=[(spec.name, _(spec.label), shown(spec, getattr(revision, spec.name))) for spec in here],
        elsewhere=len(names) > len(here),
    )
