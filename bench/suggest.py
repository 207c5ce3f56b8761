"""Suggestions while typing: `.venv/bin/python -m bench.suggest [N]` prints p50 and p95 of whole requests.

N listings and N / 20 organisations in a scratch SQLite database and a Whoosh index; people type titles, terms and names
letter by letter, from the second letter on, as visitors and as members. Times are of the whole answer: routing, person,
two or three searches, rows through the visibility rule, JSON; without the network. The share of answers with something
in them is printed too, because an empty answer is quick; cpu_ms is what a machine with nothing else to do would need.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from itertools import islice
from typing import Any

from bench.search_catalogue import Catalogue

REQUESTS = 600


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-suggest-") as folder:
        os.environ.update({"DATA_DIR": folder, "EXCHANGE_ENV": "development", "RATE_LIMITS": "0", "DEMO": "0"})
        measure(count)


def measure(count: int) -> None:
    from flask_migrate import upgrade  # the settings are read when the application is made

    from marketplace import create_app
    from marketplace.browse import indexing
    from tests import factories

    app = create_app()
    with app.app_context():
        upgrade()
        titles = fill(count)
        indexing.rebuild()
        member = factories.user("Người dùng")
        organisation = factories.organisation("Công ty Người Dùng")
        factories.member(member, organisation)
        clients = [factories.client(app), factories.client(app, member, organisation)]
        typed = list(typing(titles))
        times, worked, full = [], [], 0
        for number, text in enumerate(typed):
            begin, used = time.perf_counter(), time.process_time()
            answer = clients[number % 2].get("/search/suggest", query_string={"q": text, "in": "listing"})
            times.append((time.perf_counter() - begin) * 1000)
            worked.append((time.process_time() - used) * 1000)
            full += bool(answer.get_json()["groups"])
        times.sort()
        worked.sort()
        print(
            f"suggest N={count} requests={len(times)} p50_ms={times[len(times) // 2]:.1f} "
            f"p95_ms={times[int(len(times) * 0.95)]:.1f} max_ms={times[-1]:.1f} cpu_p50_ms={worked[len(worked) // 2]:.1f} "
            f"cpu_p95_ms={worked[int(len(worked) * 0.95)]:.1f} answered={full / len(times):.2f}"
        )


def fill(count: int) -> list[str]:
    """Insert listings as rows, published by one statement; return their titles."""
    from sqlalchemy import insert, select, update

    from marketplace.core.extensions import db
    from marketplace.listings.models import Listing, ListingRevision
    from marketplace.values import clock
    from tests import factories

    made, pick, titles = Catalogue(), random.Random(7), []
    owners = [
        factories.organisation(f"Công ty {' '.join(made.prose.pieces(3))} {number}").id
        for number in range(max(1, count // 20))
    ]
    now, documents = clock.now(), made.documents(count)
    while batch := list(islice(documents, 1000)):
        db.session.execute(insert(Listing), [
            {"id": d.id, "code": d.code, "org_id": pick.choice(owners), "state": "draft"} for d in batch
        ])
        db.session.execute(insert(ListingRevision), [
            {
                "id": d.id, "listing_id": d.id, "number": 1, "state": "approved", "lock": 1, "title": d.title,
                "public_summary": d.body[:600], "advantages": d.body[600:], "tags": d.keywords.split(", "),
                "field_code": d.facets["field"][0], "trl": int(d.facets["trl"][0]), "province_code": d.facets["place"][0],
                "object_kinds": list(d.facets["kind"]), "transfer_forms": list(d.facets["form"]),
                "visibility": "public" if "public" in d.audience else "members",
            }
            for d in batch
        ])
        titles += [d.title for d in batch]
    revision, field = (
        select(column).where(ListingRevision.listing_id == Listing.id).scalar_subquery()
        for column in (ListingRevision.id, ListingRevision.field_code)
    )
    db.session.execute(update(Listing).values(
        state="published", published_at=now, published_revision_id=revision, published_field=field,
    ))
    db.session.commit()
    return titles


def typing(titles: list[str]) -> Any:
    """Yield what the box asks while texts are typed, with and without diacritics."""
    from marketplace.values.text import strip_marks

    pick, made = random.Random(11), Catalogue(3)
    total = 0
    while True:
        text = pick.choice([pick.choice(titles), pick.choice(made.prose.terms), pick.choice(made.prose.terms)]).lower()
        text = strip_marks(text) if pick.random() < 0.5 else text
        for stop in range(2, min(len(text), 24), 2):
            yield text[:stop]
            total += 1
            if total >= REQUESTS:
                return


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
