"""Telling people what their searches newly found: at once, or in one digest. Through the SQL rule of visibility.

What was withdrawn since, or may not be seen any more, is left out and forgotten: if it comes back, it is news again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select, update

from marketplace import clock
from marketplace.access import Actor
from marketplace.accounts.models import User
from marketplace.alerts import off_link
from marketplace.alerts.models import AlertHit, SavedSearch
from marketplace.alerts.people import people
from marketplace.browse.rows import Name, names
from marketplace.events import Consumer, Outbox
from marketplace.extensions import db
from marketplace.msgid import N_
from marketplace.notifications.actions import Letter, notify
from marketplace.notifications.reminders import daily_at
from marketplace.notifications.topics import Topic, register_message, register_topic
from marketplace.outbox import Job, enqueue

TOPIC = "saved_search"
DIGESTS = "alerts.digest"
HOUR = 7  # in Vietnam
#: Things named in one mail; the pages have the rest.
NAMED = 50
register_topic(Topic(TOPIC, N_("Saved searches"), N_("New results of the searches you saved, as often as each says."),
                     "bookmark"))
register_message("saved_search.found", N_("“%(name)s” found something new: %(count)s."))
register_message("saved_search.digest", N_("New results of your saved searches: %(count)s."))


@dataclass(frozen=True)
class Group:
    """What one search newly found, in a mail."""

    name: str
    things: Sequence[Name]
    path: str
    off: str


def tell_at_once(search: SavedSearch, actor: Actor) -> None:
    """Tell one person what one search has newly found, in one notification."""
    hits = list(db.session.scalars(_untold().where(AlertHit.saved_search_id == search.id)))
    groups, hits = _groups([(search, hit) for hit in hits], actor)
    _tell(groups, hits, actor, "saved_search.found")


def digest(user_id: int) -> bool:
    """Tell one person everything that is due, each thing once; True when there was something."""
    person = people([user_id]).get(user_id)
    if person is None:
        return False
    rows = select(SavedSearch, AlertHit).join(AlertHit, AlertHit.saved_search_id == SavedSearch.id)
    rows = rows.where(SavedSearch.user_id == user_id, AlertHit.told_at.is_(None), _due())
    rows = rows.order_by(SavedSearch.id, AlertHit.id)
    pairs = [(row[0], row[1]) for row in db.session.execute(rows)]
    searches = {search.id: search for search, _hit in pairs}
    groups: list[Group] = []
    hits: list[AlertHit] = []
    named: set[tuple[str, int]] = set()
    for id_, search in searches.items():
        mine = [(search, hit) for _search, hit in pairs if hit.saved_search_id == id_]
        more, kept = _groups(mine, person.acting_for(search.org_id), named)
        groups, hits = [*groups, *more], [*hits, *kept]
    return _tell(groups, hits, person.actor, "saved_search.digest")


def _groups(
    pairs: Sequence[tuple[SavedSearch, AlertHit]], actor: Actor, named: set[tuple[str, int]] | None = None
) -> tuple[list[Group], list[AlertHit]]:
    """Return what may be shown of one search's hits and is not in `named` yet, and the hits that can be seen."""
    if not pairs:
        return [], []
    search, named = pairs[0][0], set() if named is None else named
    seen = {one.id: one for one in names(search.kind, [hit.thing_id for _search, hit in pairs], actor, actor.locale)}
    gone = [hit.id for _search, hit in pairs if hit.thing_id not in seen]
    if gone:
        db.session.execute(delete(AlertHit).where(AlertHit.id.in_(gone)).execution_options(synchronize_session=False))
    hits = [hit for _search, hit in pairs if hit.thing_id in seen]
    items = [seen[hit.thing_id] for hit in hits if (search.kind, hit.thing_id) not in named]
    named.update((search.kind, one.id) for one in items)
    if hits:
        search.last_run_at = clock.now()
    group = Group(search.name, items, f"/my/searches/{search.id}", off_link.path(search.id, search.user_id))
    return [group] if items else [], hits


def _tell(groups: Sequence[Group], hits: Sequence[AlertHit], actor: Actor, message: str) -> bool:
    """Tell the groups in one notification with its mail, and note the hits as told."""
    if not hits:
        return False
    ids = [hit.id for hit in hits]
    rows = update(AlertHit).where(AlertHit.id.in_(ids)).values(told_at=clock.now())
    db.session.execute(rows.execution_options(synchronize_session=False))
    user = db.session.get_one(User, actor.user_id)
    count = sum(len(group.things) for group in groups)
    notify(
        user, TOPIC, f"saved-search:{max(ids)}", message, {"name": groups[0].name, "count": count},
        groups[0].path if message == "saved_search.found" else "/my/searches",
        letter=Letter("saved_searches", {"groups": _first(groups), "count": count, "more": max(0, count - NAMED)}),
    )
    return True


def _first(groups: Sequence[Group]) -> list[Group]:
    left, shown = NAMED, []
    for group in groups:
        if left:
            shown.append(Group(group.name, group.things[:left], group.path, group.off))
            left -= len(shown[-1].things)
    return shown


def _untold() -> Select[AlertHit]:
    return select(AlertHit).where(AlertHit.told_at.is_(None)).order_by(AlertHit.id)


def _due() -> ColumnElement[bool]:
    """Daily ones whenever the digests are made; weekly ones what was found before this week began, so on Mondays."""
    today = clock.today()
    week = clock.start_of_day(today - timedelta(days=today.weekday()))
    weekly = and_(SavedSearch.frequency == "weekly", AlertHit.found_at < week)
    return or_(SavedSearch.frequency.in_(("daily", "at_once")), weekly)


def begin_digests() -> int:
    """Put one piece of work into the outbox for everybody who has a digest coming; return how many."""
    rows = select(SavedSearch.user_id).join(AlertHit, AlertHit.saved_search_id == SavedSearch.id)
    ids = db.session.scalars(rows.where(AlertHit.told_at.is_(None), _due()).distinct().order_by(SavedSearch.user_id)).all()
    for user_id in ids:
        enqueue(DIGESTS, {"user": user_id})
    return len(ids)


def digests() -> Consumer:
    """Return the outbox consumer that writes digests, each person's in a transaction with others of a batch."""
    return Consumer(DIGESTS, lambda _action: False, _write, batch=20)


def _write(rows: Sequence[Outbox]) -> None:
    for row in rows:
        digest(int(str(row.payload["user"])))


def _begin() -> None:
    begin_digests()


JOB = Job("alerts.digests", _begin, daily_at(HOUR))
