"""A cache of one process that takes at most so many bytes; what was used longest ago makes room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class BoundedCache(Generic[T]):
    """Values by their keys, those used last; at most `most` bytes by what `size_of` says of each."""

    def __init__(self, most: int, size_of: Callable[[T], int]) -> None:
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._size_of, self._size, self._lock = size_of, 0, Lock()
        self.most = most

    @property
    def size(self) -> int:
        """Bytes that are kept now."""
        return self._size

    def get(self, key: Hashable) -> T | None:
        """Return what is kept under a key."""
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
        return found

    def put(self, key: Hashable, value: T) -> None:
        """Keep a value instead of the one before."""
        with self._lock:
            before = self._values.pop(key, None)
            self._size -= self._size_of(before) if before is not None else 0
            self._values[key] = value
            self._size += self._size_of(value)
            while self._size > self.most:
                self._size -= self._size_of(self._values.popitem(last=False)[1])
