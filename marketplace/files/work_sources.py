"""What waits because of the virus check: for moderators what it holds back, for operators what it does not get to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import Select, cast, null, select

from marketplace.core.access import Actor
from marketplace.core.columns import Big, in_states
from marketplace.core.permissions import MODERATE, RUN_SYSTEM
from marketplace.core.work import WorkSource, by_subject
from marketplace.files.lifecycle import AWAITING_SCANNER, AWAITING_STAFF
from marketplace.files.models import StoredFile
from marketplace.values import clock
from marketplace.values.text import N_


def _in(states: Sequence[str]) -> Select[Any]:
    since, nobody = StoredFile.state_since.label("since"), cast(null(), Big).label("holder_id")
    columns: tuple[Any, ...] = (StoredFile.id, since, StoredFile.due_at, nobody)
    return select(*columns).where(in_states(StoredFile, states))


def _held_back() -> Select[Any]:
    return _in(AWAITING_STAFF).where(StoredFile.due_at.is_not(None))  # all of them have one: for the index by due date


def _overdue() -> Select[Any]:
    return _in(AWAITING_SCANNER).where(StoredFile.due_at < clock.now())


def _unnamed(ids: Sequence[int], _reader: Actor, _language: str) -> Mapping[int, tuple[str, str]]:
    """Say to operators, who read no files, only that the scanner is behind."""
    return {one: (gettext("File %(number)s waits for the virus scanner", number=one), "/staff/background") for one in ids}


SOURCES = (
    WorkSource("files.held_back", N_("Files held back by the virus check"), MODERATE, _held_back,
               by_subject(StoredFile.subject_kind)),
    WorkSource("files.waiting", N_("Files that wait long for the virus scanner"), RUN_SYSTEM, _overdue, _unnamed),
)
