"""Events as the features record them, on a real lead and a deal made of it; readers of inboxes and mails."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.access import Actor
from marketplace.core.events import Event, Outbox, record
from marketplace.core.extensions import db
from marketplace.core.outbox import work_once
from marketplace.deals.models import Deal, Milestone
from marketplace.mail import MailMessage
from marketplace.negotiation.event_data import facts
from marketplace.negotiation.models import Complaint, Lead, Terms
from marketplace.notifications.models import Notification
from marketplace.notifications.rendering import sentences
from marketplace.organisations.actors import actor_of
from marketplace.values import clock
from marketplace.web.i18n import in_language
from tests import factories
from tests.negotiation.factories import Cast


@dataclass
class Subject:
    """Stands in for terms, a deal or anything else that an event is about."""

    subject_kind: str
    id: int


@dataclass
class World(Cast):
    """A lead, its terms, a complaint, a deal with a milestone, an officer who follows both, a manager."""

    hidden: bool = False
    lead: Lead = field(init=False)

    def __post_init__(self) -> None:
        Cast.__init__(self)
        self.manager_user = factories.user("Bùi Thị Quản", staff=("manager",))
        self.second_officer_user = factories.user("Lý Văn Theo", staff=("deal_officer",))
        self.lead = self.lead_in("contacted" if self.hidden else "negotiating", hidden=self.hidden)
        now = clock.now()
        self.terms = Terms(lead_id=self.lead.id, number=1, side="supplier", proposed_by_id=self.supplier_user.id,
                           milestones=[], transfer_methods=[], payment_methods=[], support_kinds=[])
        self.complaint = Complaint(code="KN-2026-000001", lead_id=self.lead.id, side="buyer", kind="conduct", text="x" * 30,
                                   opened_by_id=self.buyer_user.id, due_at=now, officer_id=self.officer_user.id)
        db.session.add_all([self.terms, self.complaint])
        db.session.flush()
        self.deal = Deal(
            code="GD-2026-000001", lead_id=self.lead.id, terms_id=self.terms.id, supplier_org_id=self.supplier_org.id,
            buyer_org_id=self.buyer_org.id, frozen={}, frozen_sha256="0" * 64, title="Màng lọc nano", price=0,
            regime="voluntary", officer_id=self.officer_user.id,
        )
        self.deal.milestones = [Milestone(position=1, title="Lắp đặt", due_on=clock.today(), amount=0)]
        db.session.add(self.deal)
        db.session.commit()
        self.deliver()  # what making the lead told
        db.session.query(Notification).delete()
        db.session.query(Outbox).filter_by(consumer="mail").delete()
        db.session.query(MailMessage).delete()
        db.session.commit()

    def subject(self, kind: str) -> Any:
        return {"lead": self.lead, "terms": self.terms, "complaint": self.complaint, "deal": self.deal,
                "milestone": self.deal.milestones[0]}[kind]

    def happens(self, action: str, actor: Actor, **data: Any) -> Event:
        """Record an event as its feature does, and let the worker tell it."""
        kind = action.partition(".")[0]
        more = {"deal_id": self.deal.id} if kind in {"deal", "milestone"} else {}
        code = "price" if action in {"lead.decline", "lead.withdraw"} else ""
        event = record(self.subject(kind), action, actor, reason_code=code,
                       data=facts(self.lead, actor, number=1, days=12, **more, **data))
        db.session.commit()
        self.deliver()
        return event

    @staticmethod
    def deliver() -> None:
        """Let the worker tell what happened; mails stay in the queue."""
        while work_once(["notifications"]):
            pass


def told(event: Event) -> dict[int, Notification]:
    """Return who was told about an event."""
    db.session.rollback()
    return {row.user_id: row for row in db.session.scalars(select(Notification).where(Notification.event_id == event.id))}


def said(row: Notification, person: User, locale: str = "vi") -> str:
    """Return the sentence as this person reads it now."""
    with in_language(locale):
        return sentences([row], actor_of(person))[row.id]


def mails(**values: Any) -> list[MailMessage]:
    """Return the mails of a kind, oldest first."""
    db.session.rollback()
    return list(db.session.query(MailMessage).filter_by(**values).order_by(MailMessage.id))
