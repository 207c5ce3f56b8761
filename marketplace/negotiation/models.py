"""Tables from interest to agreed terms. Row locks (`with_for_update`) on the lead order all writers of one lead."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.answers.models import Answer
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor
from marketplace.core.columns import (
    Big,
    Codes,
    Key,
    Moment,
    NfcString,
    NfcText,
    Rows,
    UtcDateTime,
    index_of_states,
    one_of,
)
from marketplace.core.extensions import Base
from marketplace.core.permissions import COMMIT, FOLLOW_DEALS, NEGOTIATE
from marketplace.listings.models import Listing
from marketplace.negotiation.lifecycle import COMPLAINT, LEAD, OPEN_COMPLAINT_STATES, OPEN_LEAD_STATES, TERMS
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.vocabulary import COMPLAINT_KINDS, LEAD_ORIGINS, SIDES

_OPEN = f"state IN {OPEN_LEAD_STATES!r}"


def _one_open(name: str, *columns: str, where: str) -> Index:
    """Return the index that keeps open leads of one kind unique."""
    open_ones = text(f"{_OPEN} AND {where}")
    return Index(f"uq_lead_{name}_open", *columns, unique=True, sqlite_where=open_ones, postgresql_where=open_ones)


class Lead(Base):
    """One conversation between a supplier and a buyer about a technology, a need, or both."""

    __tablename__ = "lead"
    __table_args__ = (
        CheckConstraint(LEAD.check_sql(), name="state_known"),
        one_of("origin", LEAD_ORIGINS.codes),
        CheckConstraint("listing_id IS NOT NULL OR need_id IS NOT NULL", name="about_something"),
        CheckConstraint("supplier_org_id <> buyer_org_id", name="two_sides"),
        # One open lead per pair of sides and thing: a double click is one interest. A lead about both is apart from one
        # about the technology alone, else an answer to a hidden requester would tell that they asked before.
        _one_open("listing", "listing_id", "buyer_org_id", where="listing_id IS NOT NULL AND need_id IS NULL"),
        _one_open("both", "listing_id", "need_id", where="listing_id IS NOT NULL AND need_id IS NOT NULL"),
        _one_open("need", "need_id", "supplier_org_id", where="need_id IS NOT NULL AND listing_id IS NULL"),
        Index("ix_lead_supplier", "supplier_org_id", "state", "last_activity_at"),
        Index("ix_lead_buyer", "buyer_org_id", "state", "last_activity_at"),
        Index("ix_lead_supplier_activity", "supplier_org_id", "last_activity_at", "id"),
        Index("ix_lead_buyer_activity", "buyer_org_id", "last_activity_at", "id"),
        Index("ix_lead_activity", "last_activity_at", "id"),
        Index("ix_lead_need", "need_id"),
        Index("ix_lead_answer", "answer_id", "id"),
        Index("ix_lead_respond", "state", "respond_by"),
    )
    subject_kind = "lead"
    lifecycle = LEAD

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)  # QT-2026-000001
    origin: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default=LEAD.initial)
    listing_id: Mapped[int | None] = mapped_column(Big, ForeignKey("listing.id"))
    need_id: Mapped[int | None] = mapped_column(Big, ForeignKey("buyer_request.id"))
    answer_id: Mapped[int | None] = mapped_column(Big, ForeignKey("answer.id"))  # whose conversation it is
    supplier_org_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"))
    buyer_org_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"))
    initiator_side: Mapped[str] = mapped_column(String(10), default="")  # supplier | buyer; empty: an introduction
    waiting_on: Mapped[str] = mapped_column(String(10), default="")  # the side whose turn it is; empty: nobody's
    respond_by: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of a contacted or suggested lead
    # A requester who asked to stay hidden is named to the supplier only from here on.
    buyer_revealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    terms_open: Mapped[bool] = mapped_column(default=False)  # versions of terms may be proposed
    decline_code: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    last_activity_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)

    listing: Mapped[Listing | None] = relationship()
    need: Mapped[BuyerRequest | None] = relationship()
    answer: Mapped[Answer | None] = relationship()
    supplier: Mapped[Organisation] = relationship(foreign_keys=[supplier_org_id])
    buyer: Mapped[Organisation] = relationship(foreign_keys=[buyer_org_id])
    terms: Mapped[list[Terms]] = relationship(back_populates="lead", order_by="Terms.number")

    @property
    def things(self) -> list[Listing | BuyerRequest]:
        """What it is about, first what it began with: an answer to a need with the need, all others with the technology."""
        return sorted(filter(None, (self.listing, self.need)), key=lambda thing: thing.subject_kind != self.origin)

    def side_of(self, actor: Actor) -> str:
        """Return the side the actor acts for: supplier, buyer, or an empty string."""
        if actor.org_id is None:
            return ""
        return {self.supplier_org_id: "supplier", self.buyer_org_id: "buyer"}.get(actor.org_id, "")

    def is_on_both_sides(self, actor: Actor) -> bool:
        """True for a person who belongs to the other side, or has bound it: such a person binds neither.

        Otherwise one person with two organisations could make up a deal that nobody else agreed to.
        """
        side = self.side_of(actor)
        if not side or actor.user_id is None:
            return False
        other = "buyer" if side == "supplier" else "supplier"
        if getattr(self, f"{other}_org_id") in actor.org_ids:
            return True
        return any(getattr(terms, f"{other}_accepted_by_id") == actor.user_id for terms in self.terms)

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the actor's roles towards this lead: system, officer, supplier, buyer, initiator, counterpart.

        The sides' roles go to members who may write; reading is `marketplace.negotiation.visibility`.
        """
        roles: set[str] = {"system"} if actor.is_system else set()
        side = self.side_of(actor)
        if side and actor.may(NEGOTIATE):
            roles.add(side)
            if self.initiator_side != side:
                roles.add("counterpart")
            if self.initiator_side in {side, ""}:
                roles.add("initiator")
        if is_officer(actor, self.supplier_org_id, self.buyer_org_id):
            roles.add("officer")
        return frozenset(roles)


