"""What a need asks of its answers, as plain data: measures with targets, criteria with weights, budget and time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Measure:
    """One measure of the result: how it is today, what is asked, in which unit; as the requester wrote it."""

    name: str
    baseline: str = ""
    target: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Weighed:
    """One criterion and its weight; the weights of a need add up to 100."""

    name: str
    weight: int = 0


@dataclass(frozen=True)
class Asked:
    """All that a version of a need asks. Names are unique: a second one of the same name gets a number."""

    measures: tuple[Measure, ...] = ()
    criteria: tuple[Weighed, ...] = ()
    budget_min: int | None = None
    budget_max: int | None = None
    start_on: date | None = None
    end_on: date | None = None


def asked_of(revision: Any) -> Asked:
    """Return what a version of a need asks; of none, nothing."""
    if revision is None:
        return Asked()
    measures: list[Measure] = []
    for row in revision.target_measures or []:
        name = _unique(str(row.get("name") or ""), [one.name for one in measures])
        measures.append(Measure(name, *(str(row.get(key) or "") for key in ("baseline", "target", "unit"))))
    criteria: list[Weighed] = []
    for row in revision.criteria or []:
        name = _unique(str(row.get("name") or ""), [one.name for one in criteria])
        criteria.append(Weighed(name, row.get("weight") or 0))
    return Asked(
        tuple(measures), tuple(criteria), revision.budget_min, revision.budget_max, revision.start_on, revision.end_on,
    )


def _unique(name: str, taken: list[str]) -> str:
    number, made = 2, name
    while made in taken:
        made, number = f"{name} ({number})", number + 1
    return made
