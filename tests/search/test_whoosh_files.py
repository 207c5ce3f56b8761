"""The embedded engine's files survive killed writers, busy readers and forks."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from marketplace.browse.spelling import suggest_spelling
from marketplace.core.errors import NotBuilt
from marketplace.search import Document, Query
from marketplace.search.engines.whoosh.commit import MERGE_FACTOR
from marketplace.search.engines.whoosh.engine import WhooshEngine
from marketplace.search.engines.whoosh.store import POINTER, Store
from tests.thorough import often

WRITER = """
import random, sys
from pathlib import Path
from marketplace.search import Document
from marketplace.search.engines.whoosh.engine import WhooshEngine
from marketplace.search.engines.whoosh.store import Store

engine, rng = WhooshEngine(Store(Path(sys.argv[1]))), random.Random(int(sys.argv[2]))
print("ready", flush=True)
step = 0
while True:
    step += 1
    if rng.random() < 0.25:
        engine.rebuild([Document("listing", i, f"Máy bơm {i}", "thân " * 40) for i in range(1, 201)])
    else:
        base = rng.randint(1, 150)
        engine.put([Document("listing", i, f"Máy bơm {i} lần {step}", "thân " * 40) for i in range(base, base + 40)])
        print("put", base, flush=True)
"""


def documents(count, word="Máy"):
    return [Document("listing", i, f"{word} {i}") for i in range(1, count + 1)]


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_a_whole_index(tmp_path):
    reader = WhooshEngine(Store(tmp_path), refresh=0)
    reader.rebuild(documents(200))
    rng = random.Random(11)
    for turn in range(often(8, 1)):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(turn)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline() == "ready\n"
            time.sleep(rng.uniform(0.02, 0.6))
            os.kill(process.pid, signal.SIGKILL)
            written = process.stdout.read().split()
        page = reader.query(Query("máy bơm" if turn else "máy", limit=500))
        assert reader.ids("listing") == set(range(1, 201))
        assert reader.query(Query()).total == 200
        assert len({hit.id for hit in page.hits}) == len(page.hits) == page.total
        if written and written[-2] == "put":
            assert page.total >= 40
        fresh = WhooshEngine(Store(tmp_path))
        fresh.put([Document("listing", 1, f"Sau lần giết {turn}")])  # no stale lock, no half-written segment
        assert [h.id for h in fresh.query(Query(f'"sau lần giết {turn}"')).hits] == [1]


def test_litter_of_a_killed_rebuild_is_swept_later(tmp_path, monkeypatch):
    engine = WhooshEngine(Store(tmp_path))
    engine.rebuild(documents(3))

    def dies():
        yield documents(1)[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.rebuild(dies())
    assert engine.ids("listing") == {1, 2, 3}
    assert len(list(tmp_path.glob("gen-*"))) == 2
    monkeypatch.setattr("marketplace.search.engines.whoosh.store.GRACE", -1.0)
    engine.rebuild(documents(5))
    engine.rebuild(documents(4))
    assert len(list(tmp_path.glob("gen-*"))) == 2  # the current one, and the one before for late readers
    assert engine.ids("listing") == {1, 2, 3, 4}


def test_readers_in_threads_see_only_whole_states_while_a_writer_works(tmp_path):
    writer, reader = WhooshEngine(Store(tmp_path)), WhooshEngine(Store(tmp_path), refresh=0)
    writer.rebuild(documents(50))
    failures, stop = [], threading.Event()

    def read():
        while not stop.is_set():
            page = reader.query(Query("máy", limit=100))
            if page.total != 50 or len(page.hits) != 50:
                failures.append(page.total)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for turn in range(12):
        if turn % 4 == 3:
            writer.rebuild(documents(50, f"Máy đợt {turn}"))
        else:
            writer.put(documents(50, f"Máy lần {turn}"))
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures


def test_what_a_commit_wrote_is_on_the_disk_when_it_returns(tmp_path, monkeypatch):
    engine, synced = WhooshEngine(Store(tmp_path)), {}
    monkeypatch.setattr(os, "fsync", lambda handle: synced.update({handle_path(handle): os.fstat(handle).st_size}))

    def handle_path(handle):
        return next(path for path in [tmp_path, *tmp_path.rglob("*")] if os.path.sameopenfile(handle, opened(path)))

    def opened(path):
        handles.append(os.open(path, os.O_RDONLY))
        return handles[-1]

    handles = []
    engine.rebuild([])
    engine.put(documents(3))
    generation = next(tmp_path.glob("gen-*"))
    written = {path: path.stat().st_size for path in generation.iterdir() if path.suffix in {".lists", ".toc"}}
    assert len(written) == 2 and written.items() <= synced.items()
    assert {generation, tmp_path} <= set(synced)
    for handle in handles:
        os.close(handle)


def test_two_writers_wait_for_each_other(tmp_path):
    engines = [WhooshEngine(Store(tmp_path)) for _ in range(3)]
    engines[0].rebuild([])

    def write(number):
        for step in range(5):
            engines[number].put([Document("listing", 100 * number + step, "Máy")])

    threads = [threading.Thread(target=write, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert engines[0].query(Query("máy")).total == 15


def test_what_a_worker_writes_during_a_rebuild_is_not_lost(tmp_path):
    site, tool = WhooshEngine(Store(tmp_path), refresh=0), WhooshEngine(Store(tmp_path))
    site.rebuild(documents(3))
    changed = []

    def slow():
        for document in documents(3):
            site.put([Document("listing", 7, "Robot")])  # the worker goes on with the old generation
            yield document
        changed.append(Document("listing", 7, "Robot"))

    def replay():
        taken = list(changed)
        changed.clear()
        return taken, []

    tool.rebuild(slow(), replay)
    assert site.ids("listing") == {1, 2, 3, 7}
    site.put([Document("listing", 8, "Sau")])
    assert site.ids("listing") == tool.ids("listing") == {1, 2, 3, 7, 8}


def test_segments_are_merged_so_that_their_number_stays_small(tmp_path):
    engine = WhooshEngine(Store(tmp_path), refresh=0)
    engine.rebuild([])
    for id_ in range(1, 3 * MERGE_FACTOR * MERGE_FACTOR // 2):
        engine.put([Document("listing", id_, f"Máy {id_}", facets={"f": (str(id_ % 3),)}, numbers={"n": float(id_)})])
    assert len(engine.snapshot().segments) < 2 * MERGE_FACTOR
    page = engine.query(Query("máy", facets=("f",), sort="-n", limit=1000))
    assert page.total == len(page.hits) == 3 * MERGE_FACTOR * MERGE_FACTOR // 2 - 1
    assert [h.id for h in page.hits] == sorted((h.id for h in page.hits), reverse=True)
    assert sum(page.facets["f"].values()) == page.total
    for _ in range(2):
        engine.put(documents(40, "Thay"))
    assert engine.query(Query('"thay 7"')).total == 1


def test_a_forked_process_reads_for_itself(tmp_path):
    engine = WhooshEngine(Store(tmp_path))
    engine.rebuild(documents(30))
    assert engine.query(Query("máy")).total == 30
    pid = os.fork()
    if pid == 0:
        os._exit(0 if engine.query(Query("máy", limit=50)).total == 30 else 1)
    assert engine.query(Query("máy 7")).total >= 1
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_an_empty_index_answers_with_nothing(tmp_path):
    engine = WhooshEngine(Store(tmp_path / "new"))
    engine.rebuild([])
    assert engine.query(Query("máy", facets=("f",))).total == 0
    assert engine.query(Query()).hits == []
    assert suggest_spelling(engine, "may", ("public",), ("listing",)) is None
    assert engine.ids("listing") == set()


def is_absent(engine, tries=3):
    """It is not built, and says so whatever it is asked, however often and at once."""
    begin = time.monotonic()
    for _ in range(tries):
        with pytest.raises(NotBuilt):
            engine.query(Query("máy"))
        with pytest.raises(NotBuilt):
            engine.ids("listing")
    return not engine.is_built() and time.monotonic() - begin < 2.0


def test_an_index_of_another_format_counts_as_absent(tmp_path):
    WhooshEngine(Store(tmp_path)).rebuild(documents(3))
    assert WhooshEngine(Store(tmp_path)).is_built()
    (tmp_path / POINTER).rename(tmp_path / "CURRENT-4")
    engine = WhooshEngine(Store(tmp_path))
    assert is_absent(engine)
    engine.rebuild(documents(2))
    assert engine.ids("listing") == {1, 2}


@pytest.mark.parametrize("pattern", ["*.toc", "*.lists", POINTER])
@pytest.mark.parametrize("size", [0, 20, 0.3, 0.6, -1, None])
def test_a_torn_index_is_noticed_and_can_be_rebuilt(tmp_path, pattern, size):
    reader = WhooshEngine(Store(tmp_path), refresh=0.0)
    reader.rebuild(documents(3))
    reader.put(documents(1, "Tủ"))
    assert reader.query(Query("máy")).total == 2
    for path in tmp_path.rglob(pattern):
        whole = path.read_bytes()
        path.unlink()  # a mapped file must not be cut
        if size is not None:
            path.write_bytes(whole[: int(size * len(whole)) if isinstance(size, float) else size])
    engine = WhooshEngine(Store(tmp_path))
    assert is_absent(engine)
    with pytest.raises(NotBuilt):
        engine.put(documents(3))
    assert is_absent(engine)
    engine.rebuild(documents(2))
    assert engine.is_built() and engine.query(Query("máy")).total == reader.query(Query("máy")).total == 2


def test_an_index_lost_under_a_running_site_is_missed_at_once(tmp_path):
    site = WhooshEngine(Store(tmp_path / "index"), refresh=0.0)
    site.rebuild(documents(3))
    assert site.query(Query()).total == 3
    shutil.rmtree(tmp_path / "index")
    assert is_absent(site)
    with pytest.raises(NotBuilt):
        site.put(documents(1))
    assert is_absent(site)
    WhooshEngine(Store(tmp_path / "index")).rebuild(documents(4))
    assert site.query(Query()).total == 4


def test_without_an_index_no_thread_waits_for_another(tmp_path, monkeypatch):
    engine = WhooshEngine(Store(tmp_path))
    look = engine._reload
    monkeypatch.setattr(engine, "_reload", lambda: (time.sleep(0.2), look()))
    waited = []

    def ask():
        begin = time.monotonic()
        with pytest.raises(NotBuilt):
            engine.query(Query())
        waited.append(time.monotonic() - begin)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(waited) == 8 and max(waited) < 0.8  # one look for all
