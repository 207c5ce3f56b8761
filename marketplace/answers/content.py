"""What an answer says, as plain data of a numbered schema: apart from forms and from where it is stored.

Whoever takes an answer by another way (a form, a file, a sealed envelope) makes a `Content`; `to_data` is what is kept,
`from_data` reads every schema there has been. Amounts are whole đồng, durations working days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import Any, TypeVar

from marketplace.values.text import nfc

SCHEMA = 1
LONGEST = 4000  # characters of any text
LINE = 300  # characters of one line
MOST_ROWS = 20
MOST_FILES = 10

Row = TypeVar("Row")


@dataclass(frozen=True)
class Target:
    """What is offered against one measure of the need, which is known by its name."""

    name: str
    value: str = ""
    unit: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Criterion:
    """What is said to one criterion of the need, which is known by its name."""

    name: str
    claimed: str = ""
    text: str = ""


@dataclass(frozen=True)
class PriceRow:
    """One part of the price."""

    item: str = ""
    amount: int | None = None


@dataclass(frozen=True)
class PlanRow:
    """One step of the work."""

    step: str = ""
    working_days: int | None = None
    deliverable: str = ""


@dataclass(frozen=True)
class TeamRow:
    """One role in the team."""

    role: str = ""
    experience: str = ""


@dataclass(frozen=True)
class Content:
    """A whole answer. `technology` is the code of an own listing; `declarations` are codes of ANSWER_DECLARATIONS."""

    summary: str = ""
    technology: str = ""
    targets: tuple[Target, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    price_total: int | None = None
    price_rows: tuple[PriceRow, ...] = ()
    plan: tuple[PlanRow, ...] = ()
    team: tuple[TeamRow, ...] = ()
    trial: bool | None = None
    trial_days: int | None = None
    trial_cost: int | None = None
    support: str = ""
    declarations: tuple[str, ...] = ()

    def target(self, name: str) -> Target:
        """Return what is offered against a measure; an empty one when nothing is."""
        return next((one for one in self.targets if one.name == name), Target(name))

    def criterion(self, name: str) -> Criterion:
        """Return what is said to a criterion; an empty one when nothing is."""
        return next((one for one in self.criteria if one.name == name), Criterion(name))

    @property
    def price(self) -> int | None:
        """The total price; without one the sum of its parts, when each has an amount."""
        if self.price_total is not None:
            return self.price_total
        amounts = [row.amount for row in self.price_rows]
        return sum(filter(None, amounts)) if amounts and None not in amounts else None

    @property
    def working_days(self) -> int | None:
        """The working days of all steps; None unless each step has some."""
        days = [row.working_days for row in self.plan]
        return sum(filter(None, days)) if days and None not in days else None


_ROWS: Mapping[str, type[Any]] = MappingProxyType({
    "targets": Target, "criteria": Criterion, "price_rows": PriceRow, "plan": PlanRow, "team": TeamRow,
})
#: How data of an older schema becomes data of the next one, by the older number.
UPGRADES: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = MappingProxyType({})


def to_data(content: Content) -> dict[str, Any]:
    """Return an answer as plain data with the number of its schema."""
    return {"schema": SCHEMA, **{name: list(value) if isinstance(value, tuple) else value
                                 for name, value in asdict(content).items()}}


def from_data(data: Mapping[str, Any]) -> Content:
    """Return the answer that plain data describe. What is unknown, of a wrong type or too long is left out.

    Raises ValueError for a schema that this program does not know.
    """
    known = dict(data)
    schema = known.pop("schema", SCHEMA)
    while schema != SCHEMA:
        if schema not in UPGRADES:
            raise ValueError(f"an answer of schema {schema!r} cannot be read")
        known, schema = UPGRADES[schema](known), schema + 1
    values: dict[str, Any] = {
        name: _rows(known.get(name), row) for name, row in _ROWS.items()
    }
    for name in ("summary", "technology", "support"):
        values[name] = _text(known.get(name))
    for name in ("price_total", "trial_days", "trial_cost"):
        values[name] = _number(known.get(name))
    trial = known.get("trial")
    values["trial"] = trial if isinstance(trial, bool) else None
    values["declarations"] = tuple(one for one in _listed(known.get("declarations")) if isinstance(one, str))
    return Content(**values)


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _rows(value: Any, row: type[Row]) -> tuple[Row, ...]:
    numbers = {"amount", "working_days"}
    found = []
    for one in _listed(value)[:MOST_ROWS]:
        if isinstance(one, Mapping):
            cells = {
                field.name: _number(one.get(field.name)) if field.name in numbers else _text(one.get(field.name))
                for field in fields(row)  # type: ignore[arg-type]
            }
            found.append(row(**cells))
    return tuple(found)


def _text(value: Any) -> str:
    return nfc(value).strip()[:LONGEST] if isinstance(value, str) else ""


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15 else None
