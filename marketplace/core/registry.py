"""Registries that belong to an application: what one has registered is unknown to another in the same process.

For what depends on settings (docs/decisions/0008-registries.md); declarations that are the same in every application are
plain dictionaries of their module.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any, TypeVar

from flask import current_app

T = TypeVar("T")


class PerApp(MutableMapping[str, T]):
    """A dictionary that every application has for itself; it is used within an application context, as `db.session` is."""

    def __init__(self, name: str) -> None:
        """Name the registry; two of one name are the same."""
        self._name = name

    def _rows(self) -> dict[str, T]:
        registries: dict[str, dict[str, Any]] = current_app.extensions.setdefault("registries", {})
        return registries.setdefault(self._name, {})

    def __getitem__(self, key: str) -> T:
        return self._rows()[key]

    def __setitem__(self, key: str, value: T) -> None:
        self._rows()[key] = value

    def __delitem__(self, key: str) -> None:
        del self._rows()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows())

    def __len__(self) -> int:
        return len(self._rows())
