"""Keeping the search index in step: the outbox consumer, and the rebuild of everything."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import cast

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from marketplace.browse.indexer import Change, Indexer
from marketplace.core.config import Settings
from marketplace.core.errors import Unreachable
from marketplace.core.events import Event, Outbox
from marketplace.core.extensions import db, write_intent
from marketplace.core.long_work import begin_reading
from marketplace.core.readings import being_noted, cannot_be_kept, rests_on
from marketplace.core.subjects import SUBJECTS, Searched
from marketplace.organisations.models import Organisation
from marketplace.search import SearchEngine
from marketplace.search.engines import create_engine
from marketplace.values import clock

CONSUMER = "search"
#: A rebuild re-reads what changed from this long before its start: an event is stamped when it is recorded, and its
#: transaction (an import of thousands) may commit minutes later.
OVERLAP = timedelta(minutes=15)
#: How often the worker looks whether there is an index.
CHECKED_EVERY = timedelta(minutes=1)


def engine() -> SearchEngine:
    """Return the site's search engine; what is made with its answers rests on the index as it is now."""
    found = cast(SearchEngine, current_app.extensions["search_engine"])
    if being_noted():
        _rest_on(found)
    return found


def _rest_on(found: SearchEngine) -> None:
    try:
        version = found.version()
    except Unreachable:
        version = None
    if version is None:
        cannot_be_kept()
    else:
        rests_on(partial(_is_at, found, version))


def _is_at(found: SearchEngine, version: object) -> bool:
    try:
        return current_app.extensions["search_engine"] is found and found.version() == version
    except Unreachable:
        return False


def searched() -> dict[str, Searched]:
    """Return how each kind of thing that is searched gets into the index."""
    return {kind: one.searched for kind, one in SUBJECTS.items() if one.searched is not None}


def setup(app: Flask, settings: Settings) -> None:
    """Create the engine and the indexer of this application."""
    made = create_engine(settings.search_url, settings.data_dir / "index")
    app.extensions["search_engine"] = made
    app.extensions["indexer"] = Indexer(
        made,
        {kind: one.documents for kind, one in searched().items()},
        {kind: one.all_ids for kind, one in searched().items()},
        shared=settings.search_url.startswith("opensearch"),
        fingerprint=fingerprint(),
    )


def fingerprint() -> str:
    """Return what the documents are made from; an index made from anything else is older and is rebuilt."""
    parts = " ".join(searched()[kind].fingerprint() for kind in sorted(searched()))
    return hashlib.sha256(parts.encode()).hexdigest()


def wants(action: str) -> bool:
    """True for events after which a document may look different."""
    kind, _, verb = action.partition(".")
    found = searched().get(kind)
    return found is not None and verb not in found.silent


def handle(rows: Sequence[Outbox]) -> None:
    """Bring what the claimed events touched up to date; re-reads rows, so order and repetition do not matter.

    Nothing is written to the database, so nobody waits for SQLite's lock while the index is written.
    """
    ids = [row.event_id for row in rows]
    begin_reading()
    subjects = db.session.execute(select(Event.subject_kind, Event.subject_id).where(Event.id.in_(ids)).distinct())
    indexer: Indexer = current_app.extensions["indexer"]
    indexer.apply(with_dependents((kind, subject) for kind, subject in subjects))


def with_dependents(changes: Iterable[Change]) -> list[Change]:
    """Add what an organisation's change shows through: its listings and needs carry its name and its state."""
    found = dict.fromkeys(changes)
    for owner in [id_ for kind, id_ in found if kind in SUBJECTS and SUBJECTS[kind].model is Organisation]:
        for kind, one in searched().items():
            if one.of_organisation is not None:
                found.update(dict.fromkeys((kind, id_) for id_ in one.of_organisation(owner)))
    return list(found)


@dataclass(frozen=True)
class Marker:
    """A moment, and the recent events that could be read then: what they did, later reads of rows show."""

    at: datetime
    known: frozenset[int]


def changes_since(marker: Marker | None) -> tuple[list[Change], Marker]:
    """Return what committed since `marker` and the next marker.

    An event is stamped when it is recorded and may be committed minutes later, so those stamped up to OVERLAP before the
    marker count too, unless they were known then.
    """
    now = clock.now()
    db.session.rollback()  # a new snapshot
    since = marker.at if marker else now
    rows = db.session.execute(
        select(Event.id, Event.at, Event.subject_kind, Event.subject_id)
        .where(Event.at >= since - OVERLAP, Event.subject_kind.in_(searched()))
    ).all()
    later = Marker(now, frozenset(row.id for row in rows if row.at >= now - OVERLAP))
    if marker is None:
        return [], later
    return with_dependents((row.subject_kind, row.subject_id) for row in rows if row.id not in marker.known), later


def rebuild(progress: Callable[[int, int], None] | None = None) -> int:
    """Index everything anew while site and worker go on; return the number of documents."""
    write_intent.set(False)
    indexer: Indexer = current_app.extensions["indexer"]
    return indexer.rebuild(progress, changes_since)


def ensure_built() -> None:
    """Rebuild when there is no usable index: a new folder, an older format, torn files, a cluster that lost its data."""
    if not engine().is_built():
        rebuild()


def check() -> None:
    """Look whether the index is there and made from the declared fields, as a job; rebuild it when not.

    A cluster may answer again with nothing in it. An index made from other fields goes on serving until the new one is
    whole.
    """
    indexer: Indexer = current_app.extensions["indexer"]
    try:
        if not indexer.is_current():
            rebuild()
    finally:
        db.session.rollback()
        write_intent.set(True)


@click.command("reindex")
@with_appcontext
def reindex() -> None:
    """Rebuild the search index, showing how far it is; the site and the worker go on meanwhile."""
    with click.progressbar(length=1, label="Indexing", show_pos=True) as bar:
        tenths = 0

        def progress(done: int, total: int) -> None:
            nonlocal tenths
            bar.length = max(total, 1)
            bar.update(done - bar.pos)
            if not sys.stdout.isatty() and done * 10 // max(total, 1) > tenths:  # a log shows no bar
                tenths = done * 10 // max(total, 1)
                click.echo(f"{done} of {total} rows read")

        count = rebuild(progress)
    click.echo(f"{count} documents indexed")
