"""Verbs of the requester on the answers to its need: the shortlist, choosing one, and the letters to the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from marketplace.answers.actions import writing
from marketplace.answers.asked import asked_of
from marketplace.answers.event_data import facts
from marketplace.answers.lifecycle import ANSWER, CHOSEN_STATES, COMPARED_STATES
from marketplace.answers.models import Answer, AnswerPoint
from marketplace.answers.points import scores
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import IllegalMove, NotAllowed, Stale
from marketplace.core.events import Event, transition
from marketplace.core.extensions import db
from marketplace.values.text import N_

#: A letter: the coded reason, and words.
Letter = tuple[str, str]
#: What the requester may do with one answer alone; choosing is for itself, since it writes to the others too.
JUDGING = ("shortlist", "unlist", "decline", "reconsider")


def take_up(answer: Answer) -> None:
    """Note that both sides have agreed on terms about an answer: it is the chosen one, unless another was chosen."""
    roles = answer.roles_of(SYSTEM)
    if ANSWER.row("choose", answer.state, roles) is None or _chosen(answer.need_id) is not None:
        return
    transition(answer, ANSWER, "choose", SYSTEM, roles, data=facts(answer, SYSTEM))
    db.session.flush()


def judge(answer: Answer, action: str, actor: Actor, reason_code: str = "", reason: str = "") -> Event | None:
    """Put on the shortlist, take off, decline or look at again; the caller holds the answer's row.

    What stands as asked already stays so. Raises NotAllowed, IllegalMove, Invalid.
    """
    event = writing.move(answer, action, actor, reason_code, reason)
    if action == "reconsider":
        answer.told_points = None
    return event


def held(need_id: int) -> Sequence[Answer]:
    """Hold the rows of all answers to a need that are compared, in one order, and return them."""
    rows = select(Answer).where(Answer.need_id == need_id, Answer.state.in_([*COMPARED_STATES, *CHOSEN_STATES]))
    rows = rows.order_by(Answer.id).with_for_update(of=Answer).execution_options(populate_existing=True)
    return list(db.session.scalars(rows))


def choose(answer: Answer, actor: Actor, letters: Mapping[str, Letter], *, with_points: bool = False) -> None:
    """Choose an answer and write to each of the others that are compared: `letters` by their codes.

    `with_points` tells each its own means and sum as well. The caller holds the rows of all (`held`). Choosing the chosen
    one again changes nothing. Raises NotAllowed, IllegalMove when another was chosen, Stale when `letters` are not for
    just the others there are now, Invalid for a reason that is none.
    """
    if "buyer" not in answer.roles_of(actor):
        raise NotAllowed
    if answer.state in CHOSEN_STATES:
        return
    if _chosen(answer.need_id) is not None:
        raise IllegalMove(answer.state, N_("Another answer was chosen."), label=ANSWER.label(answer.state))
    others = [one for one in held(answer.need_id) if one.id != answer.id]
    if {one.code for one in others} != set(letters):
        raise Stale
    writing.move(answer, "choose", actor)
    for other in others:
        code, words = letters[other.code]
        judge(other, "decline", actor, code, words)
        other.told_points = _told(other) if with_points else None
    db.session.flush()


def _chosen(need_id: int) -> int | None:
    return db.session.scalar(select(Answer.id).where(Answer.need_id == need_id, Answer.state.in_(CHOSEN_STATES)).limit(1))


def _told(answer: Answer) -> dict[str, object]:
    """Return an answer's own means and sum at the time of the letter; whose points they were, nobody is told."""
    asked = asked_of(answer.need.published_revision)
    rows = select(AnswerPoint.criterion, AnswerPoint.points).where(AnswerPoint.answer_id == answer.id)
    made = scores(asked, [(row[0], row[1]) for row in db.session.execute(rows)])
    return {
        "criteria": [{"name": one.name, "weight": one.weight, "points": str(made.means[one.name])}
                     for one in asked.criteria if one.name in made.means],
        "total": str(made.total) if made.total is not None else "",
    }
