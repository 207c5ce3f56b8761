"""The indexer ends the same whatever is repeated, late or interleaved."""

import pytest

from marketplace.browse.indexer import Indexer
from marketplace.search import Document, Query
from tests.index_difference import difference


class Database:
    """Rows and a journal, as the core keeps them."""

    def __init__(self):
        self.rows = {}
        self.journal = []

    def write(self, id_, title):
        if title is None:
            self.rows.pop(id_, None)
        else:
            self.rows[id_] = title
        self.journal.append(("listing", id_))

    def load(self, ids):
        return {i: Document("listing", i, self.rows[i]) for i in ids if i in self.rows and self.rows[i] != "hidden"}

    def changes_since(self, marker):
        return (self.journal[marker:] if marker is not None else []), len(self.journal)


@pytest.fixture
def database():
    return Database()


@pytest.fixture
def indexer(engine, database):
    return Indexer(engine, {"listing": database.load}, {"listing": lambda: list(database.rows)})


def titles(engine, text):
    return {hit.id for hit in engine.query(Query(text, limit=5000)).hits}


def test_changes_put_and_remove_and_may_be_repeated(engine, database, indexer):
    for id_ in range(1, 6):
        database.write(id_, "Máy bơm")
    database.write(3, None)
    database.write(4, "hidden")
    for _ in range(2):
        indexer.apply([*database.journal, ("unknown", 1)])
        assert engine.ids("listing") == {1, 2, 5}
    assert difference(indexer, "listing") == (set(), set())


def test_a_difference_is_named(engine, database, indexer):
    database.write(1, "Máy bơm")
    engine.put([Document("listing", 9, "Thừa")])
    assert difference(indexer, "listing") == ({1}, {9})


def test_whoever_writes_to_a_shared_index_last_has_the_newest_state(engine, database):
    """Two workers handle two changes of one thing; the one that read first is the last to write."""
    indexer = Indexer(engine, {"listing": database.load}, {"listing": lambda: list(database.rows)}, shared=True)
    put, interleaved = engine.put, []

    def slow_put(documents):
        if not interleaved:
            interleaved.append(1)
            database.write(1, "Xe điện")
            database.write(2, None)
            indexer.apply([("listing", 1), ("listing", 2)])  # the other worker is done before us
        put(documents)

    engine.put = slow_put
    database.write(1, "Máy bơm")
    database.write(2, "Máy bơm")
    indexer.apply([("listing", 1), ("listing", 2)])
    assert engine.ids("listing") == {1} and titles(engine, "xe điện") == {1} and titles(engine, "máy bơm") == set()


def test_rebuilding_loses_nothing_that_changes_meanwhile(engine, database, indexer):
    for id_ in range(1, 1201):
        database.write(id_, "Máy bơm")
    seen = []

    def progress(done, total):
        seen.append((done, total))
        database.write(1, "Xe điện")  # read before, changed after
        database.write(2, None)
        database.write(2000 + done, "Máy mới")
        assert len(titles(engine, "")) in {0}  # the old index (empty) still answers

    count = indexer.rebuild(progress, database.changes_since)
    assert seen == [(500, 1200), (1000, 1200), (1200, 1200)]
    assert count == 1200
    assert engine.ids("listing") == set(database.rows)
    assert titles(engine, "xe điện") == {1}
    assert titles(engine, "máy mới") >= {2500, 3000, 3200}
