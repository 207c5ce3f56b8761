"""What a fresh process does with a technology that has two more fields; `test_one_more_field.py` starts it.

It writes, publishes, finds, filters, shows, imports, exports, compares and freezes them, in Vietnamese.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

import marketplace
from marketplace import create_app
from marketplace.authoring import actions as authoring
from marketplace.browse import indexing
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.deals.snapshot import freeze
from marketplace.listings.kind import KIND
from marketplace.listings.models import Listing, ListingRevision
from marketplace.listings.queries import path_of
from marketplace.moderation.diff_view import compare
from marketplace.negotiation.models import Lead, Terms
from marketplace.values import clock
from tests import factories
from tests.conftest import make_settings
from tests.importing.files import bring_in, jsonl
from tests.listings import samples

PAYBACK, MANUAL = "Hoàn vốn (tháng)", "Ngôn ngữ tài liệu"
STEP = {
    "transfer_right": "use_right", "transfer_forms": ["independent"], "pricing_mode": "fixed", "price_min": "1,5 tỷ",
    "support_kinds": ["training"],
}


def main(package: str, folder: Path, url: str) -> None:
    """Run everything on an empty database."""
    assert Path(marketplace.__file__).parent == Path(package), "the changed package must come first on the path"
    folder.mkdir()
    app = create_app(make_settings(folder, url))
    with app.app_context():
        upgrade()
        indexing.ensure_built()
        org, moderator = factories.organisation("Viện Thử"), factories.user("Kiểm duyệt", staff=("moderator",))
        person = factories.user("Người Viết")
        factories.member(person, org)
        listing = samples.published(person, org, moderator)
        revision = written(app, listing, person, org)
        compared(listing.published_revision, revision)
        published(listing, revision, person, org, moderator)
        found(app, listing)
        downloaded(app, listing, person, org)
        imported(folder, org)
        frozen(listing, org)
        db.session.remove()
        db.engine.dispose()


def written(app: Flask, listing: Listing, person: object, org: object) -> ListingRevision:
    """The form has both fields under their heading, refuses nonsense and saves."""
    client = factories.client(app, person, org)
    address = f"/my/listings/{listing.code}/edit/transfer"
    client.post(f"/my/listings/{listing.code}/revise", data={})
    page = client.get(address).get_data(as_text=True)
    assert PAYBACK in page and MANUAL in page
    assert page.index("Hỗ trợ sau chuyển giao") < page.index(PAYBACK) < page.index(MANUAL)
    assert client.post(address, data={**STEP, "payback_months": "0", "go": "stay"}).status_code == 422
    saved = client.post(address, data={**STEP, "payback_months": "9", "manual_language": "en", "go": "stay"})
    assert saved.status_code == 302, saved.get_data(as_text=True)
    db.session.expire_all()
    revision = listing.revisions[-1]
    assert (revision.payback_months, revision.manual_language) == (9, "en")
    return revision


def compared(old: ListingRevision, new: ListingRevision) -> None:
    """Moderators see both as changed."""
    with_marks = {one.label: one for one in compare(KIND, old, new, ("public",)) if one.changed}
    assert {PAYBACK, MANUAL} <= set(with_marks), with_marks


def published(listing: Listing, revision: ListingRevision, person: object, org: object, moderator: object) -> None:
    """The new version becomes what others read."""
    authoring.submit(KIND, revision, factories.actor_of(person, org), clock.now() + timedelta(days=2))
    staff = factories.actor_of(moderator)
    authoring.moderate(KIND, revision, "claim", staff)
    revision.control_class = "ordinary"
    authoring.moderate(KIND, revision, "approve", staff)
    db.session.commit()
    drain()


def found(app: Flask, listing: Listing) -> None:
    """Words, the filter column and the query language find it; so does the database without an index."""
    visitor = factories.client(app)

    def has(address: str) -> bool:
        answer = visitor.get(address)
        assert answer.status_code == 200, address
        return listing.code in answer.get_data(as_text=True)

    page = visitor.get("/technologies").get_data(as_text=True)
    assert PAYBACK in page and MANUAL in page and "6 – dưới 12" in page
    for _engine in ("with the index", "without it"):
        assert has("/technologies?payback=6-12") and not has("/technologies?payback=lt6&payback=ge12")
        assert has("/technologies?manual=en") and not has("/technologies?manual=vi")
        assert has("/technologies?q=hoàn vốn<=9") and not has("/technologies?q=hoàn vốn>9 tháng")
        assert has("/technologies?q=tài liệu:\"tiếng anh\"") and not has("/technologies?q=manual:vi")
        if _engine == "with the index":
            assert has("/technologies?q=tiếng anh") and not has("/technologies?q=tiếng nhật bản")
            assert "hoàn vốn" in visitor.get("/search/help").get_data(as_text=True)
        shown = visitor.get(path_of(listing)).get_data(as_text=True)
        assert PAYBACK in shown and MANUAL in shown
        lose_index(app)
    indexing.rebuild()


def lose_index(app: Flask) -> None:
    """Let the engine have no index, as before the first rebuild."""
    app.extensions["search_engine"] = app.extensions["indexer"].engine = indexing.create_engine(
        "whoosh://memory", app.extensions["settings"].data_dir
    )


def downloaded(app: Flask, listing: Listing, person: object, org: object) -> None:
    """Both stand in the download of a search and of the owner's list."""
    visitor, owner = factories.client(app), factories.client(app, person, org)
    for client, address in ((visitor, "/technologies/export.csv"), (owner, "/my/listings/export.csv")):
        heads, row = client.get(address).get_data(as_text=True).lstrip("\ufeff").splitlines()[:2]
        cells = dict(zip(heads.split(",")[::-1], row.split(",")[::-1], strict=False))  # titles may hold commas
        assert cells[PAYBACK] == "9" and cells[MANUAL] == "Tiếng Anh", (heads, row)
    assert visitor.get("/technologies/export.xlsx").data[:2] == b"PK"


def imported(folder: Path, org: object) -> None:
    """A file's columns fill both; what cannot be read is kept as text."""
    rows = [
        {"title": "Máy sấy lạnh đối lưu", "Hoàn vốn": "18 tháng", "Manual language": "English"},
        {"title": "Máy sấy thăng hoa", "Hoàn vốn": "rất nhanh", "Manual language": "vi"},
    ]
    bring_in(jsonl(folder / "file.jsonl", rows), org)  # type: ignore[arg-type]
    versions = {one.title: one for one in db.session.query(ListingRevision) if one.imported}
    first, second = versions["Máy sấy lạnh đối lưu"], versions["Máy sấy thăng hoa"]
    assert (first.payback_months, first.manual_language) == (18, "en")
    assert (second.payback_months, second.manual_language) == (None, "vi")
    assert "Hoàn vốn: rất nhanh" in second.how_it_works


def frozen(listing: Listing, org: object) -> None:
    """A deal remembers both."""
    with db.session.no_autoflush:
        lead = Lead(listing=listing, need=None, supplier=org, buyer=org)
        fields = freeze(lead, Terms())["listing"]["fields"]
        db.session.rollback()
    assert (fields["payback_months"], fields["manual_language"]) == (9, "en")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
