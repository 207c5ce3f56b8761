"""Verbs of the requester's people on what they think of an answer: points and notes, which its organisation never reads."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from marketplace.answers.asked import asked_of
from marketplace.answers.event_data import facts
from marketplace.answers.lifecycle import ANSWER, CHOSEN_STATES, COMPARED_STATES
from marketplace.answers.models import Answer, AnswerNote, AnswerPoint
from marketplace.answers.points import MOST_POINTS
from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.values import clock
from marketplace.values.text import N_

#: States in which an answer is weighed.
WEIGHED_STATES = (*COMPARED_STATES, *CHOSEN_STATES)
NOTE_LENGTH = 2000


def check_weighs(answer: Answer, actor: Actor) -> None:
    """Raise NotAllowed or IllegalMove unless this person may give points and write notes now."""
    if "buyer" not in answer.roles_of(actor):
        raise NotAllowed
    if answer.state not in WEIGHED_STATES:
        raise IllegalMove(answer.state, label=ANSWER.label(answer.state))


def give_points(answer: Answer, actor: Actor, given: Mapping[str, tuple[int | None, str]]) -> bool:
    """Keep a person's points and comments by criterion; None takes them back. False when nothing is new.

    The caller holds the answer's row. Raises NotAllowed, IllegalMove, Invalid for points that are none.
    """
    check_weighs(answer, actor)
    names = {one.name for one in asked_of(answer.need.published_revision).criteria}
    rows = select(AnswerPoint).where(AnswerPoint.answer_id == answer.id, AnswerPoint.user_id == actor.user_id)
    before = {row.criterion: row for row in db.session.scalars(rows)}
    changed = False
    for name, (number, comment) in given.items():
        if name not in names or (number is not None and not 0 <= number <= MOST_POINTS):
            raise Invalid("points", N_("Give points from 0 to 10."))
        if number is None and comment:
            raise Invalid("points", N_("Give points with the comment."))
        changed = _keep(answer, actor, before.get(name), name, number, comment) or changed
    if changed:
        record(answer, "answer.give_points", actor, data=facts(answer, actor))
        db.session.flush()
    return changed


def _keep(answer: Answer, actor: Actor, row: AnswerPoint | None, name: str, number: int | None, comment: str) -> bool:
    if number is None:
        if row is not None:
            db.session.delete(row)
        return row is not None
    if row is None:
        db.session.add(AnswerPoint(answer_id=answer.id, user_id=actor.user_id, criterion=name, points=number,
                                   comment=comment, given_at=clock.now()))
        return True
    if (row.points, row.comment) == (number, comment):
        return False
    row.points, row.comment, row.given_at = number, comment, clock.now()
    return True


def add_note(answer: Answer, actor: Actor, text: str) -> AnswerNote:
    """Write a note for the colleagues; the same as the newest one by the same person is that one.

    The caller holds the answer's row. Raises NotAllowed, IllegalMove, Invalid without words.
    """
    check_weighs(answer, actor)
    if not text:
        raise Invalid("text", N_("Write the note."))
    rows = select(AnswerNote).where(AnswerNote.answer_id == answer.id).order_by(AnswerNote.id.desc()).limit(1)
    newest = db.session.scalars(rows).first()
    if newest is not None and (newest.author_id, newest.text) == (actor.user_id, text):
        return newest
    made = AnswerNote(answer_id=answer.id, author_id=actor.user_id, text=text, written_at=clock.now())
    db.session.add(made)
    record(answer, "answer.add_note", actor, data=facts(answer, actor))
    db.session.flush()
    return made
