"""No index: at the very first start, after an upgrade, after a lost disk. Pages show the database, the worker builds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from marketplace import create_app
from marketplace.browse import indexing
from marketplace.core.events import Outbox
from marketplace.core.extensions import db
from marketplace.core.outbox import drain, ensure_jobs
from marketplace.search.engines import create_engine
from marketplace.values import clock
from tests import factories
from tests.browse.conftest import Catalogue
from tests.conftest import make_settings
from tests.index_difference import difference
from tests.listings import samples
from tests.thorough import sqlite_first

PREPARING, ALARM = "Chức năng tìm kiếm đang được chuẩn bị", "message-warning"


@pytest.fixture
def folder(ctx: Flask, catalogue: Catalogue, tmp_path: Path) -> Iterator[Path]:
    """The exchange of this test has Whoosh, and its worker has not started yet."""
    made = create_engine("whoosh://", tmp_path / "index")
    made._refresh = 0.0  # type: ignore[attr-defined]
    before, indexer = ctx.extensions["search_engine"], ctx.extensions["indexer"]
    ctx.extensions["search_engine"] = indexer.engine = made
    yield tmp_path / "index"
    ctx.extensions["search_engine"] = indexer.engine = before


def later() -> None:
    """Let the time pass after which postponed work and the job that looks for the index are due."""
    db.session.execute(update(Outbox).where(Outbox.done_at.is_(None)).values(due_at=clock.now()))
    db.session.commit()
    drain()


def waiting() -> int:
    rows = select(Outbox).where(Outbox.consumer == "search", Outbox.done_at.is_(None))
    return len(list(db.session.scalars(rows)))


@sqlite_first
def test_an_index_lost_while_the_worker_runs_is_built_anew(catalogue: Catalogue, folder: Path, ctx: Flask) -> None:
    visitor = factories.client(ctx)
    ensure_jobs()
    later()
    assert indexing.engine().is_built()
    assert PREPARING not in visitor.get("/technologies?q=màng+lọc").get_data(as_text=True)
    shutil.rmtree(folder)
    page = visitor.get("/technologies?q=màng+lọc").get_data(as_text=True)
    assert PREPARING in page and ALARM not in page and catalogue.light.code in page

    supplier, org = catalogue.membrane.organisation.memberships[0].user, catalogue.membrane.organisation
    new = samples.published(supplier, org, catalogue.cast.moderator_user, title="Lò đốt rác phát điện cỡ nhỏ")
    assert waiting()
    drain()
    assert waiting() and not indexing.engine().is_built()  # one listing is not all
    assert PREPARING in visitor.get("/technologies").get_data(as_text=True)
    later()  # the job is due
    later()  # what waited for the index
    assert not waiting() and indexing.engine().is_built()
    for kind in indexing.searched():
        assert difference(ctx.extensions["indexer"], kind) == (set(), set())
    page = visitor.get("/technologies?q=lo+dot+rac").get_data(as_text=True)
    assert new.code in page and PREPARING not in page and catalogue.light.code not in page


@pytest.mark.parametrize("path", ["/", "/technologies", "/needs?q=dệt", "/organisations", "/search/help"])
def test_before_the_first_index_pages_answer_with_what_the_database_has(
    catalogue: Catalogue, folder: Path, ctx: Flask, path: str
) -> None:
    for client in (factories.client(ctx), factories.client(ctx, catalogue.cast.stranger_user, catalogue.cast.stranger_org)):
        answer = client.get(path)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200 and ALARM not in page
        assert (PREPARING in page) == (path not in {"/", "/search/help"})


@sqlite_first
@pytest.mark.parametrize("kind", ["listing", "need", "organisation"])
def test_before_the_first_index_the_search_box_suggests_nothing(folder: Path, ctx: Flask, kind: str) -> None:
    assert factories.client(ctx).get(f"/search/suggest?q=may&in={kind}").get_json() == {"groups": []}


def test_the_very_first_start_with_an_empty_database(tmp_path: Path, own_database: str) -> None:
    app = create_app(make_settings(tmp_path / "data", own_database, SEARCH_URL="whoosh://"))
    with app.app_context():
        db.create_all()
        try:
            for path in ("/", "/technologies", "/technologies?q=may", "/needs?trl=7", "/organisations"):
                answer = app.test_client().get(path)
                assert answer.status_code == 200 and ALARM not in answer.get_data(as_text=True)
            indexing.ensure_built()
            page = app.test_client().get("/technologies?q=may").get_data(as_text=True)
            assert PREPARING not in page
        finally:
            db.session.remove()
            db.engine.dispose()
