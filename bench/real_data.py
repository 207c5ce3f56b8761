"""Import the three real sets, then search, filter, match and moderate on them; print figures and p50/p95.

    .venv/bin/python -m bench.real_data FOLDER

The data is not part of the project; without the folder it says so and stops. Works in a scratch folder.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

SETS = (
    ("listings", "nasa_listings/listings.jsonl", "NASA software"),
    ("listings", "nasa_patents/NASA_Patents.csv", "NASA patents"),
    ("requests", "uk_challenges/challenges.jsonl", "UK challenges"),
)
QUERIES = (
    "q=water+treatment", "q=neural+network", "q=battery+recycling&sort=-published_at", "q=robot", "q=sensor&field=2", "",
    "q=%22space+station%22", "q=laser+-medical", "q=composit*", "q=heat+exchanger+for+engines", "q=AI", "q=xyzzyq",
)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main(data: Path) -> int:
    if not (data / SETS[0][1]).exists():
        print(f"no real data at {data}: nothing measured")
        return 1
    with tempfile.TemporaryDirectory(prefix="exchange-real-") as folder:
        os.environ.update({"DATA_DIR": folder, "EXCHANGE_ENV": "development", "RATE_LIMITS": "0", "DEMO": "0"})
        measure(data)
    return 0


def measure(data: Path) -> None:
    from flask_migrate import upgrade  # the settings are read at import of the application's modules' callers

    from marketplace import create_app
    from marketplace.browse.indexing import ensure_built
    from marketplace.core.extensions import db
    from marketplace.core.outbox import drain, work_once
    from tests import factories

    app = create_app()
    with app.app_context():
        upgrade()
        ensure_built()
        owners = {
            "listings": factories.organisation("Kho công nghệ thật", kind="institute").slug,
            "requests": factories.organisation("Kho bài toán thật", kind="agency").slug,
        }
        moderator_id = factories.user("Người kiểm duyệt", staff=("moderator",)).id
        runner = app.test_cli_runner()
        for kind, name, title in SETS:
            started = time.perf_counter()
            result = runner.invoke(args=["import", kind, str(data / name), "--organisation", owners[kind], "--publish"])
            print(f"== {title} ({time.perf_counter() - started:.1f} s)\n{result.output}")
            assert result.exit_code == 0, result.output
        started = time.perf_counter()
        while work_once(["search"]):
            pass
        print(f"indexed in {time.perf_counter() - started:.1f} s")
        db.session.remove()
    pages(app)
    with app.app_context():
        started, rows = time.perf_counter(), drain()
        print(f"matches and the rest of the outbox: {rows} rows in {time.perf_counter() - started:.1f} s")
        matches()
        decide(moderator_id)
    moderate(app, moderator_id)


def pages(app: object) -> None:
    from tests import factories

    client = factories.client(app)
    for path in ("/technologies", "/needs"):
        times: list[float] = []
        for _round in range(5):
            for query in QUERIES:
                started = time.perf_counter()
                answer = client.get(f"{path}?{query}")
                times.append((time.perf_counter() - started) * 1000)
                assert answer.status_code == 200
        print(f"{path}: {len(times)} pages, p50_ms={statistics.median(times):.0f} p95_ms={percentile(times, 0.95):.0f}")


def matches() -> None:
    from sqlalchemy import func, select

    from marketplace.core.extensions import db
    from marketplace.matching.models import Match

    total = db.session.scalar(select(func.count(Match.id)))
    strong = db.session.scalar(select(func.count(Match.id)).where(Match.strength == "strong"))
    best = db.session.scalars(select(Match).order_by(Match.score.desc()).limit(3)).all()
    print(f"matches: {total}, strong: {strong}")
    for one in best:
        need, listing = one.buyer_request.published_revision, one.listing.published_revision
        print(f"  {one.score}: {need.title[:60]!r} <-> {listing.title[:60]!r}")


def decide(moderator_id: int, count: int = 40) -> None:
    """Imported technologies get new versions by their owner; a moderator takes each case, reads it and decides."""
    from sqlalchemy import select

    from marketplace.accounts.models import User
    from marketplace.authoring import actions as authoring
    from marketplace.core.extensions import db
    from marketplace.core.subjects import review_of
    from marketplace.listings.kind import KIND
    from marketplace.listings.models import Listing
    from marketplace.moderation.actions import cases
    from marketplace.moderation.submission import load
    from marketplace.values import clock
    from tests import factories

    moderator = factories.actor_of(db.session.get(User, moderator_id))
    person, started = factories.user("Chủ kho"), time.perf_counter()
    checks = dict.fromkeys(review_of("listing").checks.codes, "met")
    checks[review_of("listing").checks.codes[0]] = "problem"
    decision = cases.Decision("request_changes", checks, "specs_missing", "Bổ sung thông số kỹ thuật.")
    for listing in db.session.scalars(select(Listing).order_by(Listing.id).limit(count)).all():
        owner = factories.actor_of(person, listing.organisation)
        revision = authoring.start_revision(KIND, listing, owner)
        values = {
            "object_kinds": ["software"], "title": f"{revision.title} (2)"[:300],
            "public_summary": revision.public_summary or revision.title,
            "contact_name": "Kho", "contact_email": "kho@example.vn", "tags": revision.tags[:5],
        }
        authoring.save(KIND, revision, values, owner, None)
        authoring.submit(KIND, revision, owner, clock.due_at(clock.now(), 2, clock.PUBLIC))
        db.session.commit()
        cases.claim(load("listing", revision.id), moderator)
        cases.decide(load("listing", revision.id), moderator, decision)
        db.session.commit()
    print(f"{count} new versions submitted, claimed and decided in {time.perf_counter() - started:.1f} s")


def moderate(app: object, moderator_id: int) -> None:
    from marketplace.accounts.models import User
    from marketplace.core.extensions import db
    from tests import factories

    with app.app_context():  # type: ignore[attr-defined]
        client = factories.client(app, db.session.get(User, moderator_id))
        for path in ("/moderation", "/moderation?kind=listing&text=laser", "/moderation/decided", "/dashboard"):
            started = time.perf_counter()
            status = client.get(path).status_code
            print(f"{path}: {status} in {(time.perf_counter() - started) * 1000:.0f} ms")


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "FOLDER")))
