"""Every engine, the embedded one in memory and (with TESTS=all) in files, under the same tests.

OpenSearch runs on osmem-server, a double in memory; set OPENSEARCH_URL (opensearch://host:9200/prefix) and the same
tests run on that cluster, under that prefix. Engines never touch the database, so the double runs on one backend.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from osmem_server import OsmemServer

from marketplace.search import SearchEngine
from marketplace.search.engines import create_engine
from marketplace.search.engines.opensearch.address import parse_address
from marketplace.search.engines.opensearch.client import Connection
from marketplace.search.engines.opensearch.engine import OpenSearchEngine
from tests.conftest import BACKEND
from tests.thorough import ALL

CLUSTER = os.environ.get("OPENSEARCH_URL", "")
#: The engines of the contract in this run.
ENGINES = ("memory", *(("files",) if ALL else ()), *(("opensearch",) if BACKEND == "sqlite" or CLUSTER else ()))



def opensearch_runs(test: Callable[..., None]) -> Callable[..., None] | None:
    """Keep a test of OpenSearch alone for the backend on which it runs; elsewhere it is not collected."""
    return test if "opensearch" in ENGINES else None


@pytest.fixture(scope="session")
def opensearch_double() -> Iterator[OsmemServer]:
    with OsmemServer.start(freeze=True, japanese=False) as server:
        yield server


@pytest.fixture
def opensearch_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The SEARCH_URL of an empty cluster of this test's own."""
    if CLUSTER:
        yield CLUSTER
        address = parse_address(CLUSTER)
        Connection(address).write(lambda client: client.indices.delete(index=f"{address.prefix}-*"))
        return
    double: OsmemServer = request.getfixturevalue("opensearch_double")
    with double.clone() as clone:
        yield f"opensearch://{clone.url.removeprefix('http://')}/test"


@pytest.fixture
def engine(bare_engine: SearchEngine) -> SearchEngine:
    """An engine with an empty index."""
    bare_engine.rebuild([])
    return bare_engine


@pytest.fixture(params=ENGINES)
def bare_engine(request: pytest.FixtureRequest, tmp_path: Path) -> SearchEngine:
    """An engine without an index."""
    if request.param != "opensearch":
        return create_engine({"memory": "whoosh://memory", "files": "whoosh://"}[request.param], tmp_path / "index")
    return opensearch(request.getfixturevalue("opensearch_url"))


def opensearch(url: str) -> OpenSearchEngine:
    """An engine whose writes can be found at once, so that no test waits."""
    return OpenSearchEngine(Connection(replace(parse_address(url), refresh="true")))
