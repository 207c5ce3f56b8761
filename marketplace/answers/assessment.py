"""What the requester's people think of an answer, as its page shows it to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.answers.asked import Asked, asked_of
from marketplace.answers.models import Answer, AnswerNote, AnswerPoint
from marketplace.answers.points import Scores, scores
from marketplace.core.access import Actor
from marketplace.core.extensions import db

MOST_NOTES = 200


@dataclass(frozen=True)
class Weighed:
    """Points of all colleagues, what comes of them, the reader's own, and the notes, oldest first."""

    asked: Asked
    scores: Scores
    points: Mapping[str, Sequence[AnswerPoint]]
    own: Sequence[AnswerPoint]
    notes: Sequence[AnswerNote]


def weighed_by(answer: Answer, reader: Actor) -> Weighed | None:
    """Return points and notes for the people whose need it is; None for everybody else. Two statements."""
    if answer.need.org_id not in reader.org_ids or answer.org_id in reader.org_ids:
        return None
    asked = asked_of(answer.need.published_revision)
    rows = select(AnswerPoint).where(AnswerPoint.answer_id == answer.id).options(joinedload(AnswerPoint.user))
    given = list(db.session.scalars(rows.order_by(AnswerPoint.id)))
    notes = select(AnswerNote).where(AnswerNote.answer_id == answer.id).options(joinedload(AnswerNote.author))
    by_name: dict[str, list[AnswerPoint]] = {}
    for row in given:
        by_name.setdefault(row.criterion, []).append(row)
    return Weighed(
        asked, scores(asked, [(row.criterion, row.points) for row in given]), by_name,
        [row for row in given if row.user_id == reader.user_id],
        list(db.session.scalars(notes.order_by(AnswerNote.id.desc()).limit(MOST_NOTES)))[::-1],
    )


def scores_of(asked: Asked, answer_ids: Sequence[int]) -> dict[int, Scores]:
    """Return means and sums by answer, for the table. One statement."""
    rows = select(AnswerPoint.answer_id, AnswerPoint.criterion, AnswerPoint.points)
    by_answer: dict[int, list[tuple[str, int]]] = {}
    for row in db.session.execute(rows.where(AnswerPoint.answer_id.in_(answer_ids))):
        by_answer.setdefault(row[0], []).append((row[1], row[2]))
    return {key: scores(asked, given) for key, given in by_answer.items()}
