"""What came of an import: counts, and everything there is to tell about single rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marketplace.importing.rows import Note

REJECTED = "rejected"
DUPLICATE = "duplicate"
WARNING = "warning"
_MAX_LINES = 50_000  # of the report; counts go on


@dataclass(frozen=True)
class RowReport:
    """One line of the report."""

    level: str
    line: int
    external_id: str
    title: str
    note: Note
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Outcome:
    """Counts of one import. read = created + updated + unchanged + rejected + duplicates."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    drafts: int = 0  # of created and updated
    published: int = 0  # of created and updated, and drafts of an earlier import that are published now
    expired: int = 0  # of published: the deadline had passed
    rejected: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    warnings: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)  # fields that records lack for submission
    left: dict[str, int] = field(default_factory=dict)  # columns that no field takes → rows with a value in them
    examples: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # facts of the first row with each reason
    seconds: float = 0.0
    lines: list[RowReport] = field(default_factory=list)
    untold: int = 0  # lines that the report has no room for

    def add(self, report: RowReport) -> None:
        """Note one thing about one row and count it."""
        if report.level == REJECTED:
            self.rejected[report.note.code] += 1
        elif report.level == DUPLICATE:
            self.duplicates += 1
        else:
            self.warnings[report.note.code] += 1
        self.examples.setdefault(report.note.code, report.note.params)
        if len(self.lines) < _MAX_LINES:
            self.lines.append(report)
        else:
            self.untold += 1

    def as_box(self) -> dict[str, Any]:
        """Return plain data for the run's row."""
        return {
            "read": self.read, "created": self.created, "updated": self.updated, "unchanged": self.unchanged,
            "drafts": self.drafts, "published": self.published, "expired": self.expired, "duplicates": self.duplicates,
            "rejected": dict(self.rejected), "warnings": dict(self.warnings), "missing": dict(self.missing),
            "left": dict(self.left),
            "examples": {code: {key: str(value) for key, value in note.items()} for code, note in self.examples.items()},
            "seconds": round(self.seconds, 2),
        }
