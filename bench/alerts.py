"""Saved searches against new technologies: `make bench-alerts N=20000 SEARCHES=10000`.

N technologies lie in a scratch SQLite database and a Whoosh index, the searches (one to six words, half with filters, one
in ten with quotes, a minus or an OR) belong to a fifth as many people, half of whom act for an organisation. Printed for
1, 10 and 100 technologies, the newest of the index: seconds and cpu_s of all that the worker does for them, the searches
and people read out of the database and the writing of what was found included; decide_cpu_s is deciding alone. The first
line is of a process that has read none of the texts yet, the second and the last one repeat it. Then the yardstick: a
loop that asks the engine each search in full, measured on a sample of them and scaled, without database and writing; it
is compared with decide_cpu_s, as is TARGET, processor seconds for 1 and for 100 technologies.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from typing import Any

from bench.search_catalogue import Catalogue
from bench.suggest import fill

NEW = (1, 1, 10, 100, 1)
SAMPLE = 400
TARGET = {1: 1.0, 100: 3.0}
#: The facets that `fill` writes.
FILTERS = ("field", "trl", "place", "kind", "form")


class Deciding:
    """`percolate`, its processor time added up."""

    def __init__(self, percolate: Any) -> None:
        self.percolate, self.seconds = percolate, 0.0

    def __call__(self, *args: Any) -> Any:
        busy = time.process_time()
        found = self.percolate(*args)
        self.seconds += time.process_time() - busy
        return found


class Counted:
    """The engine, counting what it is asked."""

    def __init__(self, engine: Any) -> None:
        self.engine, self.queries = engine, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def query(self, query: Any) -> Any:
        self.queries += 1
        return self.engine.query(query)


def main(count: int, searches: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-alerts-") as folder:
        os.environ.update({"DATA_DIR": folder, "EXCHANGE_ENV": "development", "RATE_LIMITS": "0", "DEMO": "0",
                           "SEARCH_URL": "whoosh://", "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"})
        measure(count, searches)


def measure(count: int, searches: int) -> None:
    from flask_migrate import upgrade  # the settings are read when the application is made

    from marketplace import create_app
    from marketplace.browse import indexing
    from marketplace.core.extensions import db

    app = create_app()
    with app.app_context():
        upgrade()
        fill(count)
        indexing.rebuild()
        save(searches)
        engine = app.extensions["search_engine"] = Counted(app.extensions["search_engine"])
        print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
        spent = {new: evaluated(engine, count, searches, new) for new in NEW}
        whole = full_searches(engine, searches)
        for new, seconds in sorted(spent.items()):
            most = TARGET.get(new)
            target = f" (target {most:.1f}: {'met' if seconds <= most else 'MISSED'})" if most else ""
            print(f"new={new}: decide_cpu_s={seconds:.2f}{target}, {whole / seconds:.1f} times faster than the loop")
        db.session.remove()
        db.engine.dispose()


def evaluated(engine: Counted, count: int, searches: int, new: int) -> float:
    """Do what the worker does for the newest technologies; return the processor seconds of deciding."""
    from sqlalchemy import delete

    from marketplace.core.extensions import db
    from marketplace.core.long_work import begin_reading, begin_writing
    from marketplace.saved_searches import matcher
    from marketplace.saved_searches.models import SavedSearchHit

    deciding = matcher.percolate = Deciding(getattr(matcher.percolate, "percolate", matcher.percolate))
    things = [("listing", id_) for id_ in range(count - new + 1, count + 1)]
    engine.queries, begun, busy = 0, time.perf_counter(), time.process_time()
    begin_reading()
    news = matcher.find_new(things)
    matches, longest = 0, 0.0
    for part in news.parts():
        begin_writing()
        locked = time.perf_counter()
        matches += matcher.store(part)
        db.session.commit()
        longest = max(longest, time.perf_counter() - locked)
    now = time.perf_counter()
    seconds, cpu = now - begun, time.process_time() - busy
    print(f"alerts N={count} searches={searches} new={new} seconds={seconds:.2f} cpu_s={cpu:.2f} "
          f"decide_cpu_s={deciding.seconds:.2f} "
          f"engine_queries={engine.queries} matches={matches} longest_write_s={longest:.2f}", flush=True)
    db.session.execute(delete(SavedSearchHit))
    db.session.commit()
    return deciding.seconds


def full_searches(engine: Counted, searches: int) -> float:
    """Ask a sample of the searches in full, as a loop over all of them would; return the processor seconds of all."""
    from sqlalchemy import select

    from marketplace.core.extensions import db
    from marketplace.organisations.actors import people
    from marketplace.saved_searches import engine_query
    from marketplace.saved_searches.models import SavedSearch

    every = db.session.scalars(select(SavedSearch).order_by(SavedSearch.id)).all()
    some = random.Random(5).sample(list(every), min(SAMPLE, searches))
    known = people(one.user_id for one in some)
    asked = [engine_query.exact(one, known[one.user_id].acting_for(one.org_id), engine.engine) for one in some]
    busy = time.process_time()
    for query in asked:
        engine.query(query)
    whole = (time.process_time() - busy) * searches / len(some)
    print(f"loop of full searches: cpu_s={whole:.1f}, scaled from {len(some)} of {searches} searches", flush=True)
    return whole


def save(count: int) -> None:
    """Insert people and their searches, made long before the technologies."""
    from datetime import timedelta

    from sqlalchemy import insert, select

    from marketplace.accounts.models import User
    from marketplace.core.extensions import db
    from marketplace.organisations.models import Membership, Organisation
    from marketplace.saved_searches.models import SavedSearch
    from marketplace.values import clock

    pick, past = random.Random(3), clock.now() - timedelta(days=365)
    orgs = db.session.scalars(select(Organisation.id)).all()
    users = range(1, max(1, count // 5) + 1)
    db.session.execute(insert(User), [
        {"id": one, "email": f"p{one}@example.vn", "name": f"Người {one}", "password": "", "active": True,
         "locale": "vi", "fs_uniquifier": f"bench-{one}"} for one in users
    ])
    db.session.execute(insert(Membership), [
        {"user_id": one, "organisation_id": pick.choice(orgs), "roles": ["editor"], "joined_at": past}
        for one in users if one % 2
    ])
    rows = []
    for number, query in enumerate(Catalogue(2).queries(count)):
        filters = {name: list(values) for name, values in query.filters.items() if name in FILTERS}
        rows.append({"user_id": users[number % len(users)], "name": f"tìm {number}", "kind": "listing",
                     "text": said(query.text, number)[:300], "filters": filters, "created_at": past,
                     "frequency": ("daily", "at_once", "weekly")[number % 3]})
    db.session.execute(insert(SavedSearch), rows)
    db.session.commit()


def said(text: str, number: int) -> str:
    """Return a text, one in ten with signs."""
    words = text.split()
    if number % 10 or len(words) < 3:
        return text
    first, rest = " ".join(words[:2]), " ".join(words[2:])
    return (f'"{first}" {rest}', f"{rest} -{words[0]}", f"{first} OR {rest}")[number // 10 % 3]


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    main(*[*given, 20_000, 10_000][:1], *[*given[1:], 10_000][:1])
