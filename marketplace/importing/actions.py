"""Bringing mapped rows into the database: recognised again by the owner's identifier, all or nothing.

What is new is committed part by part where nobody sees it (`importing.staging`); the last transaction, which the caller
commits, lets it be seen together with the changes to what was there before. So an error or a killed process leaves nothing
that anybody sees.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import selectinload

from marketplace.authoring import bulk
from marketplace.authoring.actions import open_revision
from marketplace.authoring.kinds import SUBMIT, is_empty
from marketplace.authoring.lifecycle import DELETED, DRAFT
from marketplace.core.access import Actor
from marketplace.core.bulk_events import BulkEvent, record_many
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.extensions import db
from marketplace.importing.import_kinds import TARGETS, Target, holds
from marketplace.importing.mapping import Record, Rejected
from marketplace.importing.result import DUPLICATE, REJECTED, WARNING, Outcome, RowReport
from marketplace.importing.rows import Note
from marketplace.importing.staging import Staging
from marketplace.organisations.models import Organisation
from marketplace.values.text import N_, fold

#: Known records changed at a time, and records of one transaction.
BATCH, PART = 500, 200
Progress = Callable[[int], None]


def _unseen(_done: int) -> None:
    """Nobody watches how far it is."""


@dataclass
class _Batch:
    """What a batch of records asks for."""

    create: list[Record] = field(default_factory=list)
    revise: list[tuple[Any, Record]] = field(default_factory=list)  # thing
    refresh: list[tuple[Any, Record]] = field(default_factory=list)  # imported draft
    publish: list[tuple[Any, Record]] = field(default_factory=list)  # imported draft that only waits for publication

    def of_known(self) -> list[Record]:
        """Return the records of things that were there before."""
        return [record for _row, record in (*self.revise, *self.refresh, *self.publish)]


def check(organisation: Organisation, actor: Actor, *, publish: bool) -> None:
    """Refuse an import that may not be made: publishing needs a verified owner other than one's own organisation.

    Raises Invalid for an unverified owner, NotAllowed for an operator who belongs to it.
    """
    if publish and not organisation.verified:
        raise Invalid("organisation", N_("The organisation is not verified: its records can be imported as drafts only."))
    if publish and organisation.id in actor.org_ids:
        raise NotAllowed(N_("Nobody publishes the records of their own organisation."))


def run(
    target: Target,
    records: Iterable[Record | Rejected],
    organisation: Organisation,
    actor: Actor,
    staging: Staging,
    *,
    publish: bool = False,
    progress: Progress = _unseen,
) -> Outcome:
    """Create, update or leave alone one thing per record, and return what came of it. The caller commits the last part.

    A record is the same thing as before when the owner and the identifier are the same; without an identifier, when the
    title is. Raises Ended when the run was cancelled meanwhile.
    """
    check(organisation, actor, publish=publish)
    started, outcome = time.monotonic(), Outcome()
    into = _Into(target, organisation, replace(actor, org_id=organisation.id), outcome, publish)
    fresh = _without_repeats(records, outcome)
    later: list[Record] = []
    while batch := list(islice(fresh, PART)):
        later += _stage(into, staging, batch)
        progress(outcome.read)
    _publish(into, staging, later)
    outcome.seconds = time.monotonic() - started
    return outcome


def try_out(
    target: Target,
    records: Iterable[Record | Rejected],
    organisation: Organisation,
    actor: Actor,
    *,
    publish: bool = False,
    progress: Progress = _unseen,
) -> Outcome:
    """Return what `run` would make of the records; nothing is written."""
    check(organisation, actor, publish=publish)
    started, outcome = time.monotonic(), Outcome()
    into = _Into(target, organisation, actor, outcome, publish)
    fresh = _without_repeats(records, outcome)
    while batch := list(islice(fresh, BATCH)):
        changed = _count(into, _sort(into, batch))
        outcome.expired += sum(target.is_over(record.values) for record in changed) if publish else 0
        progress(outcome.read)
    outcome.seconds = time.monotonic() - started
    return outcome


@dataclass(frozen=True)
class _Into:
    """What all batches of one import share."""

    target: Target
    organisation: Organisation
    actor: Actor
    outcome: Outcome
    publish: bool


def _stage(into: _Into, staging: Staging, batch: list[Record]) -> list[Record]:
    """Write what is new where nobody sees it; return the records of things that are there already, for the end."""
    with staging.part():
        wanted = _sort(into, batch)
        new = _Batch(create=wanted.create)
        _count(into, new)
        staging.store(*_write(into, new))
    return wanted.of_known()


def _publish(into: _Into, staging: Staging, later: list[Record]) -> None:
    """Change what was there before, as it is now, and let everything be seen."""
    staging.begin_last()
    for start in range(0, len(later), BATCH):
        wanted = _sort(into, later[start : start + BATCH])
        _count(into, wanted)
        record_many(_write(into, wanted)[1])
    staging.publish()


def _without_repeats(records: Iterable[Record | Rejected], outcome: Outcome) -> Iterator[Record]:
    """Pass on each record once, with an identifier; tell of rejected rows, repeats and warnings."""
    seen: dict[str, tuple[int, str]] = {}
    titles: dict[str, int] = {}
    for record in records:
        outcome.read += 1
        if isinstance(record, Rejected):
            outcome.add(RowReport(REJECTED, record.line, record.external_id, record.title, record.note, record.raw))
            continue
        told_apart = record.values if record.external_id else [record.values, record.cells]
        digest = hashlib.sha256(json.dumps(told_apart, sort_keys=True, default=str).encode()).hexdigest()
        key = record.external_id or _title_key(record, digest, seen, titles)
        if key in seen:
            line, known = seen[key]
            level, code = (DUPLICATE, "repeated_row") if known == digest else (REJECTED, "repeated_id")
            note = Note(code, {"id": record.external_id, "line": line})
            outcome.add(RowReport(level, record.line, record.external_id, record.title, note, record.values))
            continue
        seen[key] = (record.line, digest)
        for note in record.notes:
            outcome.add(RowReport(WARNING, record.line, record.external_id, record.title, note))
        yield replace(record, external_id=key)


def _title_key(record: Record, digest: str, seen: dict[str, tuple[int, str]], titles: dict[str, int]) -> str:
    """Return the identifier of a record that has none: its title, numbered when others have the same title."""
    base = "title:" + hashlib.sha256(fold(record.title).encode()).hexdigest()[:24]
    for number in range(1, titles.get(base, 0) + 1):
        known = base if number == 1 else f"{base}:{number}"
        if seen.get(known, (0, ""))[1] == digest:
            return known  # the very same row again
    titles[base] = titles.get(base, 0) + 1
    return base if titles[base] == 1 else f"{base}:{titles[base]}"


def _sort(into: _Into, batch: list[Record]) -> _Batch:
    """Decide for each record what it asks for, from what stands in the database."""
    kind, wanted = into.target.kind, _Batch()
    names = [record.external_id for record in batch]
    found = (
        select(kind.thing)
        .where(kind.thing.org_id == into.organisation.id)
        .where(or_(kind.thing.external_id.in_(names), and_(kind.thing.code.in_(names), kind.thing.state != DELETED)))
        .options(selectinload(kind.thing.revisions))
        .order_by(kind.thing.id).with_for_update()
        .execution_options(populate_existing=True)
    )
    things = list(db.session.scalars(found))
    known, coded = {thing.external_id: thing for thing in things}, {thing.code: thing for thing in things}
    for record in batch:
        thing = known.get(record.external_id)
        if thing is not None:
            _sort_known(into, thing, record, wanted)
        elif record.external_id in coded:
            _sort_downloaded(into, coded[record.external_id], record)
        else:
            wanted.create.append(record)
    return wanted


def _sort_downloaded(into: _Into, thing: Any, record: Record) -> None:
    """Leave alone a thing that the record names by its code here: a downloaded list holds a part of its fields only."""
    if any(holds(into.target.kind, revision, record.values) for revision in thing.revisions):
        into.outcome.unchanged += 1
    else:
        _reject(into.outcome, record, Note("known_otherwise", {"code": thing.code}))


def _sort_known(into: _Into, thing: Any, record: Record, wanted: _Batch) -> None:
    target, outcome = into.target, into.outcome
    present = open_revision(target.kind, thing)
    imported = [revision for revision in thing.revisions if revision.imported and revision.state != DELETED]
    last = present if present is not None and present.imported else (imported[-1] if imported else None)
    same = last is not None and all(_same(getattr(last, name), value) for name, value in record.values.items())
    if thing.state not in target.open_states:
        if same:
            outcome.unchanged += 1
            return
        label = target.kind.lifecycle.label(thing.state)
        _reject(outcome, record, Note("wrong_state", {"code": thing.code, "state": label}))
    elif same and (present is None or present is not last):
        outcome.unchanged += 1
    elif present is not None and not (present.imported and present.state == DRAFT):
        _reject(outcome, record, Note("being_edited", {"code": thing.code, "number": present.number}))
    elif present is None and thing.published_revision is not None and not thing.published_revision.imported:
        number = thing.published_revision.number
        _reject(outcome, record, Note("edited_since", {"code": thing.code, "number": number}))
    elif present is None:
        wanted.revise.append((thing, record))
    elif same:
        outcome.unchanged += 1
        if into.publish:
            wanted.publish.append((present, record))
    else:
        wanted.refresh.append((present, record))


def _same(one: Any, other: Any) -> bool:
    return one == other or (is_empty(one) and is_empty(other))


def _reject(outcome: Outcome, record: Record, note: Note) -> None:
    outcome.add(RowReport(REJECTED, record.line, record.external_id, record.title, note, record.values))


def _count(into: _Into, wanted: _Batch) -> list[Record]:
    """Count what is asked for, and what the records lack for submission; return those that create or change something."""
    outcome = into.outcome
    changed = [*wanted.create, *(record for _thing, record in wanted.revise + wanted.refresh)]
    outcome.created += len(wanted.create)
    outcome.updated += len(wanted.revise) + len(wanted.refresh)
    outcome.published += len(changed) + len(wanted.publish) if into.publish else 0
    outcome.drafts += 0 if into.publish else len(changed)
    outcome.missing.update(name for record in changed for name in lacking(into.target, record))
    return changed


def _write(into: _Into, wanted: _Batch) -> tuple[list[Any], list[BulkEvent]]:
    """Do what is asked for; return the drafts written and the events to be recorded."""
    target, organisation, actor = into.target, into.organisation, into.actor
    kind = target.kind
    ledger: list[BulkEvent] = []
    drafts: list[Any] = [draft for draft, _record in wanted.publish]
    if wanted.create:
        rows = [(record.external_id, record.values) for record in wanted.create]
        drafts += bulk.create_many(kind, organisation.id, actor, rows, ledger)
    if wanted.revise:
        drafts += bulk.revise_many(kind, actor, [(thing, record.values) for thing, record in wanted.revise], ledger)
    if wanted.refresh:
        drafts += bulk.replace_many(kind, actor, [(draft, record.values) for draft, record in wanted.refresh], ledger)
    if into.publish and drafts:
        bulk.publish_imported_many(kind, drafts, actor, ledger)
        into.outcome.expired += target.after_publish([kind.thing_of(draft) for draft in drafts], ledger)
    return drafts, ledger


def lacking(target: Target, record: Record) -> list[str]:
    """Return the fields that a record lacks for submission by the rules that bind people."""
    return [name for name in _needed(target.name) if is_empty(record.values.get(name))]


@cache
def _needed(name: str) -> tuple[str, ...]:
    """Fields that must be stated for submission and that a new version does not have from the start."""
    kind = TARGETS[name].kind
    defaults = {column.key: column.default for column in kind.revision.__table__.columns}
    begun = {key for key, default in defaults.items() if default is not None and default.is_scalar and default.arg}
    return tuple(spec.name for spec in kind.fields if spec.needed == SUBMIT and spec.name not in begun)
