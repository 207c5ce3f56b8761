"""The connection to an OpenSearch cluster: retries, a circuit breaker, bulk writing with back-pressure.

Whatever keeps the cluster from answering becomes `Unreachable`; an answer that says that we asked wrongly stays an
error of ours.
"""

from __future__ import annotations

import json
import logging
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from typing import Any, TypeVar

from marketplace.core.errors import NotBuilt, Unreachable
from marketplace.search.engines.opensearch.address import MISSING_EXTRA, Address

try:
    from opensearchpy import OpenSearch
    from opensearchpy.exceptions import ConnectionError as NoConnection
    from opensearchpy.exceptions import ConnectionTimeout, TransportError
except ImportError:  # the extra is not installed; `Connection` says so
    OpenSearch = None  # type: ignore[assignment,misc]

log = logging.getLogger(__name__)
logging.getLogger("opensearch").setLevel(logging.ERROR)  # it writes a traceback for every failed request; we one line
T = TypeVar("T")
#: Seconds a person waits for an answer, and the worker for a write.
READ_TIMEOUT, WRITE_TIMEOUT = 3.0, 60.0
#: Failures in a row after which the cluster is left alone, and for how many seconds.
FAILURES, PAUSE = 3, 10.0
#: Answers of a busy or restarting cluster.
BUSY = frozenset({429, 502, 503, 504})
#: What a cluster calls a name that means nothing there.
NO_INDEX = "index_not_found_exception"
#: Tries of a write and the longest wait between two, in seconds.
TRIES, LONGEST_WAIT = 6, 8.0
#: Size of one bulk request.
BATCH_BYTES, BATCH_DOCUMENTS = 4_000_000, 500
#: One write: its action line and, unless it deletes, the document.
Operation = tuple[dict[str, Any], dict[str, Any] | None]


class Breaker:
    """After some failures in a row nobody asks for a while; then one caller tries, and the others go on waiting."""

    def __init__(self, failures: int = FAILURES, pause: float = PAUSE, now: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._pause, self._now = failures, pause, now
        self._failed, self._closed_until = 0, 0.0
        self._lock = Lock()

    def check(self) -> None:
        """Raise Unreachable while nobody should ask."""
        with self._lock:
            if self._failed >= self._limit:
                if self._now() < self._closed_until:
                    raise Unreachable
                self._closed_until = self._now() + self._pause  # this caller tries

    def succeeded(self) -> None:
        """Note an answer."""
        self._failed = 0

    def failed(self) -> None:
        """Note that there was none."""
        with self._lock:
            self._failed += 1
            self._closed_until = self._now() + self._pause
        if self._failed == self._limit:
            log.warning("OpenSearch does not answer; it is asked again every %s s", self._pause)


class Connection:
    """One cluster, shared by the threads of a process and opened anew in a forked one."""

    def __init__(
        self, address: Address, wait: Callable[[float], None] = time.sleep, read_timeout: float = READ_TIMEOUT
    ) -> None:
        """Take an address; nothing is sent yet. Raises ValueError when the extra `opensearch` is not installed."""
        if OpenSearch is None:
            raise ValueError(MISSING_EXTRA)
        self.address, self.breaker = address, Breaker()
        self._wait, self._read_timeout = wait, read_timeout
        self._clients: dict[tuple[int, float], Any] = {}

    def read(self, ask: Callable[[Any], T]) -> T:
        """Answer a question in seconds or raise Unreachable; a refused connection is tried once more."""
        return self._call(ask, tries=2, timeout=self._read_timeout)

    def write(self, ask: Callable[[Any], T]) -> T:
        """Change something; a busy cluster is given time."""
        return self._call(ask, tries=TRIES, timeout=WRITE_TIMEOUT)

    def bulk(self, operations: Iterable[Operation], refresh: str = "false") -> None:
        """Write operations in batches of bounded size; what a busy cluster refuses is sent again, more slowly.

        Raises Unreachable when it stays busy; nothing is lost then but time, for every write may be repeated.
        """
        for batch in _batches(operations):
            for attempt in range(TRIES):
                batch = self._send(batch, refresh)
                if not batch:
                    break
                self._wait(_pause(attempt))
            else:
                self.breaker.failed()
                raise Unreachable

    def _send(self, lines: list[str], refresh: str) -> list[str]:
        """Send one bulk request and return the operations that were refused for now."""
        body = "".join(lines)
        answer = self.write(lambda client: client.bulk(body=body, params={"refresh": refresh}))
        again = []
        for line, item in zip(lines, answer["items"], strict=True):
            (action, result), = item.items()
            if result["status"] in BUSY:
                again.append(line)
            elif (result.get("error") or {}).get("type") == NO_INDEX:
                raise NotBuilt
            elif result["status"] >= 400 and not (action == "delete" and result["status"] == 404):
                raise RuntimeError(f"OpenSearch refuses {result['_id']}: {result.get('error')}")
        return again

    def _call(self, ask: Callable[[Any], T], tries: int, timeout: float) -> T:
        self.breaker.check()
        for attempt in range(tries):
            try:
                answer = ask(self._opened(timeout))
            except ConnectionTimeout:  # it may still be at work: asking again would only add to it
                break
            except NoConnection:
                pass
            except TransportError as error:
                if error.status_code not in BUSY:
                    self.breaker.succeeded()
                    if error.error == NO_INDEX:
                        raise NotBuilt from error
                    raise
            else:
                self.breaker.succeeded()
                return answer
            if attempt < tries - 1:
                self._wait(_pause(attempt))
        self.breaker.failed()
        raise Unreachable

    def _opened(self, timeout: float) -> Any:
        known, address = (os.getpid(), timeout), self.address
        if known not in self._clients:
            self._clients[known] = OpenSearch(
                hosts=[{"host": host, "port": port} for host, port in address.hosts],
                http_auth=(address.user, address.password) if address.user else None,
                use_ssl=address.secure, verify_certs=address.secure, ca_certs=address.ca or None,
                http_compress=True, timeout=timeout, max_retries=0, pool_maxsize=16,
            )
        return self._clients[known]


def _pause(attempt: int) -> float:
    """Return how long to wait after an attempt: doubled each time, spread so that workers do not march in step."""
    return min(LONGEST_WAIT, 0.1 * 2**attempt) * random.uniform(0.5, 1.0)  # noqa: S311


def _batches(operations: Iterable[Operation]) -> Iterator[list[str]]:
    """Yield operations as lines, together no larger than one request should be."""
    batch: list[str] = []
    size = 0
    for action, document in operations:
        parts = [action] if document is None else [action, document]
        line = "".join(json.dumps(part, separators=(",", ":")) + "\n" for part in parts)
        if batch and (size + len(line) > BATCH_BYTES or len(batch) >= BATCH_DOCUMENTS):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch
