"""The search cluster goes away and comes back empty: people go on browsing, the worker keeps its work and catches up.

The cluster is osmem-server, a double in memory, stopped and started on one port.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from flask import Flask
from osmem_server import OsmemServer
from sqlalchemy import select, update

from marketplace.browse import indexing
from marketplace.browse.catalogues import CATALOGUES
from marketplace.browse.database_fallback import applied, newest
from marketplace.buyer_requests.search_document import documents as need_documents
from marketplace.core.access import GUEST, SYSTEM
from marketplace.core.events import Outbox
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.listings.search_document import documents as listing_documents
from marketplace.search import Query
from marketplace.search.engines import create_engine
from marketplace.search.engines.opensearch.client import Breaker
from marketplace.values import clock
from tests import factories
from tests.browse.conftest import Catalogue
from tests.index_difference import difference
from tests.listings import samples

NOTICE, NOTICE_EN = "Chức năng tìm kiếm tạm thời gián đoạn", "Search does not answer at the moment"


class Cluster:
    """A cluster on one address that can be stopped and started; it forgets everything, as a lost disk does."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self.server: OsmemServer | None = None

    def start(self) -> None:
        self.server = OsmemServer.start(addr=self.address, japanese=False)

    def stop(self) -> None:
        if self.server:
            self.server.process.kill()
            self.server.process.wait()


@pytest.fixture
def cluster(ctx: Flask, catalogue: Catalogue) -> Iterator[Cluster]:
    """The exchange of this test searches in a cluster, which has everything."""
    made = Cluster()
    made.start()
    engine = create_engine(f"opensearch://{made.address}/test?refresh=true", ctx.extensions["settings"].data_dir)
    engine._connection.breaker = Breaker(pause=0.0)  # type: ignore[attr-defined]
    before, indexer = ctx.extensions["search_engine"], ctx.extensions["indexer"]
    ctx.extensions["search_engine"] = indexer.engine = engine
    indexing.ensure_built()
    yield made
    made.stop()
    ctx.extensions["search_engine"] = indexer.engine = before


def waiting() -> list[Outbox]:
    return list(db.session.scalars(select(Outbox).where(Outbox.consumer == "search", Outbox.done_at.is_(None))))


def test_people_go_on_browsing_and_the_worker_catches_up(catalogue: Catalogue, cluster: Cluster, ctx: Flask) -> None:
    visitor = factories.client(ctx)
    found = visitor.get("/technologies?q=màng+lọc").get_data(as_text=True)
    assert catalogue.membrane.code in found and catalogue.light.code not in found and NOTICE not in found

    cluster.stop()
    page = visitor.get("/technologies?q=màng+lọc&trl=7&ip=patent")
    text = page.get_data(as_text=True)
    assert page.status_code == 200 and NOTICE in text and "Sở hữu trí tuệ" in text  # the filter that is not applied
    assert catalogue.membrane.code in text and catalogue.light.code not in text  # by TRL, not by words
    assert catalogue.members_only.code not in text
    assert NOTICE_EN in factories.client(ctx, locale="en").get("/technologies").get_data(as_text=True)
    assert "/export.csv" in found and "/export.csv" not in text
    for path in ("export.csv?q=khongcogi", "export.xlsx?q=màng+lọc", "export.csv?ip=patent", "export.csv?q=-thẻ:asen"):
        answer = visitor.get(f"/technologies/{path}")  # a file could not say that this was passed over
        assert answer.status_code == 503 and "Content-Disposition" not in answer.headers, path
        assert NOTICE in answer.get_data(as_text=True)
    file = visitor.get("/technologies/export.csv?trl=7").get_data(as_text=True)
    assert catalogue.membrane.code in file and catalogue.light.code not in file
    needs = visitor.get("/needs").get_data(as_text=True)
    assert catalogue.dyeing.code in needs and catalogue.invited.code not in needs

    supplier, org = catalogue.membrane.organisation.memberships[0].user, catalogue.membrane.organisation
    new = samples.published(supplier, org, catalogue.cast.moderator_user, title="Lò đốt rác phát điện cỡ nhỏ")
    drain()
    rows = waiting()
    assert rows and all(row.attempts == 0 and row.parked_at is None and row.leased_until is None for row in rows)
    assert new.code in visitor.get("/technologies").get_data(as_text=True)  # the database knows it already

    cluster.start()
    db.session.execute(update(Outbox).where(Outbox.done_at.is_(None)).values(due_at=clock.now()))
    db.session.commit()
    drain()
    assert waiting() and not indexing.engine().is_built()  # what changed meanwhile would not be all
    assert "Chức năng tìm kiếm đang được chuẩn bị" in visitor.get("/technologies").get_data(as_text=True)
    indexing.check()
    db.session.execute(update(Outbox).where(Outbox.done_at.is_(None)).values(due_at=clock.now()))
    db.session.commit()
    drain()
    assert not waiting()
    found = visitor.get("/technologies?q=lo+dot+rac").get_data(as_text=True)
    assert new.code in found and catalogue.light.code not in found and NOTICE not in found
    assert all(difference(ctx.extensions["indexer"], kind) == (set(), set()) for kind in indexing.searched())


def test_without_the_engine_each_filter_selects_what_the_index_would(catalogue: Catalogue, ctx: Flask) -> None:
    """Every facet that the database can apply, with every choice, for a stranger and for all-seeing eyes."""
    compared = 0
    for kind, shown in CATALOGUES.items():
        for name in sorted(applied(kind) & {*shown.facet_names}):
            for actor in (GUEST, SYSTEM):
                audience = actor.audience()
                everything = Query(kinds=(kind,), audience=audience, facets=(name,), limit=100)
                for value, count in indexing.engine().query(everything).facets[name].items():
                    query = Query(kinds=(kind,), audience=audience, filters={name: (value,)}, limit=100)
                    ours, theirs = newest(query, actor), indexing.engine().query(query)
                    assert {*ours.ids} >= {hit.id for hit in theirs.hits}, (kind, name, value)
                    assert actor is SYSTEM or ours.total == count, (kind, name, value)
                    compared += 1
    assert compared > 20


def test_without_the_engine_each_range_selects_what_the_index_would(catalogue: Catalogue, ctx: Flask) -> None:
    """Every number of every kind, from and up to each value that a thing has, open ends of ranges included."""
    catalogue.membrane.published_revision.warranty_months = 24
    catalogue.light.published_revision.warranty_months = 12
    catalogue.dyeing.published_revision.trl_min, catalogue.dyeing.published_revision.trl_max = 4, None
    db.session.commit()
    indexing.rebuild()
    compared = 0
    for kind, load, ids in (
        ("listing", listing_documents, [catalogue.membrane.id, catalogue.light.id]),
        ("need", need_documents, [catalogue.dyeing.id, catalogue.hidden.id]),
    ):
        for document in load(ids).values():
            for name, value in document.numbers.items():
                for ends in ((value, None), (None, value), (value + 1, None), (None, value - 1)):
                    query = Query(kinds=(kind,), ranges={name: ends}, limit=100)
                    ours = newest(query, GUEST)
                    assert {*ours.ids} == {hit.id for hit in indexing.engine().query(query).hits}, (kind, name, ends)
                    assert not ours.ignored
                    compared += 1
    assert compared > 40
