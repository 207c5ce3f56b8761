"""Who has the case of a version in review, read from its history: the last one who took it."""

from __future__ import annotations

from typing import Any

from marketplace.authoring.kinds import Kind
from marketplace.core.access import Actor
from marketplace.core.events import Event, history
from marketplace.core.extensions import db


def holds_case(kind: Kind, revision: Any, actor: Actor) -> bool:
    """True while `revision` is in review and `actor`, a moderator of another organisation, is the one who took it."""
    thing = kind.thing_of(revision)
    if revision.state != "in_review" or actor.user_id is None or "moderator" not in thing.roles_of(actor):
        return False
    taking = (f"{kind.name}.claim", f"{kind.name}.take_over")
    last = db.session.scalars(history(kind.name, thing.id).where(Event.action.in_(taking)).limit(1)).first()
    return last is not None and last.actor_id == actor.user_id


def may_read_confidential(kind: Kind, revision: Any, actor: Actor) -> bool:
    """The confidential tier opens to the organisation acted for, if it owns the thing, and to who has the case."""
    return "colleague" in kind.thing_of(revision).roles_of(actor) or holds_case(kind, revision, actor)
