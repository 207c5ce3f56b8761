"""The page of one answer, for its own people and for those whose need it is."""

from __future__ import annotations

from flask import render_template, url_for

from marketplace.answers import queries
from marketplace.answers.actions import writing
from marketplace.answers.actions.weighing import WEIGHED_STATES
from marketplace.answers.assessment import Weighed, weighed_by
from marketplace.answers.eligibility import takes_answers
from marketplace.answers.forms import NoteForm, PointsForm, ReasonForm, points_given
from marketplace.answers.lifecycle import (
    ANSWER,
    COMPARED_STATES,
    DECLINING_REASONS,
    LEFT_STATES,
    WRITING_STATES,
)
from marketplace.answers.models import Answer, AnswerVersion
from marketplace.answers.presenter import Seen, said_in
from marketplace.answers.timeline import timeline
from marketplace.core.access import actor
from marketplace.listings import queries as listings
from marketplace.listings.models import Listing
from marketplace.vocabulary import DECLINE_REASONS
from marketplace.web.i18n import language


def answer_page(
    answer: Answer, number: int | None = None, move: ReasonForm | None = None, *, points: PointsForm | None = None,
    note: NoteForm | None = None,
) -> str:
    """Render one version of an answer (the newest when none is named) for the present reader."""
    who, seen = actor(), Seen(answer, actor())
    version = queries.version(answer, number or answer.version) if number or answer.version else None
    roles = answer.roles_of(who)
    weighed = weighed_by(answer, who)
    return render_template(
        "answers/show.html", answer=answer, seen=seen, version=version, roles=roles,
        said=said_in(answer, version, who) if version else None, technology=technology_of(answer, version),
        moves={row.action: row for row in ANSWER.actions_for(answer.state, roles)}, move=move,
        history=timeline(answer, who), unsent=_unsent(answer), writes=_writes(answer, roles),
        reasons=DECLINE_REASONS.choices(language()),
        move_url=lambda action: url_for("answers.move" if seen.side == "supplier" else "answers.judge", code=answer.code,
                                        action=action),
        weighed=weighed, may_weigh="buyer" in roles and answer.state in WEIGHED_STATES,
        points=points or _points_form(weighed), note=note or NoteForm(formdata=None),
        declining=DECLINING_REASONS.choices(language()),
    )


def _points_form(weighed: Weighed | None) -> PointsForm | None:
    """Return the form with the reader's own points so far."""
    if weighed is None:
        return None
    form = PointsForm(formdata=None, data={"rows": points_given(weighed.asked, weighed.own)})
    form.ready(weighed.asked)
    return form


def _writes(answer: Answer, roles: frozenset[str]) -> bool:
    """Tell whether the reader may go on writing: a draft, or a new version while the need takes answers."""
    return "supplier" in roles and answer.state in (*WRITING_STATES, *COMPARED_STATES) and takes_answers(answer.need)


def _unsent(answer: Answer) -> bool:
    """Tell the answer's own people that what they wrote since was not sent."""
    if answer.org_id != actor().org_id or answer.state in LEFT_STATES or not answer.version:
        return False
    return writing.has_changed(answer, writing.latest(answer))


def technology_of(answer: Answer, version: AnswerVersion | None) -> Listing | None:
    """Return the technology that goes with a version when this reader may see its page."""
    listing = answer.listing if version is not None and version.content.technology else None
    if listing is None or not listings.visible([listing.id], actor()):
        return None
    return listing
