"""Questions about a listing or a need to those who offer or ask for it: one table and one verb for every kind of thing.

A question is logged, told with a letter, and answered by e-mail; it begins no conversation (docs/decisions/0009).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.accounts.queries import hold_person
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.columns import Big, Key, Moment, NfcText
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.events import Event, record
from marketplace.core.extensions import Base, db
from marketplace.core.permissions import Permission
from marketplace.core.subjects import subject_of
from marketplace.notifications.occasions import Occasion
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.values.text import N_

SHORTEST, LONGEST = 20, 4000  # characters
REPEAT = timedelta(minutes=10)  # the same question by the same person within this time is one question
SHOWN = 50  # newest questions shown to the owner


class Enquiry(Base):
    """A question sent to the owner of a thing; logged, delivered by mail."""

    __tablename__ = "enquiry"
    __table_args__ = (Index("ix_enquiry_subject", "subject_kind", "subject_id"),)

    id: Mapped[Key]
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(Big)
    from_user_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    from_org_id: Mapped[int | None] = mapped_column(Big, ForeignKey("organisation.id"))
    text: Mapped[str] = mapped_column(NfcText)
    created_at: Mapped[Moment]

    from_user: Mapped[User] = relationship()
    from_organisation: Mapped[Organisation | None] = relationship()


@dataclass(frozen=True)
class Rule:
    """What one kind of thing says of questions about it; the texts are the message ids of refusals."""

    asker: Permission
    states: Sequence[str]  # of the thing, in which questions are taken
    not_asker: str
    own: str
    closed: str
    longest: int = LONGEST


def enquire(thing: Any, actor: Actor, text: str, rule: Rule) -> Enquiry:
    """Send a person's question to the owner, who stays unnamed if hidden; repeats are one.

    The caller has loaded the thing through its visibility rule. Raises NotAllowed for who may not ask and for the owner's
    own people, Invalid for a thing that takes no questions now and for odd lengths.
    """
    if actor.user_id is None or not actor.may(rule.asker):
        raise NotAllowed(rule.not_asker)
    if thing.org_id in actor.org_ids:
        raise NotAllowed(rule.own)
    if thing.state not in rule.states:
        raise Invalid("text", rule.closed)
    if not SHORTEST <= len(text) <= rule.longest:
        raise Invalid("text", N_("Write %(low)s to %(high)s characters."), low=SHORTEST, high=rule.longest)
    hold_person(actor.user_id)
    last = _last(thing.subject_kind, thing.id, actor.user_id, clock.now())
    if last is not None and last.text == text and last.created_at > clock.now() - REPEAT:
        return last
    enquiry = Enquiry(
        subject_kind=thing.subject_kind, subject_id=thing.id, from_user_id=actor.user_id, from_org_id=actor.org_id,
        text=text, created_at=clock.now(),
    )
    db.session.add(enquiry)
    db.session.flush()
    record(thing, f"{thing.subject_kind}.enquire", actor, data={"enquiry": enquiry.id})  # notifications delivers it
    return enquiry


def _last(kind: str, thing_id: int, user_id: int | None, until: datetime) -> Enquiry | None:
    """Return the newest question of a person about a thing up to a moment."""
    rows = select(Enquiry).where(
        Enquiry.subject_kind == kind, Enquiry.subject_id == thing_id, Enquiry.from_user_id == user_id,
        Enquiry.created_at <= until,
    )
    return db.session.scalars(rows.order_by(Enquiry.created_at.desc(), Enquiry.id.desc()).limit(1)).first()


def _of(event: Event) -> Enquiry | None:
    """Return the question of an event by its number, or by who asked and when: before migration 0024 each kind counted."""
    numbered = db.session.get(Enquiry, event.data.get("enquiry", 0))
    if numbered is not None and numbered.from_user_id == event.actor_id and (
        (numbered.subject_kind, numbered.subject_id) == (event.subject_kind, event.subject_id)
    ):
        return numbered
    return _last(event.subject_kind, event.subject_id, event.actor_id, event.at)


def enquiries_about(thing: Any) -> Sequence[Enquiry]:
    """Return the newest questions about a thing with those who asked; for its owner's people only. One statement."""
    rows = select(Enquiry).where(Enquiry.subject_kind == thing.subject_kind, Enquiry.subject_id == thing.id)
    rows = rows.options(joinedload(Enquiry.from_user), joinedload(Enquiry.from_organisation))
    return db.session.scalars(rows.order_by(Enquiry.id.desc()).limit(SHOWN)).all()


def asked(event: Event, thing: Any) -> Occasion | None:
    """Return the occasion of a question; of a thing that was never published nobody is told."""
    enquiry = _of(event)
    revision = thing.published_revision
    if enquiry is None or revision is None:
        return None
    sender, organisation = enquiry.from_user, enquiry.from_organisation
    name = organisation.name if organisation else ""
    return Occasion(
        thing, event, params={"sender": name or sender.name, "title": revision.title},
        extra={
            "code": thing.code, "title": revision.title, "sender": sender.name, "sender_email": sender.email,
            "organisation": name, "text": enquiry.text, "path": subject_of(thing).path(thing, SYSTEM),
            "hidden": revision.visibility == "requester_hidden",
        },
    )
