"""The counters of rate limits: shared between processes by Redis, Valkey or PostgreSQL, in the process where that is away.

A store that does not answer costs one request in five seconds a tenth of a second or two; nobody is refused for it.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any, TypeVar

from limits.storage import MemoryStorage, Storage, storage_from_string
from sqlalchemy import Index, Integer, String, create_engine, delete, func, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import UtcDateTime
from marketplace.core.config import Settings
from marketplace.core.connection_limits import postgresql_limits, watch
from marketplace.core.extensions import Base

log = logging.getLogger(__name__)
T = TypeVar("T")

DATABASE = "database"  # value of RATE_LIMIT_STORAGE: the database of the exchange
#: What PostgreSQL counts: the keys of these begin so. Everything else is counted often and matters less.
SHARED = ("LIMITER/sign-in:", "LIMITER/mail:", "LIMITER/uploads/", "LIMITER/unsent/")
WAIT = 0.08  # seconds for a connection to Redis, and again for its answer
DATABASE_WAIT = 150  # milliseconds for an answer of PostgreSQL
PAUSE = 5.0  # seconds without a try after one that failed


class RateCounter(Base):
    """How often something was done within a window of time. The key is a digest."""

    __tablename__ = "rate_counter"
    __table_args__ = (Index("ix_rate_counter_ends_at", "ends_at"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


class DatabaseCounters:
    """Counters in PostgreSQL, each step one statement of its own; the database's clock is everybody's."""

    _ADD = text("""
        INSERT INTO rate_counter (key, count, ends_at) VALUES (:key, :amount, now() + make_interval(secs => :seconds))
        ON CONFLICT (key) DO UPDATE SET
          count = CASE WHEN rate_counter.ends_at <= now() THEN 0 ELSE rate_counter.count END + :amount,
          ends_at = CASE WHEN rate_counter.ends_at <= now() THEN excluded.ends_at ELSE rate_counter.ends_at END
        RETURNING count""")

    def __init__(self, url: str) -> None:
        """Prepare a pool of its own, at most one connection for a thread; none is made before it is needed."""
        limits = postgresql_limits(statement_timeout=str(DATABASE_WAIT), synchronous_commit="off")
        self._engine: Engine = create_engine(
            url, isolation_level="AUTOCOMMIT", pool_size=2, max_overflow=-1, connect_args={**limits, "connect_timeout": 2}
        )
        watch(self._engine, longest=2 * DATABASE_WAIT / 1000)

    def _one(self, statement: Any, values: dict[str, Any] | None = None) -> Any:
        with self._engine.connect() as connection:
            return connection.execute(statement, values or {}).scalar()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a counter, which begins anew when its window has ended; return what it says now."""
        return int(self._one(self._ADD, {"key": _digest(key), "amount": amount, "seconds": expiry}))

    def get(self, key: str) -> int:
        """Return what a counter says."""
        open_one = (RateCounter.key == _digest(key), RateCounter.ends_at > func.now())
        return int(self._one(select(RateCounter.count).where(*open_one)) or 0)

    def get_expiry(self, key: str) -> float:
        """Return when a counter begins anew."""
        ends_at = self._one(select(RateCounter.ends_at).where(RateCounter.key == _digest(key)))
        return ends_at.timestamp() if ends_at is not None else time.time()

    def clear(self, key: str) -> None:
        """Forget a counter."""
        with self._engine.connect() as connection:
            connection.execute(delete(RateCounter).where(RateCounter.key == _digest(key)))

    def reset(self) -> int:
        """Forget all counters; return how many there were."""
        with self._engine.connect() as connection:
            return connection.execute(delete(RateCounter)).rowcount

    def check(self) -> bool:
        """Return whether the database answers."""
        return bool(self._one(select(1)))


class Counters(Storage):
    """What Flask-Limiter counts with: the shared store for what it is meant for, else, or without it, this process."""

    STORAGE_SCHEME = ["exchange"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, store: Any = None, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=False)
        self._memory, self._store, self._silent_until = MemoryStorage(), store, 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """No error of the store leaves this class."""
        return Exception

    def _ask(self, key: str, call: Callable[[Any], T], otherwise: T) -> T:
        """Return what the shared store says, or `otherwise` where this process counts alone."""
        for_all = not isinstance(self._store, DatabaseCounters)
        if self._store is None or not (for_all or key.startswith(SHARED)) or time.monotonic() < self._silent_until:
            return otherwise
        try:
            return call(self._store)
        except Exception as error:
            self._silent_until = time.monotonic() + PAUSE
            log.error("the store of rate limits does not answer, this process counts alone: %s", type(error).__name__)
            return otherwise

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a counter; return what it says now. The process counts along, so that nobody begins anew when the store
        goes away; of many at the same moment rather one too many is refused.
        """
        own = self._memory.incr(key, expiry, amount=amount)
        return max(own, self._ask(key, lambda store: int(store.incr(key, expiry, amount=amount)), 0))

    def get(self, key: str) -> int:
        """Return what a counter says."""
        return max(self._memory.get(key), self._ask(key, lambda store: int(store.get(key)), 0))

    def get_expiry(self, key: str) -> float:
        """Return when a counter begins anew."""
        return max(self._memory.get_expiry(key), self._ask(key, lambda store: float(store.get_expiry(key)), 0.0))

    def clear(self, key: str) -> None:
        """Forget a counter."""
        self._memory.clear(key)
        self._ask(key, lambda store: store.clear(key), None)

    def reset(self) -> int | None:
        """Forget all counters."""
        self._memory.reset()
        found: int | None = self._store.reset() if self._store is not None else None
        return found

    def check(self) -> bool:
        """Return True: there is always something to count with."""
        return True


def store_of(settings: Settings) -> Any:
    """Return the shared store that the settings name, or None; nothing is connected yet."""
    url = settings.rate_limit_storage
    if url.startswith("memory:"):
        return None
    if url == DATABASE:
        return DatabaseCounters(settings.database_url)
    package = "valkey" if url.startswith("valkey") else "redis"
    once = import_module(f"{package}.retry").Retry(import_module(f"{package}.backoff").NoBackoff(), 0)
    return storage_from_string(url, socket_timeout=WAIT, socket_connect_timeout=WAIT, retry=once)
