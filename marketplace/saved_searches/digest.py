"""Telling people what their searches newly found: one digest per person, and each thing once, whatever searches find it.

"At once" is a digest too: of what has come together about a minute after the first of it, or, while an import is still
being looked at, as soon as that is done. Through the SQL rule of visibility: what was withdrawn since, or may not be
seen any more, is left out and forgotten; if it comes back, it is news again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from marketplace.accounts.models import User
from marketplace.accounts.queries import hold_person
from marketplace.browse.rows import Name, names
from marketplace.core.access import Actor
from marketplace.core.events import Outbox
from marketplace.core.extensions import db
from marketplace.core.outbox import enqueue, enqueue_once
from marketplace.notifications.consumers import tell_of
from marketplace.notifications.occasions import Occasion, Person
from marketplace.organisations.actors import people
from marketplace.saved_searches import unsubscribe_link
from marketplace.saved_searches.models import FORGOTTEN, SavedSearch, SavedSearchHit
from marketplace.saved_searches.notifications import DIGEST, FOUND
from marketplace.values import clock

DIGESTS = "alerts.digest"
#: The consumer whose work ends with what is told here (`evaluating`).
EVALUATING = "alerts"
HOUR = 7  # in Vietnam
#: How long what a person wants to hear of at once is collected, and how long at most while more is being looked at.
COLLECTED, LONGEST = timedelta(minutes=1), timedelta(minutes=15)
#: Things named in one mail; the pages have the rest.
NAMED = 50
_AT_A_TIME = 500


@dataclass(frozen=True)
class Group:
    """What one search newly found, in a mail."""

    name: str
    things: Sequence[Name]
    path: str
    off: str
    search_id: int = 0


def schedule_digest(user_ids: Iterable[int], **payload: object) -> None:
    """Schedule one digest per person a minute from now, so that matches that arrive together go out in one mail."""
    minute = int(clock.now().timestamp() // COLLECTED.total_seconds())
    rows = {f"{DIGESTS}:{one}:{minute}": {"user": one, "only": "at_once", **payload} for one in set(user_ids)}
    enqueue_once(DIGESTS, rows, clock.now() + COLLECTED)


def write_digest(user_id: int, *, at_once: int | None = None) -> bool:
    """Tell one person everything that is due, each thing once; True when there was something.

    `at_once`, the row of work for it, leaves out the searches that wait for their day. The person's row is held: two
    workers tell them in turn.
    """
    hold_person(user_id)
    person = people([user_id]).get(user_id)
    if person is None:
        return False
    rows = select(SavedSearch, SavedSearchHit).join(SavedSearchHit, SavedSearchHit.saved_search_id == SavedSearch.id)
    due = _due() if at_once is None else SavedSearch.frequency == "at_once"
    rows = rows.where(SavedSearch.user_id == user_id, SavedSearchHit.told_at.is_(None), due)
    rows = rows.order_by(SavedSearch.id, SavedSearchHit.id)
    pairs = [(row[0], row[1]) for row in db.session.execute(rows)]
    if at_once is not None and pairs and _more_to_come(pairs, at_once):
        schedule_digest([user_id], since=at_once)
        return False
    searches = {search.id: search for search, _hit in pairs}
    groups: list[Group] = []
    hits: list[SavedSearchHit] = []
    named = _told_before(user_id, pairs)
    for id_, search in searches.items():
        mine = [(search, hit) for _search, hit in pairs if hit.saved_search_id == id_]
        more, kept = _groups(mine, person.acting_for(search.org_id), named)
        groups, hits = [*groups, *more], [*hits, *kept]
    return _tell(groups, hits, person.actor, DIGEST if at_once is None else FOUND)


def _more_to_come(pairs: Sequence[tuple[SavedSearch, SavedSearchHit]], row_id: int) -> bool:
    """Whether what came with the first of it (an import) is still being looked at, and nobody has waited too long."""
    if min(hit.found_at for _search, hit in pairs) < clock.now() - LONGEST:
        return False
    rows = select(Outbox.id).where(
        Outbox.consumer == EVALUATING, Outbox.id < row_id, Outbox.done_at.is_(None), Outbox.parked_at.is_(None),
        Outbox.attempts == 0,
    )
    return db.session.scalar(rows.limit(1)) is not None


def _told_before(user_id: int, pairs: Sequence[tuple[SavedSearch, SavedSearchHit]]) -> set[tuple[str, int]]:
    """Return which of the things the person was told of already, whichever of their searches had found them."""
    found: set[tuple[str, int]] = set()
    ids = sorted({hit.thing_id for _search, hit in pairs})
    for start in range(0, len(ids), _AT_A_TIME):
        rows = select(SavedSearchHit.kind, SavedSearchHit.thing_id)
        rows = rows.join(SavedSearch, SavedSearchHit.saved_search_id == SavedSearch.id)
        rows = rows.where(
            SavedSearch.user_id == user_id, SavedSearchHit.thing_id.in_(ids[start : start + _AT_A_TIME]),
            SavedSearchHit.told_at > FORGOTTEN,
        )
        found.update((row[0], row[1]) for row in db.session.execute(rows.distinct()))
    return found


def _groups(
    pairs: Sequence[tuple[SavedSearch, SavedSearchHit]], actor: Actor, named: set[tuple[str, int]]
) -> tuple[list[Group], list[SavedSearchHit]]:
    """Return what may be shown of one search's hits and is not in `named` yet, and the hits that can be seen."""
    search = pairs[0][0]
    seen = {one.id: one for one in names(search.kind, [hit.thing_id for _search, hit in pairs], actor, actor.locale)}
    gone = [hit.id for _search, hit in pairs if hit.thing_id not in seen]
    if gone:
        for start in range(0, len(gone), _AT_A_TIME):
            rows = delete(SavedSearchHit).where(SavedSearchHit.id.in_(gone[start : start + _AT_A_TIME]))
            db.session.execute(rows.execution_options(synchronize_session=False))
    hits = [hit for _search, hit in pairs if hit.thing_id in seen]
    items = [seen[hit.thing_id] for hit in hits if (search.kind, hit.thing_id) not in named]
    named.update((search.kind, one.id) for one in items)
    if hits:
        search.last_run_at = clock.now()
    off = unsubscribe_link.path(search.id, search.user_id)
    group = Group(search.name, items, f"/my/searches/{search.id}", off, search.id)
    return [group] if items else [], hits


