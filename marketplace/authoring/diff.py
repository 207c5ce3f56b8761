"""Field-by-field differences between two versions, for moderators and for conflicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marketplace.authoring.kinds import FieldSpec, Kind, is_empty


@dataclass(frozen=True)
class Change:
    """One field that differs."""

    spec: FieldSpec
    old: Any
    new: Any


def changes(kind: Kind, old: Any | None, new: Any) -> list[Change]:
    """Return the fields in which `new` differs from `old`; all stated fields when there is no old version."""
    found = []
    for spec in kind.fields:
        before = getattr(old, spec.name) if old is not None else None
        after = getattr(new, spec.name)
        if is_empty(before) and is_empty(after):
            continue
        if before != after:
            found.append(Change(spec, before, after))
    return found


def only_free(kind: Kind, old: Any, new: Any) -> bool:
    """True when nothing protected differs: such a version needs no new review."""
    return all(change.spec.free for change in changes(kind, old, new))
