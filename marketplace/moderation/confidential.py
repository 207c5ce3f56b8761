"""Who of the staff reads confidential parts: the moderator who has the open case, nobody else; each reading logged."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from marketplace.access import Actor
from marketplace.events import record
from marketplace.extensions import db
from marketplace.files.models import Attachment
from marketplace.moderation.models import ModerationCase
from marketplace.moderation.subjects import VERSIONED, WAITING, Subject

TIERS = ("public", "members")
ALL_TIERS = ("public", "members", "confidential", "staff")


def holds_open_case(kind: Any, thing: Any, actor: Actor) -> bool:
    """Tell whether the actor has the open case of this thing (or of one of its versions). One statement."""
    name = kind if isinstance(kind, str) else str(kind.name)
    if actor.user_id is None or not actor.is_staff("moderator", "admin"):
        return False
    own = thing.id if name == "organisation" else thing.org_id
    if own in actor.org_ids:
        return False
    rows = select(ModerationCase.id).where(
        ModerationCase.kind == name,
        ModerationCase.claimed_by_id == actor.user_id,
        ModerationCase.released_at.is_(None),
        ModerationCase.decided_at.is_(None),
    )
    if name == "organisation":
        rows = rows.where(ModerationCase.subject_id == thing.id)
    else:
        revision = VERSIONED[name].revision
        rows = rows.join(revision, revision.id == ModerationCase.subject_id)
        rows = rows.where(getattr(revision, f"{VERSIONED[name].parent}_id") == thing.id, revision.state.in_(WAITING[name]))
    return db.session.scalar(rows.limit(1)) is not None


def readable_tiers(subject: Subject, case: ModerationCase | None, actor: Actor) -> tuple[str, ...]:
    """Return the tiers this moderator reads on the case page."""
    mine = case is not None and case.claimed_by_id == actor.user_id
    return ALL_TIERS if mine else TIERS


def log_reading(subject: Subject, files: list[Attachment], actor: Actor) -> bool:
    """Record that the confidential part was shown; False when the submission has none."""
    if subject.kind == "organisation":
        return False
    fields = [spec.name for spec in VERSIONED[subject.kind].fields if spec.tier == "confidential"]
    stated = [name for name in fields if getattr(subject.revision, name)]
    if not stated and not any(one.tier == "confidential" for one in files):
        return False
    data = {"revision": subject.revision.number, "fields": stated, "case": True}
    record(subject.thing, f"{subject.kind}.confidential_read", actor, data=data)
    return True
