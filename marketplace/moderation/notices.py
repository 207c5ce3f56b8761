"""Who is told about a decision or a suspension: the submitter and the organisation's admins, in their own language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from marketplace import mail
from marketplace.accounts.models import User
from marketplace.events import Consumer, Event, Outbox
from marketplace.extensions import db
from marketplace.moderation.models import ModerationCase
from marketplace.moderation.subjects import VERSIONED, Subject, lifecycle_of, owner_path, public_path
from marketplace.organisations.models import Membership, Organisation
from marketplace.vocabulary import DECISIONS, REASONS, SUSPENSION_REASONS


def decided(subject: Subject, case: ModerationCase, event: Event | None) -> None:
    """Queue one mail per recipient about a decision, once per event."""
    if event is None:
        return
    live = case.decision == "approve"
    for person in recipients(subject.org_id, subject.revision.submitted_by_id):
        mail.queue_template(
            f"event:{event.id}:{person.email}",
            person.email,
            person.locale,
            "moderation_decided",
            person=person,
            subject=subject,
            decision=DECISIONS.label(case.decision, person.locale),
            action=case.decision,
            reason=_reason(REASONS[subject.kind], case.reason_code, person.locale),
            text=case.text,
            path=public_path(subject.kind, subject.thing) if live else owner_path(subject.kind, subject.thing),
        )


def sanctioned(rows: Sequence[Outbox]) -> None:
    """Queue one mail per recipient about a suspension, its end or a removal, whichever page made the move."""
    for row in rows:
        event = db.session.get_one(Event, row.event_id)
        kind = event.subject_kind
        table: Any = Organisation if kind == "organisation" else VERSIONED[kind].thing
        thing = db.session.get_one(table, event.subject_id)
        org_id = thing.id if kind == "organisation" else thing.org_id
        if event.on_behalf_of != org_id:  # an organisation that changes its own tax code knows what it does
            _tell(kind, thing, org_id, event)


def _tell(kind: str, thing: Any, org_id: int, event: Event) -> None:
    for person in recipients(org_id, None):
        mail.queue_template(
            f"event:{event.id}:{person.email}",
            person.email,
            person.locale,
            "moderation_sanctioned",
            person=person,
            kind=kind,
            name=thing_name(kind, thing),
            state=lifecycle_of(kind).label(event.to_state),
            hides=event.action in {"organisation.suspend", "organisation.close"},
            reason=_reason(SUSPENSION_REASONS, event.reason_code, person.locale),
            text=event.reason,
            path=owner_path(kind, thing),
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
        user.id: user for user, roles in db.session.execute(rows) if "admin" in roles or user.id == submitter_id
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
