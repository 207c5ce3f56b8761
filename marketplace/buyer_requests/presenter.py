"""What the page of a need shows, in the reader's language: labels, the deadline's clock, the six points, files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from marketplace.authoring.formatting import cell, facts_of
from marketplace.authoring.kinds import is_empty
from marketplace.buyer_requests.kind import GLANCE, KIND
from marketplace.buyer_requests.reader_view import Face
from marketplace.buyer_requests.rules import SIX_POINTS
from marketplace.core.access import Actor
from marketplace.core.calendar_days import working_calendar
from marketplace.files.access import file_note, file_url, shown_name
from marketplace.files.actions import attachments
from marketplace.values import clock, places
from marketplace.vocabulary import (
    NEED_KINDS,
    NEED_VISIBILITIES,
    ORGANISATION_KINDS,
    SIX_CLEAR,
    TRL,
)
from marketplace.web.i18n import language
from marketplace.web.templating import file_size

SOON = 3  # working days: from here on the clock warns


@dataclass(frozen=True)
class Clock:
    """The deadline for answers as a bar: days used of all days, and how it stands."""

    used: int
    total: int
    day: date
    due: clock.Due
    tone: str


@dataclass(frozen=True)
class Point:
    """One of the six points with its stated parts."""

    label: str
    parts: list[tuple[str, str]]


@dataclass(frozen=True)
class Shown:
    """Labels and figures of one need for one reader."""

    kind: str
    visibility: str
    title: str
    summary: str
    facts: list[tuple[str, Any]]
    levels: tuple[int, int] | None
    level_names: tuple[str, str]
    place: str
    clock: Clock | None
    points: list[Point]
    files: list[dict[str, str]]
    party_kind: str
    party_place: str


def present(face: Face, reader: Actor) -> Shown:
    """Return what the page shows of `face`."""
    locale = language()
    levels = _levels(face)
    party = face.party
    return Shown(
        kind=NEED_KINDS.label(face["kind"], locale),
        visibility=NEED_VISIBILITIES.label(face["visibility"], locale),
        title=face.title_in(locale),
        summary=face.summary_in(locale),
        facts=facts_of(KIND, GLANCE, face.__getitem__, unstated=True),
        levels=levels,
        level_names=(TRL.label(str(levels[0]), locale), TRL.label(str(levels[1]), locale)) if levels else ("", ""),
        place=places.label(face["province_code"] or None, face["ward_code"] or None, locale),
        clock=deadline_clock(face),
        points=list(_points(face)),
        files=_files(face, reader),
        party_kind=ORGANISATION_KINDS.label(party.kind, locale) if party else "",
        party_place=places.label(party.province_code or None, None, locale) if party else "",
    )


def _levels(face: Face) -> tuple[int, int] | None:
    low, high = face["trl_min"], face["trl_max"]
    return (low or 1, high or 9) if low or high else None


def deadline_clock(face: Face) -> Clock | None:
    """Return how the deadline for answers stands today, or None when there is none."""
    day = face.deadline
    if day is None:
        return None
    published = face.need.published_at
    start = clock.local(published).date() if published else clock.today()
    due = clock.due_text(clock.end_of_day(day), calendar=working_calendar())
    total = max(1, (day - start).days)
    tone = "danger" if due.kind == "overdue" else ("warning" if due.count <= SOON else "")
    return Clock(min(total, max(0, (clock.today() - start).days)), total, day, due, tone)


def _points(face: Face) -> Iterator[Point]:
    """Yield the points of which this reader may see anything; a date reads dd/mm/yyyy."""
    box: dict[str, Any] = face["six_clear"]
    columns = {column.name: column for column in KIND.spec("six_clear").columns}
    for code, keys, _message in SIX_POINTS:
        parts = [
            (_(columns[key].label), cell(columns[key].shape, columns[key].vocabulary, box[key]))
            for key in keys if not is_empty(box.get(key))
        ]
        if parts:
            yield Point(SIX_CLEAR.label(code, language()), parts)


def _files(face: Face, reader: Actor) -> list[dict[str, str]]:
    """Return the files this reader may open, under the names they may know."""
    found = []
    for one in attachments(face.revision):
        if one.tier in {"confidential", "staff"} and not face.acting:
            continue
        if one.tier == "members" and not face.member:
            continue
        kind = "pdf" if one.file.content_type == "application/pdf" else "image" if one.role == "image" else ""
        found.append({
            "name": (one.caption if not face.hidden else "") or shown_name(one, reader),
            "href": file_url(one), "size": file_size(one.file.size), "kind": kind,
            "note": _("confidential") if one.tier in {"confidential", "staff"} else "", "held": file_note(one),
        })
    return found
