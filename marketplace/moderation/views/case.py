"""One case: what was submitted, beside the checklist and the decision."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.calendar_days import working_calendar
from marketplace.core.errors import DomainError, IllegalMove, Invalid, Missing, NotAllowed, Stale
from marketplace.core.extensions import db
from marketplace.core.permissions import MODERATE
from marketplace.files import actions as files
from marketplace.moderation import confidential, decision_log, diff_view, queries, similar
from marketplace.moderation.actions import cases
from marketplace.moderation.forms import DecisionForm, ReasonForm, decision_form
from marketplace.moderation.models import ModerationCase
from marketplace.moderation.submission import Submission, load, open_case, public_path, why_not
from marketplace.moderation.timeline import timeline
from marketplace.moderation.views.blueprint import bp
from marketplace.moderation.views.context import labels_of, organisation_facts, people, submitted
from marketplace.values import clock
from marketplace.vocabulary import DECISIONS
from marketplace.web.forms import ExchangeForm
from marketplace.web.i18n import language

_STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (Stale, 409), (IllegalMove, 409), (NotAllowed, 403), (DomainError, 422),
)


@bp.get("/<kind>/<int:subject_id>")
@access(MODERATE.writing())
def case(kind: str, subject_id: int) -> ResponseReturnValue:
    """Show a case; reading its confidential part is logged, which is why this GET writes."""
    subject = load(kind, subject_id)
    held = open_case(subject)
    form = decision_form(kind)()
    if subject.reviewed.classified and held is not None:
        form["control_class"].data = _known_class(subject)
    return _page(subject, held, form, log=True)


@bp.post("/<kind>/<int:subject_id>/claim")
@access(MODERATE)
def claim(kind: str, subject_id: int) -> ResponseReturnValue:
    """Take a case and open it."""
    ExchangeForm().check_acting()
    try:
        cases.claim(load(kind, subject_id), actor())
    except (IllegalMove, Stale) as error:
        return _refused(kind, subject_id, decision_form(kind)(formdata=None), error)
    return redirect(url_for("moderation.case", kind=kind, subject_id=subject_id))


@bp.post("/<kind>/<int:subject_id>/release")
@access(MODERATE)
def release(kind: str, subject_id: int) -> ResponseReturnValue:
    """Give a case back to the queue."""
    ExchangeForm().check_acting()
    subject = load(kind, subject_id)
    cases.release(subject, actor())
    flash(_("You gave “%(title)s” back to the queue.", title=subject.title), "success")
    return redirect(url_for("moderation.queue"))


def _known_class(subject: Submission) -> str:
    """Return the class chosen before: of this version, else of the published one."""
    before = subject.published.control_class if subject.published is not None else ""
    return str(subject.revision.control_class or before)


@bp.post("/<kind>/<int:subject_id>/decide")
@access(MODERATE)
def decide(kind: str, subject_id: int) -> ResponseReturnValue:
    """Record a decision and go on to the next case."""
    subject = load(kind, subject_id)
    form = decision_form(kind)()
    valid = form.validate_on_submit()
    decision = form.decision()
    if valid:
        try:
            made = cases.decide(subject, actor(), decision, form.lock_value())
        except (IllegalMove, Invalid, Missing, NotAllowed, Stale) as error:
            return _refused(kind, subject_id, form, error)
        word = DECISIONS.label(decision.action, language())
        if made is not None:
            flash(_("%(decision)s: “%(title)s”.", decision=word, title=subject.title), "success")
        return _next()
    return _page(subject, open_case(subject), form), 422


def _refused(kind: str, subject_id: int, form: DecisionForm, error: DomainError) -> ResponseReturnValue:
    """Show the case as it stands, with what was filled in and why it was refused."""
    db.session.rollback()  # what was tried half-way must not be shown
    subject = load(kind, subject_id)
    if isinstance(error, Missing):
        names = ", ".join(labels_of(subject).get(name, name) for name in error.fields)
        form.form_errors.append(_("It cannot be published yet. Not stated: %(fields)s.", fields=names))
    else:
        form.add_error(error)
    status = next(code for known, code in _STATUS if isinstance(error, known))
    return _page(subject, open_case(subject), form), status


def _next() -> ResponseReturnValue:
    following = queries.next_for(actor())
    if following is None:
        flash(_("Nothing else is waiting for you."), "info")
        return redirect(url_for("moderation.queue"))
    return redirect(url_for("moderation.case", kind=following.kind, subject_id=following.id))


@bp.post("/<kind>/<int:subject_id>/take-over")
@access(MODERATE)
def take_over(kind: str, subject_id: int) -> ResponseReturnValue:
    """Take a case over from a colleague who is away."""
    subject = load(kind, subject_id)
    form = ReasonForm()
    if form.submit(lambda: cases.take_over(subject, actor(), form.reason.data or "")):
        flash(_("The case is yours now."), "success")
        return redirect(url_for("moderation.case", kind=kind, subject_id=subject_id))
    return _page(subject, open_case(subject), decision_form(kind)(formdata=None), why=form), 422


def _page(
    subject: Submission, held: ModerationCase | None, form: DecisionForm, *, why: ReasonForm | None = None,
    log: bool = False,
) -> str:
    who = actor()
    form.lock.data = str(subject.revision.lock)  # the page shows the present text, so the next try is about it
    refusal = why_not(subject, who)
    tiers = confidential.readable_tiers(subject, held if not refusal else None, who)
    new_files = files.attachments(subject.revision) if subject.readable else []
    if log and "confidential" in tiers:
        confidential.log_reading(subject, new_files, who)
    return render_template(
        "moderation/case.html",
        subject=subject,
        held=held,
        mine=held is not None and held.claimed_by_id == who.user_id and not refusal,
        refusal=refusal,
        form=form,
        why=why or ReasonForm(formdata=None),
        due=clock.due_text(subject.due_at, calendar=working_calendar()),
        hints=similar.hints(subject) if subject.waiting else [],
        earlier=decision_log.for_subject(subject.kind, subject.reviewed.submissions_of(subject.thing)),
        history=timeline(subject.kind, subject.thing, who),
        public=public_path(subject.thing),
        **_content(subject, tiers, new_files),
    )


def _content(subject: Submission, tiers: tuple[str, ...], new_files: list[Any]) -> dict[str, Any]:
    if subject.versioned is None:
        return {"facts": organisation_facts(subject.thing), "members": people(subject.thing), "groups": [],
                "files": diff_view.compare_files(None, new_files, confidential.ALL_TIERS)}
    if not subject.readable:
        return {"facts": [], "members": [], "groups": [], "files": []}
    old = subject.published
    old_files = files.attachments(old) if old is not None else None
    return {"facts": [], "members": [], "groups": submitted(subject, tiers),
            "files": diff_view.compare_files(old_files, new_files, tiers)}
