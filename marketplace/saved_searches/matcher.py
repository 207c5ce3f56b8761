"""What is new in the catalogue against everybody's saved searches: a reader of the events that the index reads.

It re-reads the things, so order and repetition do not matter, and every match is kept once. Hits are what the engine
would show the person now; before anybody is told (`telling`), the SQL rule of visibility is asked as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import select

from marketplace.browse import indexing
from marketplace.browse.indexer import Change, Indexer
from marketplace.core.access import Actor
from marketplace.core.errors import Unreachable
from marketplace.core.events import Event, Outbox
from marketplace.core.extensions import db, insert_into
from marketplace.core.long_work import begin_reading, begin_writing, chain_lengths, changed_since
from marketplace.core.outbox import enqueue, unfinished
from marketplace.organisations.actors import people
from marketplace.saved_searches import engine_query
from marketplace.saved_searches.digest import EVALUATING, schedule_digest
from marketplace.saved_searches.models import SavedSearch, SavedSearchHit
from marketplace.search import Document, Query
from marketplace.search.saved.percolation import percolate
from marketplace.values import clock

CONSUMER = EVALUATING
#: Things evaluated at a time; a change of an organisation may touch a hundred thousand.
SLICE = 500
#: Hits written in one transaction: nobody waits longer for it.
WRITTEN = 2_000
_AT_A_TIME = 500


def handle(rows: Sequence[Outbox]) -> None:
    """Evaluate what the claimed events touched. Raises Unreachable while the index has not taken them in.

    Nobody's writing waits while searches are asked: what is found is written afterwards, in short transactions.
    """
    ids = [row.event_id for row in rows if row.event_id is not None]
    named = [(kind, int(one)) for row in rows for kind, one in row.payload.get("things", [])]
    begin_reading()
    if unfinished(indexing.CONSUMER, ids):
        raise Unreachable
    subjects = db.session.execute(select(Event.subject_kind, Event.subject_id).where(Event.id.in_(ids)).distinct())
    changes = [*indexing.with_dependents((kind, subject) for kind, subject in subjects), *named]
    news = find_new(changes[:SLICE])
    for part in news.parts():
        begin_writing()
        store(part)
        db.session.commit()
    begin_writing()
    for start in range(SLICE, len(changes), SLICE):
        enqueue(CONSUMER, {"things": [list(one) for one in changes[start : start + SLICE]]})


@dataclass(frozen=True)
class MatchBatch:
    """What saved searches newly find, and the state of things from which that was read."""

    found: Mapping[int, Sequence[Change]] = field(default_factory=dict)  # search → things
    seqs: Mapping[Change, int] = field(default_factory=dict)  # thing → its last event

    def parts(self) -> Iterator[MatchBatch]:
        """Yield it in parts that are written quickly."""
        some: dict[int, Sequence[Change]] = {}
        count = 0
        for id_, things in self.found.items():
            some[id_] = things
            count += len(things)
            if count >= WRITTEN:
                yield MatchBatch(some, self.seqs)
                some, count = {}, 0
        if some:
            yield MatchBatch(some, self.seqs)


def find_new(changes: Iterable[Change]) -> MatchBatch:
    """Return what saved searches newly find among the changed things. Only reads."""
    indexer: Indexer = current_app.extensions["indexer"]
    changes = list(changes)
    seqs = chain_lengths(changes)
    documents = indexer.read(changes)[0]
    if not documents:
        return MatchBatch()
    searches, actors = _searches({document.kind for document in documents})
    found = percolate(indexing.engine(), documents, _queries(searches, actors, documents))
    fresh = _new(searches, found, documents)
    return MatchBatch({id_: [(searches[id_].kind, one) for one in things] for id_, things in fresh.items()}, seqs)


def store(news: MatchBatch) -> int:
    """Write what was found, unless it was written already, and have its people told; return the hits.

    A thing that has changed meanwhile is left to the event that tells of it: another worker may have read it later.
    """
    changed = changed_since(news.seqs, {thing for found in news.found.values() for thing in found}, indexing.wants)
    alive, now = _alive(news.found), clock.now()
    left = {id_: [one for one in found if one not in changed] for id_, found in news.found.items() if id_ in alive}
    rows = [
        {"saved_search_id": id_, "kind": kind, "thing_id": one, "found_at": now}
        for id_, found in sorted(left.items()) for kind, one in found
    ]
    if rows:
        db.session.execute(insert_into(SavedSearchHit).on_conflict_do_nothing(), rows)
        told = (alive[id_] for id_, found in left.items() if found)
        schedule_digest({user for user, frequency in told if frequency == "at_once"})
    return len(rows)


def _alive(ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Return person and frequency of those searches that are still there and not turned off; they stay until the end."""
    found: dict[int, tuple[int, str]] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), _AT_A_TIME):
        rows = select(SavedSearch.id, SavedSearch.user_id, SavedSearch.frequency).where(
            SavedSearch.id.in_(wanted[start : start + _AT_A_TIME]), SavedSearch.frequency != "off"
        )
        rows = rows.order_by(SavedSearch.id).with_for_update(read=True, key_share=True)
        found.update((row[0], (row[1], row[2])) for row in db.session.execute(rows))
    return found


