"""Who is told about a decision or a suspension: the submitter and the organisation's admins, in their own language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from marketplace.accounts.models import User
from marketplace.core.events import Consumer, Event, Outbox
from marketplace.core.extensions import db
from marketplace.core.permissions import MANAGE_ORGANISATION
from marketplace.moderation.models import ModerationCase
from marketplace.moderation.submission import VERSIONED, Subject, lifecycle_of, owner_path, public_path
from marketplace.notifications.actions import Letter, Thing, notify
from marketplace.notifications.rendering import term
from marketplace.notifications.topics import register_message
from marketplace.organisations.models import Membership, Organisation
from marketplace.values.text import N_
from marketplace.vocabulary import DECISIONS, REASONS, SUSPENSION_REASONS

MESSAGES = {
    "review.verify": N_("“%(title)s” has been verified. It may now publish, answer and sign."),
    "review.approve": N_("“%(title)s” has been approved and is published."),
    "review.reject": N_("“%(title)s” has been rejected: %(reason)s."),
    "review.request_changes": N_("“%(title)s” needs changes before it can be approved: %(reason)s."),
    "sanction.suspend": N_("“%(title)s” was suspended by the exchange: %(reason)s."),
    "sanction.restore": N_("The suspension of “%(title)s” was lifted."),
    "sanction.remove": N_("“%(title)s” was removed from the exchange: %(reason)s."),
    "sanction.recheck": N_("The exchange asks “%(title)s” to have its details checked again."),
    "sanction.close": N_("“%(title)s” was closed on the exchange."),
}
for _key, _message in MESSAGES.items():
    register_message(_key, _message)


def decided(subject: Subject, case: ModerationCase, event: Event | None) -> None:
    """Tell every recipient about a decision, once per event."""
    if event is None:
        return
    live = case.decision == "approve"
    path = public_path(subject.kind, subject.thing) if live else owner_path(subject.kind, subject.thing)
    message = "review.verify" if live and subject.kind == "organisation" else f"review.{case.decision}"
    reasons = REASONS[subject.kind]
    for person in recipients(subject.org_id, subject.revision.submitted_by_id):
        letter = Letter("moderation_decided", {
            "subject": subject, "decision": DECISIONS.label(case.decision, person.locale), "action": case.decision,
            "reason": _reason(reasons, case.reason_code, person.locale), "text": case.text, "path": path,
        })
        notify(
            person, "review", f"event:{event.id}", message,
            {"title": subject.title, "reason": term(reasons.name, case.reason_code)}, path, event=event, letter=letter,
            thing=Thing(org_id=subject.org_id, kind=subject.kind, id=subject.thing.id),
        )


def sanctioned(rows: Sequence[Outbox]) -> None:
    """Tell every recipient about a suspension, its end or a removal, whichever page made the move."""
    for row in rows:
        event = db.session.get_one(Event, row.event_id)
        kind = event.subject_kind
        table: Any = Organisation if kind == "organisation" else VERSIONED[kind].thing
        thing = db.session.get_one(table, event.subject_id)
        org_id = thing.id if kind == "organisation" else thing.org_id
        if event.on_behalf_of != org_id:  # an organisation that changes its own tax code knows what it does
            _tell(kind, thing, org_id, event)


def _tell(kind: str, thing: Any, org_id: int, event: Event) -> None:
    name, path = thing_name(kind, thing), owner_path(kind, thing)
    for person in recipients(org_id, None):
        letter = Letter("moderation_sanctioned", {
            "kind": kind, "name": name, "state": lifecycle_of(kind).label(event.to_state),
            "hides": event.action in {"organisation.suspend", "organisation.close"},
            "reason": _reason(SUSPENSION_REASONS, event.reason_code, person.locale), "text": event.reason, "path": path,
        })
        notify(
            person, "review", f"event:{event.id}", f"sanction.{event.action.partition('.')[2]}",
            {"title": name, "reason": term(SUSPENSION_REASONS.name, event.reason_code)}, path, event=event, letter=letter,
            thing=Thing(org_id=org_id, kind=kind, id=thing.id),
        )


def consumer() -> Consumer:
    """Return the reader of sanctions that tells the organisation."""
    told = {
        *(f"organisation.{action}" for action in ("suspend", "restore", "recheck", "close")),
        *(f"{kind}.{action}" for kind in VERSIONED for action in ("suspend", "restore", "remove")),
    }
    return Consumer("sanction_notices", told.__contains__, sanctioned)


def recipients(org_id: int, submitter_id: int | None) -> list[User]:
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
    return list(found.values())


def thing_name(kind: str, thing: Any) -> str:
    """Return the name of an organisation, or the title (else the code) of a listing or need."""
    if kind == "organisation":
        return str(thing.name)
    revision = thing.published_revision or thing.revisions[-1]
    return str(revision.title or thing.code)


def _reason(vocabulary: Any, code: str, locale: str) -> str:
    return str(vocabulary.label(code, locale)) if code else ""