def is_officer(actor: Actor, *org_ids: int) -> bool:
    """True for who follows deals for the exchange and belongs to none of the organisations (no conflict of interest)."""
    return actor.may(FOLLOW_DEALS) and not actor.org_ids & set(org_ids)


class Message(Base):
    """One message of a lead's thread. Never edited, never deleted; its files are attachments of subject `message`."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("lead_id", "author_id", "once"),
        Index("ix_message_lead", "lead_id", "id"),
        one_of("side", ("supplier", "buyer", "officer")),
    )
    subject_kind = "message"

    id: Mapped[Key]
    lead_id: Mapped[int] = mapped_column(Big, ForeignKey("lead.id"))
    author_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    side: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20), default="message")  # message | interest | question | mediation
    text: Mapped[str] = mapped_column(NfcText)
    once: Mapped[str] = mapped_column(String(40))  # the form's own number: a double click is one message
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)

    author: Mapped[User] = relationship()


class ThreadRead(Base):
    """Up to which message a person has read a thread."""

    __tablename__ = "thread_read"

    lead_id: Mapped[int] = mapped_column(Big, ForeignKey("lead.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(Big)


class Terms(Base):
    """One version of the terms one side proposes; never edited, only answered."""

    __tablename__ = "terms_version"
    __table_args__ = (
        CheckConstraint(TERMS.check_sql(), name="state_known"),
        CheckConstraint("state <> 'accepted' OR (supplier_accepted_at IS NOT NULL AND buyer_accepted_at IS NOT NULL)",
                        name="accepted_by_both"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        one_of("side", SIDES.codes),
        UniqueConstraint("lead_id", "number"),
        Index("uq_terms_proposed", "lead_id", unique=True, sqlite_where=text("state = 'proposed'"),
              postgresql_where=text("state = 'proposed'")),
    )
    subject_kind = "terms"
    lifecycle = TERMS

    id: Mapped[Key]
    lead_id: Mapped[int] = mapped_column(Big, ForeignKey("lead.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default=TERMS.initial)
    side: Mapped[str] = mapped_column(String(10))  # who proposed
    proposed_by_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    note: Mapped[str] = mapped_column(NfcText, default="")  # to the other side: what changed and why
    supplier_accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    supplier_accepted_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    buyer_accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    buyer_accepted_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))

    # What is transferred and how (docs/domain.md §2.2)
    scope: Mapped[str] = mapped_column(NfcText, default="")  # what exactly is transferred
    transfer_right: Mapped[str] = mapped_column(String(20), default="")
    exclusivity: Mapped[str] = mapped_column(String(20), default="")
    sublicence: Mapped[bool | None]
    territory: Mapped[str] = mapped_column(NfcString(300), default="")
    field_of_use: Mapped[str] = mapped_column(NfcString(300), default="")
    term_months: Mapped[int | None]  # None: without limit of time
    direction: Mapped[str] = mapped_column(String(20), default="domestic")  # TRANSFER_DIRECTIONS: drives registration
    transfer_form: Mapped[str] = mapped_column(String(30), default="")
    transfer_methods: Mapped[Codes] = mapped_column(JSON, default=list)
    # Of a technology that is not listed here, declared by the supplier (of a listed one the listing says it).
    funding_source: Mapped[str] = mapped_column(String(20), default="")
    result_certificate_no: Mapped[str] = mapped_column(NfcString(100), default="")
    # Money: whole đồng; the schedule's amounts sum to the price
    price: Mapped[int] = mapped_column(BigInteger, default=0)
    payment_methods: Mapped[Codes] = mapped_column(JSON, default=list)
    milestones: Mapped[Rows] = mapped_column(JSON, default=list)  # {title, deliverable, due_on (ISO), amount, pay_when}
    # Afterwards
    support_kinds: Mapped[Codes] = mapped_column(JSON, default=list)
    warranty_months: Mapped[int | None]
    penalties: Mapped[str] = mapped_column(NfcText, default="")
    dispute_body: Mapped[str] = mapped_column(NfcString(300), default="")
    other: Mapped[str] = mapped_column(NfcText, default="")

    lead: Mapped[Lead] = relationship(back_populates="terms")
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])

    @property
    def exclusive(self) -> bool:
        """True when nobody else may have the technology: exclusive or sole use, or its ownership."""
        return self.transfer_right == "ownership" or self.exclusivity in {"exclusive", "sole"}

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the actor's roles towards this version: system, proposer, counterpart, acceptor."""
        roles: set[str] = {"system"} if actor.is_system else set()
        side = self.lead.side_of(actor)
        if not side or not actor.may(NEGOTIATE):
            return frozenset(roles)
        if side == self.side:
            roles.add("proposer")
        else:
            roles.add("counterpart")
            if actor.may(COMMIT) and not self.lead.is_on_both_sides(actor):
                roles.add("acceptor")
        return frozenset(roles)


