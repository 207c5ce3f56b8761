"""An organisation's own answers: begin, write with autosave, files, check and send, list."""

from __future__ import annotations

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.answers import queries
from marketplace.answers.actions import writing
from marketplace.answers.asked import asked_of
from marketplace.answers.eligibility import answer_refusal
from marketplace.answers.forms import AnswerForm, BeginForm, FileForm, ReasonForm, initial
from marketplace.answers.lifecycle import ANSWER, LEFT_STATES, WRITING_STATES
from marketplace.answers.models import Answer
from marketplace.answers.presenter import Seen, files_of, missing, said_now
from marketplace.answers.views.blueprint import bp
from marketplace.answers.views.page import answer_page
from marketplace.buyer_requests import queries as needs
from marketplace.buyer_requests.on_publish import path_of as need_path
from marketplace.core.access import access, actor
from marketplace.core.errors import IllegalMove, Invalid, Missing, NotAllowed, NotFound, Stale
from marketplace.core.extensions import db, limiter
from marketplace.core.permissions import ACTING, NEGOTIATE, SIGNED_IN
from marketplace.core.subjects import subject_of
from marketplace.files.actions import all_received
from marketplace.listings.lifecycle import OFFERED_STATES
from marketplace.listings.models import Listing
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.web.errors import text_of
from marketplace.web.forms import errors_of
from marketplace.web.i18n import language
from marketplace.web.paging import Paging, requested_page
from marketplace.web.tabs import tabs

PER_PAGE = 20
MOST = 200  # own technologies offered in the select
OWN_MOVES = ("withdraw", "discard", "resume")
#: The tabs of an organisation's own list, with their words.
TABS = {"": N_("All"), "drafts": N_("Being written"), "sent": N_("Sent"), "ended": N_("Ended")}


@bp.route("/needs/<code>/answer", methods=["GET", "POST"])
@limiter.limit("30 per hour", methods=["POST"])
@access(SIGNED_IN)
def begin(code: str) -> ResponseReturnValue:
    """Show what a need asks of answers; a press begins one, or leads to the one begun."""
    need = needs.readable(code, actor())
    if need.published_revision is None:
        raise NotFound  # a draft of one's own
    present = queries.of_organisation(need.id, actor().org_id)
    if present is not None and present.state not in LEFT_STATES:
        return redirect(queries.path_of(present) if present.version else url_for("answers.edit", code=present.code))
    refusal, status = answer_refusal(need, actor()), 200
    form = BeginForm()
    if request.method == "POST":
        form.check_acting()
        try:
            if form.validate_on_submit():
                return redirect(url_for("answers.edit", code=writing.begin(need, actor()).code))
            status = 422
        except (IllegalMove, NotAllowed) as error:
            form.add_error(error)
            status = 403 if isinstance(error, NotAllowed) else 409
    page = render_template(
        "answers/begin.html", form=form, need=need, asked=asked_of(need.published_revision), need_path=need_path(need),
        title=subject_of(need).title(need, language()), refusal=text_of(refusal) if refusal else "",
    )
    return page, status


@bp.route("/my/answers/<code>/edit", methods=["GET", "POST"])
@access(NEGOTIATE)
def edit(code: str) -> ResponseReturnValue:
    """Write the answer; saved as one goes, and by a press."""
    answer = queries.own(code, actor(), lock=request.method == "POST")
    if request.method == "GET" and _refused(answer):
        return redirect(queries.path_of(answer))
    asked = asked_of(answer.need.published_revision)
    form = AnswerForm(data=initial(answer.written, asked))
    form.ready(asked, _technologies(answer))
    if request.method == "GET":
        form.lock.data = str(answer.lock)
        return _edit_page(answer, form)
    if request.headers.get("X-Requested-With") == "autosave":
        return _autosave(answer, form)
    if form.handle_button():
        return _edit_page(answer, form)
    try:
        if not form.validate_on_submit():
            return _edit_page(answer, form), 422
        writing.save(answer, form.content(asked, answer.written), actor(), form.lock_value())
    except Stale as error:
        form.overtaken(error, answer.lock)
        return _edit_page(answer, form), 409
    if request.form.get("go") == "next":
        return redirect(url_for("answers.check", code=answer.code))
    flash(_("Saved."), "success")
    return redirect(url_for("answers.edit", code=answer.code))


def _refused(answer: Answer) -> bool:
    try:
        writing.check_writable(answer, actor())
    except (IllegalMove, NotAllowed):
        return True
    return False


def _autosave(answer: Answer, form: AnswerForm) -> ResponseReturnValue:
    """Save what is valid; answer with the new lock, the errors and what is still missing."""
    form.check_acting()
    form.validate()
    asked = asked_of(answer.need.published_revision)
    writing.save(answer, form.content(asked, answer.written, only_valid=True), actor(), form.lock_value())
    saved, errors = clock.local(answer.saved_at).strftime("%H:%M"), errors_of(form)
    if errors:
        saved = _("%(time)s, except fields that need attention", time=saved)
    lacks = missing(answer, url_for("answers.edit", code=answer.code))
    return jsonify(saved=saved, saved_at=answer.saved_at.isoformat(), lock=answer.lock, errors=errors, missing=lacks,
                   missing_html=render_template("authoring/_missing.html", missing=lacks))