def _tell(groups: Sequence[Group], hits: Sequence[SavedSearchHit], actor: Actor, message: str) -> bool:
    """Tell the groups in one notification with its mail, and note the hits as told; known ones need no telling."""
    ids = [hit.id for hit in hits]
    for start in range(0, len(ids), _AT_A_TIME):
        rows = update(SavedSearchHit).where(SavedSearchHit.id.in_(ids[start : start + _AT_A_TIME]))
        rows = rows.values(told_at=clock.now())
        db.session.execute(rows.execution_options(synchronize_session=False))
    if not groups:
        return False
    if len(groups) > 1:
        message = DIGEST
    user = db.session.get_one(User, actor.user_id)
    count = sum(len(group.things) for group in groups)
    tell_of(message, Occasion(
        db.session.get_one(SavedSearch, groups[0].search_id), key=f"saved-search:{max(ids)}",
        persons={"person": [Person(user)]}, params={"name": groups[0].name, "count": count},
        extra={"groups": _first(groups), "count": count, "more": max(0, count - NAMED)},
    ))
    return True


def _first(groups: Sequence[Group]) -> list[Group]:
    left, shown = NAMED, []
    for group in groups:
        if left:
            shown.append(Group(group.name, group.things[:left], group.path, group.off))
            left -= len(shown[-1].things)
    return shown


def _due() -> ColumnElement[bool]:
    """Daily ones whenever the digests are made; weekly ones what was found before this week began, so on Mondays."""
    today = clock.today()
    week = clock.start_of_day(today - timedelta(days=today.weekday()))
    weekly = and_(SavedSearch.frequency == "weekly", SavedSearchHit.found_at < week)
    return or_(SavedSearch.frequency.in_(("daily", "at_once")), weekly)


def begin_digests() -> int:
    """Put one piece of work into the outbox for everybody who has a digest coming; return how many."""
    rows = select(SavedSearch.user_id).join(SavedSearchHit, SavedSearchHit.saved_search_id == SavedSearch.id)
    rows = rows.where(SavedSearchHit.told_at.is_(None), _due()).distinct().order_by(SavedSearch.user_id)
    ids = db.session.scalars(rows).all()
    for user_id in ids:
        enqueue(DIGESTS, {"user": user_id})
    return len(ids)
