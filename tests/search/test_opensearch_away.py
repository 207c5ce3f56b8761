"""A cluster that is busy, slow, away or new: nothing is lost, and nobody waits long. No cluster is needed for this."""

from __future__ import annotations

import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opensearchpy.exceptions import RequestError

from marketplace.core.errors import Unreachable
from marketplace.search import Document, Query
from marketplace.search.engines.opensearch import client as opensearch_client
from marketplace.search.engines.opensearch.address import parse_address
from marketplace.search.engines.opensearch.client import Breaker, Connection
from marketplace.search.engines.opensearch.engine import OpenSearchEngine


class Cluster:
    """Answers as it is told: `script` holds a status for each coming request, then everything is well."""

    def __init__(self):
        self.script, self.bulks, self.requests, self.delay = [], [], 0, 0.0
        cluster = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                cluster.requests += 1
                time.sleep(cluster.delay)
                status = cluster.script.pop(0) if cluster.script else 200
                text = json.dumps(cluster.said(self.path, body, status)).encode()
                self.send_response(200 if status == "items" else status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer

            def log_message(self, *_arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    def said(self, path, body, status):
        if not path.startswith("/_bulk"):
            return {"hits": {"hits": [], "total": {"value": 0}, "max_score": None}}
        ids = [json.loads(line)["index"]["_id"] for line in body.decode().split("\n")[:-1:2]]
        refused = ids[::2] if status == "items" else []
        if status in (200, "items"):
            self.bulks.append((len(body), [id_ for id_ in ids if id_ not in refused]))
        return {"items": [{"index": {"_id": id_, "status": 429 if id_ in refused else 201}} for id_ in ids]}

    @property
    def written(self):
        return [id_ for _, ids in self.bulks for id_ in ids]


@pytest.fixture
def cluster():
    made = Cluster()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def connection(cluster):
    pauses = []
    url = f"opensearch://127.0.0.1:{cluster.server.server_port}/test"
    made = Connection(parse_address(url), wait=pauses.append, read_timeout=0.2)
    made.pauses = pauses
    return made


def documents(count, body="nước"):
    return [Document("listing", id_, f"Máy {id_}", body) for id_ in range(1, count + 1)]


def test_a_busy_cluster_is_sent_less_often_and_only_what_it_refused(cluster, connection):
    cluster.script = [200, 429, 503, "items", "items"]  # the first is the look whether there is an index
    OpenSearchEngine(connection).put(documents(5))
    assert sorted(cluster.written) == [f"listing-{n}" for n in range(1, 6)]
    assert len(cluster.written) == 5
    assert len(connection.pauses) == 4 and connection.pauses[3] > connection.pauses[2] * 0.5


def test_a_cluster_that_stays_busy_leaves_the_work_for_later(cluster, connection):
    cluster.script = [200, *["items"] * 50]
    with pytest.raises(Unreachable):
        OpenSearchEngine(connection).put(documents(64))
    assert len(connection.pauses) < 10


def test_bulk_requests_are_bounded_in_bytes(cluster, connection, monkeypatch):
    monkeypatch.setattr(opensearch_client, "BATCH_BYTES", 20_000)
    OpenSearchEngine(connection).put(documents(40, body="nước thải công nghiệp dệt nhuộm"))
    assert len(cluster.bulks) > 1
    assert max(size for size, _ in cluster.bulks) <= 20_000
    assert len(cluster.written) == 40


def test_a_query_that_the_cluster_refuses_is_our_error_and_trips_nothing(cluster, connection):
    for _ in range(5):
        cluster.script = [400]
        with pytest.raises(RequestError):
            OpenSearchEngine(connection).query(Query())
    assert OpenSearchEngine(connection).query(Query()).total == 0


def test_nobody_waits_for_a_cluster_that_hangs(cluster, connection):
    engine = OpenSearchEngine(connection)
    cluster.delay = 5.0
    begin = time.monotonic()
    for _ in range(20):
        with pytest.raises(Unreachable):
            engine.query(Query())
    assert time.monotonic() - begin < 2.0
    assert cluster.requests == 3  # then it was left alone


def test_a_cluster_that_is_not_there_is_unreachable(cluster, connection):
    cluster.server.server_close()
    engine = OpenSearchEngine(connection)
    with pytest.raises(Unreachable):
        engine.query(Query("máy"))
    with pytest.raises(Unreachable):
        engine.put(documents(1))
    with pytest.raises(Unreachable):
        engine.is_built()


def test_after_the_pause_one_caller_tries_and_success_lets_all_in():
    now = [0.0]
    breaker = Breaker(failures=2, pause=10, now=lambda: now[0])
    breaker.failed()
    breaker.check()
    breaker.failed()
    with pytest.raises(Unreachable):
        breaker.check()
    now[0] = 11.0
    breaker.check()  # the one who tries
    with pytest.raises(Unreachable):
        breaker.check()
    breaker.succeeded()
    breaker.check()
    breaker.check()
