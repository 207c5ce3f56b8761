"""Speed of matching: `.venv/bin/python -m bench.match [N ...]` (default 10000 100000), or `make bench-match`.

For each N: a scratch installation with N generated technologies and 2,000 needs, rows and index written in bulk; then
new needs and new technologies one by one (indexing apart, database and writing of the matches included), then one full
pass over everything. Target: one new need within 300 ms.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice, pairwise
from typing import Any

from bench.search_catalogue import Catalogue
from marketplace.search import Document

NEEDS, NEW, OWNERS = 2_000, 40, 50
FORMS = ("buy", "licence", "joint_rd", "pilot", "invest")
BATCH = 2_000


def main(sizes: list[int]) -> int:
    passes = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-match-") as folder:
            os.environ.update({"DATA_DIR": folder, "EXCHANGE_ENV": "development", "RATE_LIMITS": "0", "DEMO": "0",
                               "SEARCH_URL": "whoosh://", "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"})
            passes[size] = measure(size)
    for small, large in pairwise(sizes):
        print(f"full pass, processor time, from N={small} to N={large}: {passes[large] / passes[small]:.1f} times "
              f"({large / small:.0f} times the technologies)")
    return 0


def measure(size: int) -> float:
    """Print the lines of one size; return the processor seconds of the full pass."""
    from flask_migrate import upgrade  # the settings are read when the application is made

    from marketplace import create_app
    from marketplace.core.extensions import db, write_intent
    from marketplace.matching.incremental import refresh_listing, refresh_need

    app = create_app()
    with app.app_context():
        upgrade()
        write_intent.set(True)
        begun = time.perf_counter()
        stock = Stock(size)
        stock.fill(size, NEEDS)
        print(f"N={size}: rows and index of {size} technologies and {NEEDS} needs in {time.perf_counter() - begun:.0f} s",
              flush=True)
        one_by_one("need", size, stock.new_needs(NEW), refresh_need)
        one_by_one("technology", size, stock.new_listings(NEW), refresh_listing)
        seconds = full_pass(size)
        db.session.remove()
        db.engine.dispose()
    return seconds


def one_by_one(what: str, size: int, ids: list[int], refresh: Callable[[int], Any]) -> None:
    """Match new things one after the other; the first one meets a cold process."""
    from marketplace.core.extensions import db

    times, processor, pairs, queries = [], [], 0, 0
    for id_ in ids:
        begun, worked = time.perf_counter(), time.process_time()
        work = refresh(id_)
        db.session.commit()
        db.session.remove()
        times.append((time.perf_counter() - begun) * 1000)
        processor.append((time.process_time() - worked) * 1000)
        pairs, queries = pairs + work.pairs, queries + work.queries
    ordered, busy = sorted(times[1:]), sorted(processor[1:])
    print(f"match one new {what} N={size} first_ms={times[0]:.0f} p50_ms={ordered[len(ordered) // 2]:.0f} "
          f"p95_ms={ordered[int(len(ordered) * 0.95)]:.0f} max_ms={ordered[-1]:.0f} cpu_p50_ms={busy[len(busy) // 2]:.0f} "
          f"cpu_p95_ms={busy[int(len(busy) * 0.95)]:.0f} "
          f"pairs={pairs / len(ids):.0f} engine_queries={queries / len(ids):.1f}", flush=True)


def full_pass(size: int) -> float:
    """Match everything with everything, in slices as the worker does; print the progress."""
    from sqlalchemy import func, select

    from marketplace.core.extensions import db
    from marketplace.matching import full_pass as matching_pass
    from marketplace.matching.models import Match

    begun = shown = time.perf_counter()
    worked = time.process_time()
    run = matching_pass.begin("command")
    db.session.commit()
    finished, longest = False, 0.0
    while not finished:
        slice_begun = time.perf_counter()
        finished = matching_pass.step(run)
        longest = max(longest, time.perf_counter() - slice_begun)
        if time.perf_counter() - shown > 20:
            shown = time.perf_counter()
            print(f"  {run.done} of {run.total} technologies, {shown - begun:.0f} s", flush=True)
    seconds, busy = time.perf_counter() - begun, time.process_time() - worked
    rows = db.session.scalar(select(func.count(Match.id)))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"full pass N={size} needs={NEEDS} seconds={seconds:.0f} cpu_s={busy:.0f} "
          f"technologies_per_s={size / seconds:.0f} pairs={run.pairs} rows={rows} longest_slice_s={longest:.1f} "
          f"rss_mb={memory:.0f}", flush=True)
    return busy


class Stock:
    """Rows and documents from one seed; the same texts in both."""

    def __init__(self, size: int) -> None:
        self.random = random.Random(size)
        self.listings = Catalogue(1).documents(size + NEW)
        self.needs = Catalogue(7).documents(NEEDS + NEW)

    def fill(self, listings: int, needs: int) -> None:
        """Write everything in bulk: rows first, then one index."""
        from marketplace.browse.indexing import engine

        self.owners = self._owners()
        engine().rebuild(document for batch in self._batches(listings, needs) for document in batch)

    def new_needs(self, count: int) -> list[int]:
        return self._new(self._needs(count))

    def new_listings(self, count: int) -> list[int]:
        return self._new(self._listings(count))

    def _new(self, documents: list[Document]) -> list[int]:
        from marketplace.browse.indexing import engine
        from marketplace.core.extensions import db

        db.session.commit()
        engine().put(documents)
        return [document.id for document in documents]

    def _batches(self, listings: int, needs: int) -> Iterator[list[Document]]:
        from marketplace.core.extensions import db

        for make, count in ((self._listings, listings), (self._needs, needs)):
            for start in range(0, count, BATCH):
                yield make(min(BATCH, count - start))
                db.session.commit()

    def _owners(self) -> list[int]:
        from marketplace.core.extensions import db
        from marketplace.organisations.models import Organisation
        from marketplace.values import clock

        made = [
            Organisation(slug=f"bench-{number}", name=f"Đơn vị {number}", sort_name=f"{number:04}", kind="enterprise",
                         state="verified", verified_at=clock.now(), province_code="01")
            for number in range(OWNERS)
        ]
        db.session.add_all(made)
        db.session.commit()
        return [one.id for one in made]

    def _listings(self, count: int) -> list[Document]:
        from marketplace.listings.models import Listing, ListingRevision

        pick, made, rows = self.random, [], []
        for document in islice(self.listings, count):
            price = pick.randint(1, 500) * 10_000_000
            rows.append({
                "title": document.title, "public_summary": document.body, "tags": document.keywords.split(", "),
                "field_code": pick.choice("123456"), "trl": pick.randint(1, 9), "price_min": price, "price_max": price * 2,
                "cooperation_forms": pick.sample(FORMS, 3), "province_code": pick.choice(("01", "31", "79")),
                "visibility": "public" if "public" in document.audience else "members", "control_class": "ordinary",
            })
            made.append(replace(document, facets={}, code=f"CN-2026-{document.id:06}"))
        self._write(Listing, ListingRevision, "listing_id", made, rows, "published", {"confirmed_at"})
        return made

    def _needs(self, count: int) -> list[Document]:
        from marketplace.buyer_requests.models import BuyerRequest, NeedRevision

        pick, made, rows = self.random, [], []
        for document in islice(self.needs, count):
            budget = pick.randint(10, 800) * 10_000_000
            rows.append({
                "title": document.title, "summary": document.body, "tags": document.keywords.split(", "),
                "field_codes": [pick.choice("123456")], "trl_min": pick.randint(3, 7), "trl_max": 9, "budget_max": budget,
                "cooperation_forms": pick.sample(FORMS, 2), "province_code": pick.choice(("01", "31", "79")),
            })
            made.append(replace(document, kind="need", facets={"state": ("open",)}, audience=("public",),
                                code=f"NC-2026-{document.id:06}"))
        self._write(BuyerRequest, NeedRevision, "buyer_request_id", made, rows, "open", set())
        return made

    def _write(self, thing: Any, revision: Any, parent: str, documents: list[Document], rows: list[dict[str, Any]],
               state: str, moments: set[str]) -> None:
        from sqlalchemy import insert, select

        from marketplace.core.extensions import db
        from marketplace.values import clock

        now = clock.now() - timedelta(days=1)
        things = [{"id": one.id, "code": one.code, "org_id": self.random.choice(self.owners), "state": "draft"}
                  for one in documents]
        db.session.execute(insert(thing), things)
        db.session.execute(insert(revision), [
            {"id": one.id, parent: one.id, "number": 1, "state": "approved", "created_at": now, **row}
            for one, row in zip(documents, rows, strict=True)
        ])
        live = {"state": state, "published_at": now, **dict.fromkeys(moments, now)}
        if hasattr(thing, "published_field"):
            live["published_field"] = select(revision.field_code).where(revision.id == thing.id).scalar_subquery()
        db.session.execute(thing.__table__.update().where(thing.id.in_([one.id for one in documents]))
                           .values(published_revision_id=thing.id, **live))


if __name__ == "__main__":
    raise SystemExit(main([int(size) for size in sys.argv[1:]] or [10_000, 100_000]))
