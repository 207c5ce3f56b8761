"""Verbs on revisions: create, save, submit, take back, delete, decide, publish. The same for every `Kind`.

Events are recorded on the thing (`listing.submit`, `need.approve` …), so that one history tells the whole story.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from marketplace.authoring.case_holder import may_read_confidential
from marketplace.authoring.completeness import blocking
from marketplace.authoring.diff import only_free
from marketplace.authoring.kinds import PUBLISH, SUBMIT, Kind
from marketplace.authoring.lifecycle import EDITABLE_STATES, OPEN_STATES, REVISION
from marketplace.core.access import Actor
from marketplace.core.codes import hold_counter, next_code
from marketplace.core.errors import IllegalMove, Missing, NotAllowed
from marketplace.core.events import Event, record, transition
from marketplace.core.extensions import db, one
from marketplace.core.lifecycle import advance
from marketplace.core.locks import check_version
from marketplace.core.permissions import EDIT_CONTENT
from marketplace.core.recorded_reading import record_reading
from marketplace.files import actions as files
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.values.text import N_

REPEAT = timedelta(minutes=1)


def create(kind: Kind, actor: Actor, values: Mapping[str, Any] | None = None, *, imported: bool = False) -> Any:
    """Create a thing with its first draft for the organisation the actor acts for; return the revision.

    Unverified organisations may draft. Raises NotAllowed without an organisation or the editor's role.
    """
    if actor.org_id is None or not (actor.may(EDIT_CONTENT) or actor.is_system):
        raise NotAllowed(N_("Act for an organisation in which you may edit."))
    thing = kind.thing(code=next_code(kind.prefix), org_id=actor.org_id, created_by_id=actor.user_id)
    db.session.add(thing)
    db.session.flush()
    revision = kind.revision(number=1, created_by_id=actor.user_id, imported=imported, **{kind.parent: thing})
    for name, value in (values or {}).items():
        setattr(revision, kind.spec(name).name, value)
    db.session.add(revision)
    db.session.flush()
    record(thing, f"{kind.name}.create", actor, data={"code": thing.code, "revision": 1})
    return revision


def begin(kind: Kind, actor: Actor, title: str) -> Any:
    """Return the first draft of a new thing; the same title by the same person within REPEAT is that draft (a double
    click). Raises as `create` does.
    """
    hold_counter(kind.prefix)  # so that two requests at the same moment see each other
    twin = (
        select(kind.revision)
        .join(getattr(kind.revision, kind.parent))
        .where(kind.thing.org_id == actor.org_id, kind.thing.created_by_id == actor.user_id, kind.thing.state == "draft")
        .where(kind.thing.created_at > clock.now() - REPEAT, kind.revision.title == title, kind.revision.state == "draft")
    )
    return db.session.scalars(twin.limit(1)).first() or create(kind, actor, {**kind.known(kind, actor), "title": title})


def open_revision(kind: Kind, thing: Any) -> Any | None:
    """Return the version that is on its way (draft to in review), or None."""
    return next((revision for revision in thing.revisions if revision.state in OPEN_STATES), None)


def start_revision(kind: Kind, thing: Any, actor: Actor) -> Any:
    """Return the open version, or begin a new one from the published text, with its files.

    Raises NotAllowed for others than the owner, IllegalMove when the thing's state does not permit a new version.
    """
    _owner(thing, actor)
    revision = open_revision(kind, thing)
    if revision is not None:
        return revision
    if thing.state not in kind.revisable:
        raise IllegalMove(thing.state, label=kind.lifecycle.label(thing.state))
    source = thing.published_revision or thing.revisions[-1]
    number = max(one.number for one in thing.revisions) + 1
    values = {name: getattr(source, name) for name in kind.names}
    revision = kind.revision(number=number, created_by_id=actor.user_id, **values, **{kind.parent: thing})
    kind.on_start(thing, revision)
    db.session.add(revision)
    db.session.flush()
    files.copy_attachments(source, revision)
    record(thing, f"{kind.name}.start_revision", actor, data={"revision": number})
    return revision


def save(kind: Kind, revision: Any, values: Mapping[str, Any], actor: Actor, lock: int | None) -> list[str]:
    """Save some fields of an editable version; return the names that changed.

    Raises NotAllowed, IllegalMove (it is in review), Stale when `lock` is not the version's present one.
    """
    thing = kind.thing_of(revision)
    _owner(thing, actor)
    if revision.state not in EDITABLE_STATES:
        raise IllegalMove(revision.state, N_("This version is in review and cannot be edited."), label=revision.state)
    check_version(lock, revision.lock)
    changed = [name for name, value in values.items() if getattr(revision, kind.spec(name).name) != value]
    for name in changed:
        setattr(revision, name, values[name])
    if changed:
        revision.saved_at = clock.now()
        revision.imported = False  # from now on it is a person's text: the completeness rules bind it
        db.session.flush()
        record(thing, f"{kind.name}.save", actor, data={"revision": revision.number, "fields": sorted(changed)})
    return changed


def submit(kind: Kind, revision: Any, actor: Actor, due_at: datetime, lock: int | None = None) -> Event | None:
    """Submit a version for review, due at `due_at`; a change of free fields only is published at once.

    Raises NotAllowed when the organisation is not verified, Missing with the fields that stop it, Stale.
    """
    thing = kind.thing_of(revision)
    roles = _owner(thing, actor)
    check_version(lock, revision.lock)
    if not actor.org_verified:
        raise NotAllowed(N_("Your organisation is not verified yet: you may draft, but not publish."))
    missing = blocking(kind, revision, SUBMIT)
    if missing:
        raise Missing(dict.fromkeys(problem.field for problem in missing))
    old = thing.published_revision
    if old is not None and thing.state in kind.live and only_free(kind, old, revision) and files.same(old, revision):
        return _publish_free(kind, thing, revision, actor, roles)
    move = advance(REVISION, revision, "submit", roles)
    # Before the event is flushed: the database refuses a submitted version without its date.
    revision.submitted_at, revision.submitted_by_id, revision.review_due_at = clock.now(), actor.user_id, due_at
    return record(thing, f"{kind.name}.submit", actor, move=move, data={"revision": revision.number})


def _publish_free(kind: Kind, thing: Any, revision: Any, actor: Actor, roles: frozenset[str]) -> Event | None:
    event = _move(kind, thing, revision, "publish_free", actor, roles)
    revision.decided_at = clock.now()
    _replace(kind, thing, revision, actor)
    return event


def owner_move(kind: Kind, revision: Any, action: str, actor: Actor, *, lock: int | None = None) -> Event | None:
    """Take back a submission (`withdraw`) or delete a draft (`delete`); a never published thing goes with its draft."""
    thing = kind.thing_of(revision)
    roles = _owner(thing, actor)
    check_version(lock, revision.lock)
    event = _move(kind, thing, revision, action, actor, roles)
    if action == "delete":
        for attachment in files.attachments(revision):
            files.detach(attachment)  # contents that no other version shows are swept out later
    if action == "delete" and thing.state == "draft":
        transition(thing, kind.lifecycle, "delete", actor, roles)
    return event


def moderate(
    kind: Kind, revision: Any, action: str, actor: Actor, *, reason_code: str = "", reason: str = ""
) -> Event | None:
    """Make one of the moderator's moves: claim, release, request_changes, reject or approve (which publishes).

    Raises NotAllowed for the submitter and for members of the owning organisation, Missing when a publication lacks
    facts, Invalid without a reason where one is needed.
    """
    thing = kind.thing_of(revision)
    if actor.user_id is not None and revision.submitted_by_id == actor.user_id:
        raise NotAllowed(N_("Nobody moderates what they submitted themselves."))
    roles = thing.roles_of(actor)
    if action == "approve" and not revision.imported:
        missing = blocking(kind, revision, PUBLISH)
        if missing:
            raise Missing(dict.fromkeys(problem.field for problem in missing))
    if action == "approve" and not db.session.get_one(Organisation, thing.org_id).verified:
        raise NotAllowed(N_("The organisation is not verified."))
    event = _move(kind, thing, revision, action, actor, roles, reason_code, reason)
    if action in {"approve", "reject", "request_changes"}:
        revision.decided_at = clock.now()
        revision.decision_reason_code, revision.decision_text = reason_code, reason
    if action == "approve":
        _replace(kind, thing, revision, actor, roles)
    db.session.flush()
    return event


def _replace(kind: Kind, thing: Any, revision: Any, actor: Actor, roles: frozenset[str] = frozenset()) -> None:
    """Make `revision` what others read; the thing moves only when it was not live before."""
    old = thing.published_revision
    now = clock.now()
    if old is not None and old is not revision:
        advance(REVISION, old, "supersede", {"system"})
    thing.published_revision = revision
    thing.published_at = thing.published_at or now
    kind.on_publish(thing, revision, actor)
    db.session.flush()
    if thing.state not in kind.live:
        transition(thing, kind.lifecycle, "publish", actor, roles, data={"revision": revision.number})


def _move(
    kind: Kind,
    thing: Any,
    revision: Any,
    action: str,
    actor: Actor,
    roles: frozenset[str],
    reason_code: str = "",
    reason: str = "",
) -> Event | None:
    move = advance(REVISION, revision, action, roles, reason, reason_code=reason_code)
    if move is None:
        return None
    data = {"revision": revision.number}
    return record(thing, f"{kind.name}.{action}", actor, move=move, reason_code=reason_code, reason=reason, data=data)


def _owner(thing: Any, actor: Actor) -> frozenset[str]:
    roles: frozenset[str] = thing.roles_of(actor)
    if "owner" not in roles and "system" not in roles:
        raise NotAllowed
    return roles


def note_confidential_read(kind: Kind, revision: Any, actor: Actor) -> str:
    """Return the confidential details of a version and write down who read them.

    The own organisation may, and the moderator who has the case; raises NotAllowed for everybody else.
    """
    if not may_read_confidential(kind, revision, actor):
        raise NotAllowed
    record_reading(kind.thing_of(revision), f"{kind.name}.confidential_read", actor, {"revision": revision.number})
    return str(revision.confidential_detail)


def locked(kind: Kind, thing_id: int) -> Any:
    """Return a thing with its row locked until the end of the transaction."""
    return one(select(kind.thing).where(kind.thing.id == thing_id), lock=True)


__all__ = [
    "begin", "create", "locked", "moderate", "note_confidential_read", "open_revision", "owner_move", "save",
    "start_revision", "submit",
]
