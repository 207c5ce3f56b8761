"""For whose need it is: points and notes on an answer, the shortlist, choosing one with letters to the others."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.answers import queries
from marketplace.answers.actions import choosing, weighing
from marketplace.answers.asked import asked_of
from marketplace.answers.forms import ChooseForm, NoteForm, PointsForm, ReasonForm
from marketplace.answers.lifecycle import ANSWER, COMPARED_STATES
from marketplace.answers.models import Answer
from marketplace.answers.presenter import Seen
from marketplace.answers.views.blueprint import bp
from marketplace.answers.views.page import answer_page
from marketplace.buyer_requests.on_publish import path_of as need_path
from marketplace.core.access import access, actor
from marketplace.core.errors import IllegalMove, Invalid, NotFound, Stale
from marketplace.core.permissions import NEGOTIATE
from marketplace.core.subjects import subject_of
from marketplace.web.i18n import language


def _to_own_need(code: str, *, lock: bool = False) -> Answer:
    """Return an answer that was sent to a need of the organisation acted for. Raises NotFound for any other."""
    answer = queries.readable(code, actor(), lock=lock)
    if answer.need.org_id != actor().org_id:
        raise NotFound
    return answer


@bp.post("/answers/<code>/points")
@access(NEGOTIATE)
def give_points(code: str) -> ResponseReturnValue:
    """Keep the reader's own points for an answer."""
    answer = _to_own_need(code, lock=True)
    asked = asked_of(answer.need.published_revision)
    form = PointsForm()
    form.ready(asked)
    if form.submit(lambda: weighing.give_points(answer, actor(), form.given(asked))):
        flash(_("Your points are kept."), "success")
        return redirect(f"{queries.path_of(answer)}#points")
    return answer_page(queries.readable(code, actor()), points=form), 422


@bp.post("/answers/<code>/notes")
@access(NEGOTIATE)
def add_note(code: str) -> ResponseReturnValue:
    """Write a note on an answer for the colleagues."""
    answer = _to_own_need(code, lock=True)
    form = NoteForm()
    if form.submit(lambda: weighing.add_note(answer, actor(), form.text.data or "")):
        return redirect(f"{queries.path_of(answer)}#notes")
    return answer_page(queries.readable(code, actor()), note=form), 422


@bp.post("/answers/<code>/judge/<action>")
@access(NEGOTIATE)
def judge(code: str, action: str) -> ResponseReturnValue:
    """Put an answer on the shortlist, take it off, decline it, or look at it again."""
    if action not in choosing.JUDGING:
        raise NotFound
    answer = _to_own_need(code, lock=True)
    form = ReasonForm()
    said = (form.reason_code.data or "", form.reason.data or "")
    if form.submit(lambda: choosing.judge(answer, action, actor(), *said)):
        flash(f"{_(ANSWER.done(action))}.", "success")
        if action in {"shortlist", "unlist"}:
            return redirect(url_for("answers.received", code=answer.need.code))
        return redirect(queries.path_of(answer))
    return answer_page(queries.readable(code, actor()), move=form), 422


@bp.route("/answers/<code>/choose", methods=["GET", "POST"])
@access(NEGOTIATE)
def choose(code: str) -> ResponseReturnValue:
    """Choose an answer, with a letter to each of the others."""
    answer, form = _to_own_need(code), ChooseForm()
    others = _others(answer)
    if not form.is_submitted():
        if answer.state not in COMPARED_STATES:
            return redirect(queries.path_of(answer))
        form.ready([one.answer.code for one in others])
        return _choose_page(answer, form, others)
    try:
        if not form.validate_on_submit():
            return _choose_page(answer, form, others), 422
        choosing.held(answer.need_id)
        answer = _to_own_need(code, lock=True)
        choosing.choose(answer, actor(), form.said(), with_points=bool(form.points.data))
    except Invalid as error:
        form.add_error(error)
        return _choose_page(_to_own_need(code), form, others), 422
    except (Stale, IllegalMove) as error:
        form.add_error(error)
        form.ready([one.answer.code for one in others])
        return _choose_page(_to_own_need(code), form, others), 409
    flash(_("Chosen. The organisation and all others were told; your conversation with it is open."), "success")
    return redirect(queries.path_of(answer))


def _others(answer: Answer) -> list[Seen]:
    found = [one for one, _version in queries.received(answer.need) if one.state in COMPARED_STATES and one.id != answer.id]
    return [Seen(one, actor()) for one in found]


def _choose_page(answer: Answer, form: ChooseForm, others: list[Seen]) -> str:
    names = {one.answer.code: one for one in others}
    rows = [(row.form, names.get(row.form.code.data or "")) for row in form.letters.entries]
    return render_template(
        "answers/choose.html", answer=answer, seen=Seen(answer, actor()), form=form, rows=rows, need=answer.need,
        need_path=need_path(answer.need), title=subject_of(answer.need).title(answer.need, language()),
    )