def _edit_page(answer: Answer, form: AnswerForm) -> str:
    asked = asked_of(answer.need.published_revision)
    return render_template(
        "answers/edit.html", here="edit", answer=answer, seen=Seen(answer, actor()), form=form, asked=asked,
        missing=missing(answer, url_for("answers.edit", code=answer.code)), need_path=need_path(answer.need),
    )


def _technologies(answer: Answer) -> list[tuple[str, str]]:
    """Return (code, "code title") of the technologies that the organisation offers, and of the one chosen before."""
    rows = select(Listing).where(Listing.org_id == answer.org_id, Listing.state.in_(OFFERED_STATES))
    rows = rows.options(joinedload(Listing.published_revision)).order_by(Listing.id.desc()).limit(MOST)
    found = [(one.code, f"{one.code} · {subject_of(one).title(one, language())}") for one in db.session.scalars(rows)]
    chosen = answer.written.technology
    return [*found, (chosen, chosen)] if chosen and chosen not in dict(found) else found


@bp.get("/my/answers/<code>/check")
@access(NEGOTIATE)
def check(code: str) -> ResponseReturnValue:
    """Show everything as it will be sent, the files, and the button that sends."""
    answer = queries.own(code, actor())
    return redirect(queries.path_of(answer)) if _refused(answer) else _check_page(answer)


def _check_page(answer: Answer, form: FileForm | None = None, error: str = "") -> str:
    said = said_now(answer)
    form = form or FileForm(formdata=None)
    form.offer(said.asked)
    newest = writing.latest(answer)
    return render_template(
        "answers/check.html", here="check", answer=answer, seen=Seen(answer, actor()), said=said, form=form, error=error,
        files=files_of(answer), missing=missing(answer, url_for("answers.edit", code=answer.code)),
        changed=writing.has_changed(answer, newest), first=answer.state in WRITING_STATES,
        technology=answer.written.technology, reason=ReasonForm(formdata=None),
    )


@bp.post("/my/answers/<code>/files")
@access(NEGOTIATE)
def add_file(code: str) -> ResponseReturnValue:
    """Add files to what is written."""
    answer = queries.own(code, actor())
    form = FileForm()
    form.offer(asked_of(answer.need.published_revision))
    try:
        if form.validate_on_submit():
            received = all_received(form.file)
            if not received:
                raise Invalid("file", N_("Choose a file."))
            answer = queries.own(code, actor(), lock=True)
            for one in received:
                writing.add_file(answer, one, actor(), form.about.data)
            return redirect(url_for("answers.check", code=code) + "#files")
    except Invalid as error:
        form.add_error(error)
    return _check_page(queries.own(code, actor()), form), 422


@bp.post("/my/answers/<code>/files/<int:attachment_id>/remove")
@access(NEGOTIATE)
def remove_file(code: str, attachment_id: int) -> ResponseReturnValue:
    """Take a file off what is written."""
    answer = queries.own(code, actor(), lock=True)
    BeginForm().check_acting()
    writing.remove_file(answer, attachment_id, actor())
    return redirect(url_for("answers.check", code=code) + "#files")


@bp.post("/my/answers/<code>/send")
@limiter.limit("30 per hour")
@access(NEGOTIATE)
def send(code: str) -> ResponseReturnValue:
    """Send what is written as the next version."""
    answer = queries.own(code, actor(), lock=True)
    form = BeginForm()
    form.check_acting()
    try:
        version = writing.send(answer, actor(), form.lock_value())
    except (Missing, Invalid, Stale) as error:
        status = 409 if isinstance(error, Stale) else 422
        return _check_page(answer, error=text_of(error)), status
    if version.number == 1:
        flash(_("Sent. The requester was told, and your conversation with them is open."), "success")
    else:
        flash(_("Version %(number)s was sent.", number=version.number), "success")
    return redirect(queries.path_of(answer))


@bp.post("/my/answers/<code>/moves/<action>")
@access(NEGOTIATE)
def move(code: str, action: str) -> ResponseReturnValue:
    """Withdraw what was sent, discard a draft, or write again."""
    if action not in OWN_MOVES:
        raise NotFound
    answer = queries.own(code, actor(), lock=True)
    form = ReasonForm()
    if form.submit(lambda: writing.move(answer, action, actor(), form.reason_code.data or "", form.reason.data or "")):
        flash(f"{_(ANSWER.done(action))}.", "success")
        if action == "resume":
            return redirect(url_for("answers.edit", code=code))
        return redirect(queries.path_of(answer) if answer.version else url_for("answers.mine"))
    return answer_page(queries.own(code, actor()), move=form), 422


@bp.get("/my/answers")
@access(ACTING)
def mine() -> ResponseReturnValue:
    """List the answers of the organisation acted for."""
    org_id, tab = actor().org_id or 0, request.args.get("state", "")
    tab = tab if tab in queries.TABS else ""
    number, offset = requested_page(PER_PAGE)
    counts = queries.counts(org_id)
    rows = [Seen(answer, actor()) for answer in queries.mine(org_id, tab, offset, PER_PAGE)]
    return render_template(
        "answers/mine.html", rows=rows, counts=counts, tab=tab, writing=WRITING_STATES,
        may_write=actor().may(NEGOTIATE), paging=Paging(number, PER_PAGE, counts[tab]),
        tabs=tabs(TABS, tab, lambda code: url_for("answers.mine", state=code or None), counts, empty=False),
    )
