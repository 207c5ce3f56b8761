"""The verbs of an import, for many things at once: create, begin new versions, replace drafts, publish.

They make the same moves by the same tables as `authoring.actions` and note the same events in a ledger, which the caller
records at the end with `bulk_events.record_many`: a handful of statements per batch instead of a dozen per thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm.attributes import set_committed_value

from marketplace.authoring.kinds import Kind
from marketplace.authoring.lifecycle import REVISION
from marketplace.core.access import Actor
from marketplace.core.bulk_events import BulkEvent
from marketplace.core.codes import next_codes
from marketplace.core.errors import Missing
from marketplace.core.extensions import db
from marketplace.core.lifecycle import advance
from marketplace.files import actions as files
from marketplace.values import clock

Values = Mapping[str, Any]
#: By this role towards the thing an import publishes (docs/domain.md §4.2).
IMPORTER = frozenset({"importer"})


def create_many(
    kind: Kind, org_id: int, actor: Actor, rows: Sequence[tuple[str, Values]], ledger: list[BulkEvent]
) -> list[Any]:
    """Create a thing with its first, imported draft for each (external id, values); return the drafts in order."""
    codes = next_codes(kind.prefix, len(rows))
    things = [
        kind.thing(code=code, org_id=org_id, external_id=external_id, created_by_id=actor.user_id)
        for code, (external_id, _values) in zip(codes, rows, strict=True)
    ]
    db.session.add_all(things)
    db.session.flush()
    drafts = [
        kind.revision(number=1, imported=True, created_by_id=actor.user_id, **_known(kind, values), **{kind.parent: thing})
        for thing, (_external_id, values) in zip(things, rows, strict=True)
    ]
    db.session.add_all(drafts)
    db.session.flush()
    for thing in things:
        _nothing_elsewhere(thing)
    ledger.extend(
        BulkEvent(thing, f"{kind.name}.create", actor, data={"code": thing.code, "revision": 1, "imported": True})
        for thing in things
    )
    return drafts


def revise_many(kind: Kind, actor: Actor, rows: Sequence[tuple[Any, Values]], ledger: list[BulkEvent]) -> list[Any]:
    """Begin a new, imported version of each published thing: its present text with `values` over it, and its files."""
    drafts = []
    for thing, values in rows:
        source = thing.published_revision or thing.revisions[-1]
        number = max(one.number for one in thing.revisions) + 1
        copied = {name: getattr(source, name) for name in kind.names}
        draft = kind.revision(number=number, created_by_id=actor.user_id, **copied, **{kind.parent: thing})
        kind.on_start(thing, draft)
        for name, value in _known(kind, values).items():
            setattr(draft, name, value)
        draft.imported = True
        drafts.append((source, draft))
    db.session.add_all(draft for _source, draft in drafts)
    db.session.flush()
    for source, draft in drafts:
        files.copy_attachments(source, draft)
    ledger.extend(
        BulkEvent(kind.thing_of(draft), f"{kind.name}.start_revision", actor,
                  data={"revision": draft.number, "imported": True})
        for _source, draft in drafts
    )
    return [draft for _source, draft in drafts]


def replace_many(kind: Kind, actor: Actor, rows: Sequence[tuple[Any, Values]], ledger: list[BulkEvent]) -> list[Any]:
    """Put `values` into each imported draft; return the drafts."""
    for draft, values in rows:
        changed = sorted(name for name, value in _known(kind, values).items() if getattr(draft, name) != value)
        for name in changed:
            setattr(draft, name, values[name])
        draft.saved_at = clock.now()
        data = {"revision": draft.number, "fields": changed, "imported": True}
        ledger.append(BulkEvent(kind.thing_of(draft), f"{kind.name}.save", actor, data=data))
    db.session.flush()
    return [draft for draft, _values in rows]


def publish_imported_many(kind: Kind, drafts: Sequence[Any], actor: Actor, ledger: list[BulkEvent]) -> None:
    """Publish imported drafts; only a title is needed, nothing is invented. Raises Missing without one."""
    now = clock.now()
    moves = []
    for draft in drafts:
        if not draft.title:
            raise Missing(["title"])
        thing, old = kind.thing_of(draft), kind.thing_of(draft).published_revision
        draft.imported, draft.decided_at = True, now
        moves.append((thing, draft, advance(REVISION, draft, "import_publish", IMPORTER)))
        if old is not None and old is not draft:
            advance(REVISION, old, "supersede", {"system"})
        thing.published_revision = draft
        thing.published_at = thing.published_at or now
        kind.on_publish(thing, draft, actor)
    # The database lets a thing be public only once its published version is written.
    db.session.flush()
    for thing, draft, move in moves:
        data = {"revision": draft.number}
        ledger.append(BulkEvent(thing, f"{kind.name}.import_publish", actor, move, data=data))
        if thing.state == kind.lifecycle.initial:
            shown = advance(kind.lifecycle, thing, "publish", IMPORTER)
            ledger.append(BulkEvent(thing, f"{kind.name}.publish", actor, shown, data=data))


def _known(kind: Kind, values: Values) -> dict[str, Any]:
    """Return the values; raises KeyError for a name that is no field of the kind."""
    unknown = values.keys() - set(kind.names)
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    return dict(values)


def _nothing_elsewhere(thing: Any) -> None:
    """Tell SQLAlchemy that a thing just created has no rows in other tables, so that nobody asks the database for them."""
    state = inspect(thing)
    for relation in state.mapper.relationships:
        if relation.uselist and relation.key in state.unloaded:
            set_committed_value(thing, relation.key, [])