def _searches(kinds: set[str]) -> tuple[dict[int, Any], dict[int, Actor]]:
    """Return all searches as plain rows, which are read in half the time, and their people."""
    saved = SavedSearch
    rows = select(saved.id, saved.user_id, saved.org_id, saved.kind, saved.text, saved.filters, saved.created_at)
    rows = rows.where(saved.kind.in_(kinds), saved.frequency != "off")
    searches = {one.id: one for one in db.session.execute(rows)}
    known = people(one.user_id for one in searches.values())
    searches = {id_: one for id_, one in searches.items() if one.user_id in known}
    return searches, {id_: known[one.user_id].acting_for(one.org_id) for id_, one in searches.items()}


def _queries(
    searches: Mapping[int, Any], actors: Mapping[int, Actor], documents: Sequence[Document]
) -> dict[int, Query]:
    """Return the query of each search; those with names of organisations or keywords only if they may find anything."""
    engine = indexing.engine()
    queries: dict[int, Query] = {}
    open_ones: dict[int, Query] = {}
    for id_, search in searches.items():
        query, complete = engine_query.rough(search, actors[id_])
        (queries if complete else open_ones)[id_] = query
    for id_ in percolate(engine, documents, open_ones):
        queries[id_] = engine_query.exact(searches[id_], actors[id_], engine)
    return queries


def _new(
    searches: Mapping[int, Any], found: Mapping[int, Sequence[int]], documents: Sequence[Document]
) -> dict[int, list[int]]:
    """Leave out what a search has found before, and what it found when it was saved."""
    since = {(one.kind, one.id): one.numbers.get(indexing.searched()[one.kind].since, 0.0) for one in documents}
    ids = sorted(found)
    told: set[tuple[int, int]] = set()
    known: dict[int, list[int] | None] = {}
    for start in range(0, len(ids), _AT_A_TIME):
        some = ids[start : start + _AT_A_TIME]
        things = sorted({thing for id_ in some for thing in found[id_]})
        hits = select(SavedSearchHit.saved_search_id, SavedSearchHit.thing_id).where(
            SavedSearchHit.saved_search_id.in_(some), SavedSearchHit.thing_id.in_(things)
        )
        told.update((row[0], row[1]) for row in db.session.execute(hits))
        rows = db.session.execute(select(SavedSearch.id, SavedSearch.known).where(SavedSearch.id.in_(some)))
        known.update((row[0], row[1]) for row in rows)
    fresh = {}
    for id_ in ids:
        search, seen = searches[id_], known.get(id_)
        saved = search.created_at.timestamp()
        left = [
            thing for thing in found[id_]
            if (id_, thing) not in told
            and (since[search.kind, thing] > saved or (seen is not None and thing not in seen))
        ]
        if left:
            fresh[id_] = left
    return fresh
