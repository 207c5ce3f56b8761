"""What is told of decisions and sanctions: to the organisation's administrators and the submitter, in their language."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from marketplace.accounts.models import User
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.permissions import MANAGE_ORGANISATION
from marketplace.core.subjects import review_of, subject_of
from marketplace.core.subjects import subject as kind_of
from marketplace.moderation.kind import REVIEWED, VERSIONED
from marketplace.moderation.models import ModerationCase
from marketplace.moderation.submission import Submission, public_path
from marketplace.notifications.occasions import Occasion, Person
from marketplace.notifications.rendering import term
from marketplace.notifications.rules import Letter, Notifications, Rule, rule
from marketplace.organisations.lifecycle import SUSPENDED_STATES
from marketplace.organisations.models import Membership, Organisation
from marketplace.values.text import N_
from marketplace.vocabulary import DECISIONS, SUSPENSION_REASONS

_APPROVED = N_("“%(title)s” has been approved and is published.")
_VERIFIED = N_("“%(title)s” has been verified. It may now publish, answer and sign.")
DECIDED = {
    "reject": N_("“%(title)s” has been rejected: %(reason)s."),
    "request_changes": N_("“%(title)s” needs changes before it can be approved: %(reason)s."),
}
SANCTIONED = {
    "suspend": N_("“%(title)s” was suspended by the exchange: %(reason)s."),
    "restore": N_("The suspension of “%(title)s” was lifted."),
    "remove": N_("“%(title)s” was removed from the exchange: %(reason)s."),
    "recheck": N_("The exchange asks “%(title)s” to have its details checked again."),
    "close": N_("“%(title)s” was closed on the exchange."),
}


def occasion(event: Event, thing: Any) -> Occasion | None:
    """Return whom a decision or a sanction concerns, and what their letter says."""
    verb = event.action.partition(".")[2]
    return _sanctioned(event, thing) if verb in REVIEWED[event.subject_kind].sanctions else _decided(event, thing, verb)


def _decided(event: Event, thing: Any, decision: str) -> Occasion | None:
    """Return the occasion of a decided case; what was moved without one (an import) is not told."""
    kind = event.subject_kind
    revision = thing
    if kind in VERSIONED:
        revision = next((one for one in thing.revisions if one.number == event.data.get("revision")), None)
    if revision is None or not _has_case(kind, revision.id, decision):
        return None
    subject = Submission(kind, thing, revision)
    live = decision == "approve"
    path = public_path(thing) if live else kind_of(kind).own_path(thing)
    reasons = review_of(kind).reasons
    return Occasion(
        thing, event, persons={"told": _people(subject.org_id, revision.submitted_by_id)},
        params={"title": subject.title, "reason": term(reasons.name, event.reason_code)},
        extra={"subject": subject, "action": decision, "text": event.reason, "path": path, "reasons": reasons,
               "reason_code": event.reason_code},
    )


def _decision_letter(occasion: Occasion, person: User) -> Letter:
    said = occasion.extra
    return Letter("moderation_decided", {
        **said, "decision": DECISIONS.label(said["action"], person.locale),
        "reason": _reason(said["reasons"], said["reason_code"], person.locale),
    })


def _has_case(kind: str, subject_id: int, decision: str) -> bool:
    rows = select(ModerationCase.id).where(
        ModerationCase.kind == kind, ModerationCase.subject_id == subject_id, ModerationCase.decision == decision
    )
    return db.session.scalar(rows.limit(1)) is not None


def _sanctioned(event: Event, thing: Any) -> Occasion:
    declared = subject_of(thing)
    org_id = declared.organisations(thing)["owner"]
    return Occasion(
        thing, event, persons={"told": _people(org_id, None)},
        params={"reason": term(SUSPENSION_REASONS.name, event.reason_code)},
        extra={
            "kind": declared.kind, "state": declared.lifecycle.label(event.to_state) if declared.lifecycle else "",
            "hides": event.action in {"organisation.suspend", "organisation.close"}, "text": event.reason,
            "path": declared.own_path(thing), "reason_code": event.reason_code,
        },
    )


def _sanction_letter(occasion: Occasion, person: User) -> Letter:
    reason = _reason(SUSPENSION_REASONS, occasion.extra["reason_code"], person.locale)
    name = occasion.subject.title(occasion.row, person.locale)
    return Letter("moderation_sanctioned", {**occasion.extra, "name": name, "reason": reason})


def _people(org_id: int, submitter_id: int | None) -> list[Person]:
    """Return the active admins of an organisation and the submitter (while a member), each once."""
    rows = (
        select(User, Membership.roles)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == org_id, Membership.left_at.is_(None), User.active.is_(True))
        .where(or_(User.confirmed_at.is_not(None), User.id == submitter_id))
        .order_by(User.id)
    )
    found = {
        user.id: user for user, roles in db.session.execute(rows)
        if MANAGE_ORGANISATION.held_by(roles) or user.id == submitter_id
    }
    return [Person(user, org_id) for user in found.values()]


def _reason(vocabulary: Any, code: str, locale: str) -> str:
    return str(vocabulary.label(code, locale)) if code else ""


def _decisions(kind: str) -> list[Rule]:
    approved = ("review.approve", _APPROVED) if kind in VERSIONED else ("review.verify", _VERIFIED)
    rows = {"approve": approved, **{verb: (f"review.{verb}", text) for verb, text in DECIDED.items()}}
    return [
        rule(f"{kind}.{verb}", "review", "told", text, key=key, letter=_decision_letter,
             place=lambda occasion: str(occasion.extra["path"]))
        for verb, (key, text) in rows.items()
    ]


def _sanctions(kind: str) -> list[Rule]:
    """Return the rows of what the exchange does: an organisation that changes its own tax code knows what it does."""
    return [
        rule(f"{kind}.{verb}", "review", "told", SANCTIONED[verb], by="exchange", key=f"sanction.{verb}",
             letter=_sanction_letter, place=lambda occasion: str(occasion.extra["path"]))
        for verb in REVIEWED[kind].sanctions
    ]


NOTIFICATIONS = Notifications(
    tuple(row for kind in REVIEWED for row in (*_decisions(kind), *_sanctions(kind))), occasion=occasion
)

#: What somebody may send to people who did not ask for it.
UNSOLICITED = frozenset({
    "lead.contact", "lead.ask", "lead.message", "listing.enquire", "need.enquire", "need.invite",
})


def sender_suspended(occasion: Occasion) -> str:
    """Hold what an organisation sent just before the exchange suspended it."""
    event = occasion.event
    if event is None or event.action not in UNSOLICITED or event.on_behalf_of is None:
        return ""
    sender = db.session.get(Organisation, event.on_behalf_of)
    suspended = sender is not None and sender.state in SUSPENDED_STATES
    return N_("The organisation that sent this was suspended before anybody was told.") if suspended else ""
