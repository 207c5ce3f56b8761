"""What moderators see beside a listing, need or organisation: where it stands, who has the case, what they may do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select

from marketplace.authoring.lifecycle import DELETED, DRAFT
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.permissions import MODERATE
from marketplace.moderation.actions.sanctions import allowed
from marketplace.moderation.kind import REVIEWED
from marketplace.moderation.models import ModerationCase
from marketplace.moderation.submission import Submission, open_case


def panel(kind: str) -> Callable[[Any, Actor], Markup | None]:
    """Return the panel of one kind for the slot `<kind>.aside`; it costs others than moderators nothing."""

    def show(thing: Any, actor: Actor) -> Markup | None:
        if not actor.may(MODERATE) or thing.state in {DRAFT, DELETED}:
            return None
        subject = _waiting(kind, thing)
        held = open_case(subject) if subject is not None else None
        html = render_template(
            "moderation/_panel.html",
            kind=kind,
            thing=thing,
            subject=subject,
            held=held,
            rows=allowed(kind, thing, actor),
            last=_last_decision(kind, thing),
        )
        return Markup(html)  # noqa: S704 - an autoescaped template

    return show


def _waiting(kind: str, thing: Any) -> Submission | None:
    """Return the submission of this thing that waits for a decision, if there is one."""
    reviewed = REVIEWED[kind]
    if reviewed.versioned is None:
        return Submission(kind, thing, thing) if thing.state in reviewed.waiting else None
    table = reviewed.submitted
    rows = select(table).where(
        getattr(table, f"{reviewed.versioned.parent}_id") == thing.id, table.state.in_(reviewed.waiting)
    )
    revision = db.session.scalars(rows).first()
    return Submission(kind, thing, revision) if revision is not None else None


def _last_decision(kind: str, thing: Any) -> ModerationCase | None:
    subject_id = thing.published_revision_id if REVIEWED[kind].versioned else thing.id
    rows = select(ModerationCase).where(
        ModerationCase.kind == kind, ModerationCase.subject_id == subject_id, ModerationCase.decided_at.is_not(None)
    )
    return db.session.scalars(rows.order_by(ModerationCase.decided_at.desc()).limit(1)).first()
