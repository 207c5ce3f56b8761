"""What waits for moderators: submissions of each kind, held by whoever claimed the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Select, select

from marketplace.core.access import Actor
from marketplace.core.columns import in_states
from marketplace.core.extensions import db
from marketplace.core.permissions import MODERATE
from marketplace.core.subjects import subject
from marketplace.core.work import Describe, WorkSource
from marketplace.moderation.kind import REVIEWED
from marketplace.moderation.models import ModerationCase
from marketplace.moderation.queries import SOURCE, open_case, submissions
from marketplace.organisations.models import Organisation


def _waiting(kind: str) -> Select[Any]:
    submitted = REVIEWED[kind].submitted
    columns: tuple[Any, ...] = (
        submitted.id, submitted.submitted_at.label("since"), submitted.review_due_at.label("due_at"),
        ModerationCase.claimed_by_id.label("holder_id"),
    )
    rows = select(*columns).outerjoin(ModerationCase, open_case(kind))
    return rows.where(in_states(submitted, REVIEWED[kind].waiting))


def _described(kind: str) -> Describe:
    def describe(ids: Sequence[int], _reader: Actor, language: str) -> Mapping[int, tuple[str, str]]:
        if not REVIEWED[kind].versioned:
            found = db.session.scalars(select(Organisation).where(Organisation.id.in_(ids)))
            return {one.id: (one.name_in(language), f"/moderation/{kind}/{one.id}") for one in found}
        rows = submissions(kind).where(REVIEWED[kind].submitted.id.in_(ids))
        return {row.id: (row.title or row.code, f"/moderation/{kind}/{row.id}") for row in db.session.execute(rows)}

    return describe


def sources() -> list[WorkSource]:
    """Return one source for each kind that is reviewed: `review.listing` and so on."""
    return [
        WorkSource(f"{SOURCE}.{kind}", subject(kind).label, MODERATE, partial(_waiting, kind), _described(kind))
        for kind in REVIEWED
    ]