class Complaint(Base):
    """A party asks the operators in; while it is open they may read the thread, and each reading is recorded."""

    __tablename__ = "complaint"
    __table_args__ = (
        CheckConstraint(COMPLAINT.check_sql(), name="state_known"),
        one_of("kind", COMPLAINT_KINDS.codes),
        one_of("side", SIDES.codes),
        Index("ix_complaint_lead", "lead_id", "state"),
        index_of_states("ix_complaint_open", OPEN_COMPLAINT_STATES, "due_at", "id"),
    )
    subject_kind = "complaint"
    lifecycle = COMPLAINT

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)  # KN-2026-000001
    lead_id: Mapped[int] = mapped_column(Big, ForeignKey("lead.id"))
    side: Mapped[str] = mapped_column(String(10))  # who complains
    opened_by_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(NfcText)
    state: Mapped[str] = mapped_column(String(20), default=COMPLAINT.initial)
    officer_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    outcome: Mapped[str] = mapped_column(NfcText, default="")  # shown to both sides
    opened_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    due_at: Mapped[Moment]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    lead: Mapped[Lead] = relationship()
    officer: Mapped[User | None] = relationship(foreign_keys=[officer_id])

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the actor's roles towards this complaint: officer, complainant, respondent."""
        roles: set[str] = {"system"} if actor.is_system else set()
        side = self.lead.side_of(actor)
        if side and actor.may(NEGOTIATE):
            roles.add("complainant" if side == self.side else "respondent")
        if is_officer(actor, self.lead.supplier_org_id, self.lead.buyer_org_id):
            roles.add("officer")
        return frozenset(roles)
