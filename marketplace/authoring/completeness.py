"""What a revision still lacks for submission and for publication."""

from __future__ import annotations

from typing import Any

from marketplace.authoring.kinds import NOT_STATED, PUBLISH, SUBMIT, Kind, Problem, is_empty
from marketplace.values.text import N_


def problems(kind: Kind, revision: Any) -> list[Problem]:
    """Return every problem in the order of the form; `needed` says whether it stops submission or publication."""
    found = [
        Problem(spec.name, spec.step, N_("Not stated yet."), {}, spec.needed, NOT_STATED)
        for spec in kind.fields
        if spec.needed and is_empty(getattr(revision, spec.name))
    ]
    order = {name: index for index, name in enumerate(kind.names)}
    found += kind.rules(revision)
    return sorted(found, key=lambda problem: order.get(problem.field, len(order)))


def blocking(kind: Kind, revision: Any, stage: str) -> list[Problem]:
    """Return what stops `stage`: SUBMIT, or PUBLISH (which includes what stops submission)."""
    stops = {SUBMIT} if stage == SUBMIT else {SUBMIT, PUBLISH}
    return [problem for problem in problems(kind, revision) if problem.needed in stops]


def completeness(kind: Kind, revision: Any) -> int:
    """Return the percentage of needed fields that are stated."""
    needed = [spec for spec in kind.fields if spec.needed]
    stated = sum(not is_empty(getattr(revision, spec.name)) for spec in needed)
    return round(100 * stated / len(needed)) if needed else 100
