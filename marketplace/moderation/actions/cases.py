"""Verbs on cases: claim, release, take over, decide. Publishing and verifying are done by the features themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from marketplace.authoring import actions as authoring
from marketplace.authoring.lifecycle import IN_REVIEW, SUBMITTED
from marketplace.core import work
from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed, Stale
from marketplace.core.events import Event, record
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Reason
from marketplace.core.locks import check_version
from marketplace.core.subjects import review_of
from marketplace.moderation import checklists
from marketplace.moderation.models import ModerationCase
from marketplace.moderation.submission import Submission, locked, open_case, why_not
from marketplace.organisations import actions as organisations
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.vocabulary import CONTROL_CLASSES, DECISIONS


@dataclass(frozen=True)
class Decision:
    """What a moderator decided: one of DECISIONS, the filled checklist, and what the author is told."""

    action: str
    checklist: Mapping[str, str] = field(default_factory=dict)
    reason_code: str = ""
    text: str = ""
    control_class: str = ""  # listings, at approval


def claim(subject: Submission, actor: Actor) -> ModerationCase:
    """Take a case; taking one's own again changes nothing.

    Raises NotAllowed for one's own submission or organisation, Stale when somebody else has it already, IllegalMove
    when nothing is left to decide.
    """
    _may(subject, actor)
    subject = locked(subject)
    case = open_case(subject)
    if case is not None and case.claimed_by_id == actor.user_id:
        return case
    if case is not None:
        raise Stale(N_("%(name)s has taken this case already."), name=case.claimed_by.name)
    if not subject.waiting:
        raise IllegalMove(subject.revision.state, N_("This is no longer waiting for a decision."))
    _close_left_over(subject)
    if subject.versioned is None:
        record(subject.thing, "organisation.claim", actor)
    elif subject.revision.state == SUBMITTED:
        authoring.moderate(subject.versioned, subject.revision, "claim", actor)
    else:  # in review without a case: its holder left before cases were kept
        record(subject.thing, f"{subject.kind}.claim", actor, data={"revision": subject.revision.number})
    return _open(subject, actor)


def release(subject: Submission, actor: Actor) -> None:
    """Give a case back to the queue. Raises NotAllowed when somebody else has it; silence when it was given back."""
    _may(subject, actor)
    subject = locked(subject)
    case = open_case(subject)
    if case is None:
        return
    if case.claimed_by_id != actor.user_id:
        raise NotAllowed(N_("Only the one who has the case gives it back; you may take it over with a reason."))
    case.released_at = clock.now()
    if subject.versioned is None:
        record(subject.thing, "organisation.release", actor)
    elif subject.revision.state == IN_REVIEW:
        authoring.moderate(subject.versioned, subject.revision, "release", actor)
    db.session.flush()
    work.changed()


def take_over(subject: Submission, actor: Actor, reason: str) -> ModerationCase:
    """Take a case from a colleague who is away. Raises Invalid without a reason, Stale when it moved meanwhile."""
    _may(subject, actor)
    subject = locked(subject)
    case = open_case(subject)
    if case is None or not subject.waiting:
        raise Stale(N_("Nobody has this case any more. Look again."))
    if case.claimed_by_id == actor.user_id:
        return case
    Reason().check("", reason)
    case.released_at = clock.now()
    db.session.flush()
    record(subject.thing, f"{subject.kind}.take_over", actor, reason=reason, data={"from": case.claimed_by_id})
    return _open(subject, actor)


def decide(subject: Submission, actor: Actor, decision: Decision, lock: int | None = None) -> ModerationCase | None:
    """Decide a case that the actor holds; return it, or None when exactly this was decided already (a double click).

    Approving publishes (authoring) or verifies (organisations). Raises NotAllowed without the case, Stale when the
    submission changed since the page was opened, Invalid for a missing answer, reason or class, Missing when a
    publication lacks facts.
    """
    _may(subject, actor)
    if decision.action == "approve":
        decision = replace(decision, reason_code="")  # an approval may carry a note, never a fault
    subject = locked(subject)
    case = open_case(subject)
    if case is None and _decided_so(subject, actor, decision):
        return None
    if case is None or not subject.waiting:
        raise Stale(N_("This case is no longer yours to decide. Your text is kept below."))
    if case.claimed_by_id != actor.user_id:
        raise NotAllowed(N_("Take the case first; it belongs to somebody else."))
    check_version(lock, subject.revision.lock)
    _check(subject, decision)
    if decision.action == "approve":
        _check_publishable(subject, actor)
    _carry_out(subject, actor, decision)
    case.decided_at, case.decision = clock.now(), decision.action
    case.reason_code, case.text, case.checklist = decision.reason_code, decision.text, dict(decision.checklist)
    db.session.flush()
    work.changed()
    return case


def _may(subject: Submission, actor: Actor) -> None:
    why = why_not(subject, actor)
    if why:
        raise NotAllowed(why)


def _open(subject: Submission, actor: Actor) -> ModerationCase:
    case = ModerationCase(
        kind=subject.kind,
        subject_id=subject.id,
        org_id=subject.org_id,
        submitted_at=subject.submitted_at,
        due_at=subject.due_at,
        claimed_by_id=actor.user_id,
        claimed_at=clock.now(),
    )
    db.session.add(case)
    db.session.flush()
    work.changed()
    return case


def _close_left_over(subject: Submission) -> None:
    """Release a case of an earlier submission that its owner took back while somebody had it."""
    rows = select(ModerationCase).where(
        ModerationCase.kind == subject.kind,
        ModerationCase.subject_id == subject.id,
        ModerationCase.is_open(),
    )
    for case in db.session.scalars(rows):
        case.released_at = clock.now()
    db.session.flush()


def _decided_so(subject: Submission, actor: Actor, decision: Decision) -> bool:
    rows = select(ModerationCase).where(
        ModerationCase.kind == subject.kind,
        ModerationCase.subject_id == subject.id,
        ModerationCase.submitted_at == subject.submitted_at,
        ModerationCase.decided_at.is_not(None),
    )
    last = db.session.scalars(rows.order_by(ModerationCase.id.desc())).first()
    if last is None or last.claimed_by_id != actor.user_id:
        return False
    return (last.decision, last.reason_code, last.text) == (decision.action, decision.reason_code, decision.text)


def _check(subject: Submission, decision: Decision) -> None:
    """Refuse an incomplete decision. Approval needs every item met; a refusal needs its reason and what is wrong."""
    kind, answers = subject.kind, decision.checklist
    if decision.action not in DECISIONS:
        raise Invalid("action", N_("Choose a decision."))
    missing, wrong = checklists.unanswered(kind, answers), checklists.problems(kind, answers)
    if decision.action != "reject" and missing:
        raise Invalid(f"check_{missing[0]}", N_("Answer every item of the checklist."))
    if decision.action == "approve":
        if wrong:
            raise Invalid(f"check_{wrong[0]}", N_("An item with a problem cannot be approved."))
        return _check_class(subject, decision.control_class)
    if not wrong:
        raise Invalid(f"check_{(missing or review_of(kind).checks.codes)[0]}", N_("Mark which item has the problem."))
    refusal = Reason(review_of(kind).reasons, ask=N_("Write to the author what is wrong and what to do."))
    return refusal.check(decision.reason_code, decision.text, field="text")


def _check_publishable(subject: Submission, actor: Actor) -> None:
    """Refuse a new version of something that was suspended or removed meanwhile; rejecting it stays possible."""
    if subject.versioned is None:
        return
    kind, thing = subject.versioned, subject.thing
    if thing.state not in kind.live and kind.lifecycle.row("publish", thing.state, thing.roles_of(actor)) is None:
        message = N_("It cannot be published while it is suspended or removed. Lift the suspension first, or reject.")
        raise IllegalMove(thing.state, message, label=kind.lifecycle.label(thing.state))


def _check_class(subject: Submission, control_class: str) -> None:
    if not subject.reviewed.classified:
        return
    if control_class not in CONTROL_CLASSES:
        raise Invalid("control_class", N_("Choose the control class of the technology."))
    if control_class == "banned":
        raise Invalid("control_class", N_("Banned technology cannot be published; reject it."))


def _carry_out(subject: Submission, actor: Actor, decision: Decision) -> Event | None:
    words: dict[str, Any] = {"reason_code": decision.reason_code, "reason": decision.text}
    if subject.versioned is None:
        return organisations.decide(subject.thing, decision.action, actor, **words)
    if subject.reviewed.classified and decision.action == "approve":
        subject.revision.control_class = decision.control_class
        db.session.flush()
    return authoring.moderate(subject.versioned, subject.revision, decision.action, actor, **words)
