"""What looks like something that is there already: fingerprints of submitted and published texts, and asking them.

Two faces, one search: a submitter is told of the own organisation's things and of what anybody may read, a moderator of
everything. A thing is filed under its published text, before its first publication under the submitted one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, false, insert, or_, select

from marketplace.authoring.kinds import Kind
from marketplace.authoring.lifecycle import APPROVED_STATES, DELETED, OPEN_STATES, REMOVED, WAITING_STATES
from marketplace.buyer_requests.kind import KIND as NEED
from marketplace.core.access import Actor
from marketplace.core.events import Event, Outbox
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_reading, begin_writing, chain_lengths, changed_since
from marketplace.core.subjects import subject
from marketplace.listings.kind import KIND as LISTING
from marketplace.matching.models import Fingerprint, FingerprintBand
from marketplace.matching.shingles import ALIKE, Signature, bands, likeness, packed, signature, unpacked
from marketplace.values.text import fold

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (LISTING, NEED)}
#: Events after which a thing is filed anew.
FILED = frozenset("submit withdraw publish approve publish_free import_publish reject remove delete".split())
SHOWN = 5
#: Things of the own organisation whose titles are compared, drafts included.
_OWN = 200
#: Candidates that share a band; a phrase that every text of a series has must not read the whole table.
_CANDIDATES = 300


@dataclass(frozen=True)
class Alike:
    """Something that looks the same: the thing, its title as far as the reader may know it, and how alike."""

    thing: Any
    title: str
    percent: int  # of the text
    same_title: bool


def for_submitter(kind: Kind, thing: Any, revision: Any, actor: Actor) -> list[Alike]:
    """Return what of the own organisation, or readable by anybody like this actor, looks like a draft."""
    seen = subject(kind.name).visible_to(actor)
    own = kind.thing.org_id == actor.org_id if actor.org_id is not None else false()
    public = kind.thing.published_revision_id == Fingerprint.revision_id
    found = {one.thing.id: one for one in _alike(kind, thing, revision, or_(own, seen & public))}
    for other, title in _own_titles(kind, thing, actor):
        if fold(title) == fold(revision.title):
            known = found.get(other.id)
            found[other.id] = Alike(other, title, known.percent if known else 0, True)
    return _best(list(found.values()))


def for_moderator(kind: Kind, thing: Any, revision: Any) -> list[Alike]:
    """Return everything on file that looks like a submission."""
    return _best(_alike(kind, thing, revision, kind.thing.state != DELETED))


def _alike(kind: Kind, thing: Any, revision: Any, readable: ColumnElement[bool]) -> list[Alike]:
    """Two statements: the candidates that share a band, then those of them that the reader may know."""
    marks = signature(text_of(kind, revision))
    if marks is None:
        return []
    share = (
        select(Fingerprint.id).distinct()
        .join(FingerprintBand, FingerprintBand.fingerprint_id == Fingerprint.id)
        .where(FingerprintBand.band.in_(bands(marks, revision.title)), Fingerprint.kind == kind.name)
        .where(Fingerprint.thing_id != thing.id).limit(_CANDIDATES)
    )
    rows = (
        select(kind.thing, kind.revision.title, Fingerprint.signature)
        .join(Fingerprint, Fingerprint.thing_id == kind.thing.id)
        .join(kind.revision, kind.revision.id == Fingerprint.revision_id)
        .where(Fingerprint.kind == kind.name, Fingerprint.id.in_(share), kind.thing.state != DELETED, readable)
    )
    made = [_judged(revision, marks, *row) for row in db.session.execute(rows)]
    return [one for one in made if one.same_title or one.percent >= 100 * ALIKE]


def _judged(revision: Any, marks: Signature, thing: Any, title: str, stored: bytes) -> Alike:
    same = bool(title) and fold(title) == fold(revision.title)
    return Alike(thing, title, round(100 * likeness(marks, unpacked(stored))), same)


def _own_titles(kind: Kind, thing: Any, actor: Actor) -> Sequence[tuple[Any, str]]:
    parent = getattr(kind.revision, f"{kind.parent}_id")
    rows = (
        select(kind.thing, kind.revision.title).join(kind.revision, parent == kind.thing.id)
        .where(kind.thing.org_id == (actor.org_id or 0), kind.thing.id != thing.id, kind.thing.state != DELETED)
        .where(kind.revision.state.in_((*OPEN_STATES, *APPROVED_STATES)))
        .order_by(kind.thing.id.desc()).limit(_OWN)
    )
    return [(row[0], row[1]) for row in db.session.execute(rows)] if actor.org_id is not None else []


def _best(found: list[Alike]) -> list[Alike]:
    return sorted(found, key=lambda one: (-one.same_title, -one.percent, one.thing.id))[:SHOWN]


def text_of(kind: Kind, revision: Any) -> str:
    """Return the public prose of a version, whatever its state."""
    names = [spec.name for spec in kind.fields if spec.tier == "public" and spec.shape in {"text", "prose"}]
    return "\n".join(str(getattr(revision, name) or "") for name in names)


# Filing


def wants(action: str) -> bool:
    """True for events after which another text of a thing counts."""
    kind, _, verb = action.partition(".")
    return kind in KINDS and verb in FILED


def handle(rows: Sequence[Outbox]) -> None:
    """File what the claimed events touched; re-reads, so repetition and order do not matter.

    The fingerprints are computed without a lock. A thing that has changed by the time of writing is left to its own event.
    """
    ids = [row.event_id for row in rows]
    begin_reading()
    found = db.session.execute(select(Event.subject_kind, Event.subject_id).where(Event.id.in_(ids)).distinct())
    subjects = sorted((str(kind), int(id_)) for kind, id_ in found)
    before = chain_lengths(subjects)
    made = {(kind, id_): _made(KINDS[kind], id_) for kind, id_ in subjects}
    begin_writing()
    changed = changed_since(before, subjects, wants)
    for one, filing in made.items():
        if one not in changed:
            _file(*one, filing)


@dataclass(frozen=True)
class _Filing:
    """What a thing is filed under: the version, its fingerprint as stored, and its bands."""

    revision_id: int
    signature: bytes
    bands: Sequence[int]


def _made(kind: Kind, thing_id: int) -> _Filing | None:
    """Compute what a thing is filed under; None when it is not on file."""
    thing = db.session.get(kind.thing, thing_id)
    revision = _filed(thing) if thing is not None and thing.state not in {DELETED, REMOVED} else None
    marks = signature(text_of(kind, revision)) if revision is not None else None
    if revision is None or marks is None:
        return None
    return _Filing(revision.id, packed(marks), bands(marks, revision.title))


def _file(kind: str, thing_id: int, filing: _Filing | None) -> None:
    """File a thing anew, or take it out."""
    here = (Fingerprint.kind == kind, Fingerprint.thing_id == thing_id)
    known = select(Fingerprint.id).where(*here)
    db.session.execute(delete(FingerprintBand).where(FingerprintBand.fingerprint_id.in_(known)))
    db.session.execute(delete(Fingerprint).where(*here))
    if filing is None:
        return
    made = Fingerprint(kind=kind, thing_id=thing_id, revision_id=filing.revision_id, signature=filing.signature)
    db.session.add(made)
    db.session.flush()
    rows = [{"fingerprint_id": made.id, "band": band} for band in filing.bands]
    db.session.execute(insert(FingerprintBand), rows)


def _filed(thing: Any) -> Any | None:
    if thing.published_revision is not None:
        return thing.published_revision
    return next((revision for revision in thing.revisions if revision.state in WAITING_STATES), None)
