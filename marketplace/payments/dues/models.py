"""Tables of dues: what a side owes, what it reports as paid, what the other confirms, and what an officer opened again."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core.access import Actor
from marketplace.core.columns import (
    Big,
    Key,
    Moment,
    NfcString,
    NfcText,
    UtcDateTime,
    index_of_states,
    one_of,
)
from marketplace.core.database_roles import APPEND_ONLY, NEVER_DELETED
from marketplace.core.extensions import Base
from marketplace.core.permissions import COMMIT, NEGOTIATE
from marketplace.deals.models import Deal
from marketplace.files.models import Attachment
from marketplace.negotiation.models import is_officer
from marketplace.organisations.models import Organisation
from marketplace.payments.dues.lifecycle import DUE, PLANNED
from marketplace.values import clock
from marketplace.vocabulary import PAY_WHENS, SIDES

#: Which side asked for something, seen from the payment.
PAYING_SIDES = ("payer", "payee")


class Due(Base):
    """One payment between the sides of a deal: of a milestone, of interest on another; `key` says for what."""

    __tablename__ = "due"
    __table_args__ = (
        CheckConstraint(DUE.check_sql(), name="state_known"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("confirmed >= 0 AND confirmed <= amount", name="confirmed_within"),
        CheckConstraint("(state = 'confirmed') = (confirmed = amount)", name="confirmed_is_whole"),
        CheckConstraint("state <> 'part' OR confirmed > 0", name="part_has_amount"),
        one_of("payer_side", SIDES.codes),
        one_of("pay_when", PAY_WHENS.codes),
        one_of("waive_asked_by", ("", *PAYING_SIDES)),
        Index("ix_due_deal", "deal_id", "id"),
        index_of_states("ix_due_planned", PLANNED, "due_on", "id"),
        Index("ix_due_reminder", "next_reminder_on", "id"),
        {"info": NEVER_DELETED},
    )
    subject_kind = "due"
    lifecycle = DUE

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(60), unique=True)  # kind, id, and where there are several their number
    of_kind: Mapped[str] = mapped_column(String(40))
    of_id: Mapped[int] = mapped_column(Big)
    deal_id: Mapped[int] = mapped_column(Big, ForeignKey("deal.id"))
    payer_side: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(NfcString(300))
    amount: Mapped[int] = mapped_column(BigInteger)  # minor units of `currency`
    currency: Mapped[str] = mapped_column(String(3), default="VND")
    pay_when: Mapped[str] = mapped_column(String(20))
    due_on: Mapped[date]  # as planned; once it fell due, the day on which it did
    state: Mapped[str] = mapped_column(String(20), default=DUE.initial)
    lock: Mapped[int] = mapped_column(default=1)
    confirmed: Mapped[int] = mapped_column(BigInteger, default=0)  # what the payee confirmed as received
    waive_asked_by: Mapped[str] = mapped_column(String(10), default="")  # the side that asked to waive it
    waive_asked_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    waive_reason: Mapped[str] = mapped_column(NfcText, default="")
    asked_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))  # who claims late interest
    agreed_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))  # who agreed to pay it
    next_reminder_on: Mapped[date | None]
    made_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)

    deal: Mapped[Deal] = relationship()
    claims: Mapped[list[DueClaim]] = relationship(back_populates="due", order_by="DueClaim.id")
    confirms: Mapped[list[DueConfirm]] = relationship(order_by="DueConfirm.id")
    reopenings: Mapped[list[DueReopening]] = relationship(order_by="DueReopening.id")

    @property
    def rest(self) -> int:
        """What was not confirmed yet."""
        return self.amount - self.confirmed

    @property
    def open_claim(self) -> DueClaim | None:
        """The report of a payment that waits for an answer or was contested."""
        return next((one for one in self.claims if one.closed_at is None), None)

    @property
    def payer(self) -> Organisation:
        """The organisation that pays."""
        return self.deal.supplier if self.payer_side == "supplier" else self.deal.buyer

    @property
    def payee(self) -> Organisation:
        """The organisation that is paid."""
        return self.deal.buyer if self.payer_side == "supplier" else self.deal.supplier

    def side_of(self, actor: Actor) -> str:
        """Return the side the actor acts for: payer, payee, or an empty string."""
        side = self.deal.side_of(actor)
        if not side:
            return ""
        return "payer" if side == self.payer_side else "payee"

    def is_on_both_sides(self, actor: Actor) -> bool:
        """True for a person who belongs to the other side, or has said something binding for it: see `Deal`."""
        if self.deal.is_on_both_sides(actor):
            return True
        side = self.side_of(actor)
        said: dict[str, set[int | None]] = {
            "payer": {self.agreed_by_id, *(one.by_id for one in self.claims)},
            "payee": {self.asked_by_id, *(one.by_id for one in self.confirms)},
        }
        if self.waive_asked_by:
            said[self.waive_asked_by].add(self.waive_asked_by_id)
        return any(actor.user_id in people for other, people in said.items() if side and other != side)

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the actor's roles: system, payer, payee, payer_signer, payee_signer, asked, officer."""
        roles: set[str] = {"system"} if actor.is_system else set()
        side = self.side_of(actor)
        if side and actor.may(NEGOTIATE):
            roles.add(side)
            if actor.may(COMMIT):
                roles.add(f"{side}_signer")
                roles |= {"asked"} if self.waive_asked_by and self.waive_asked_by != side else set()
        if is_officer(actor, self.deal.supplier_org_id, self.deal.buyer_org_id):
            roles.add("officer")
        return frozenset(roles)


class DueClaim(Base):
    """What the payer reports as paid, with its proof. One waits for an answer at a time."""

    __tablename__ = "due_claim"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_due_claim_due", "due_id"),
        Index("uq_due_claim_open", "due_id", unique=True, sqlite_where=text("closed_at IS NULL"),
              postgresql_where=text("closed_at IS NULL")),
        {"info": NEVER_DELETED},
    )

    id: Mapped[Key]
    due_id: Mapped[int] = mapped_column(Big, ForeignKey("due.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date]
    reference: Mapped[str] = mapped_column(NfcString(100), default="")  # of the bank
    attachment_id: Mapped[int] = mapped_column(Big, ForeignKey("attachment.id"))
    by_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    contested_reason: Mapped[str] = mapped_column(NfcText, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # confirmed, taken back, or reported anew

    due: Mapped[Due] = relationship(back_populates="claims")
    by: Mapped[User] = relationship()
    attachment: Mapped[Attachment] = relationship()


class DueConfirm(Base):
    """What the payee confirms as received; an officer who opens the payment again takes it out of the sum."""

    __tablename__ = "due_confirm"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_due_confirm_due", "due_id"),
        {"info": NEVER_DELETED},
    )

    id: Mapped[Key]
    due_id: Mapped[int] = mapped_column(Big, ForeignKey("due.id"))
    claim_id: Mapped[int] = mapped_column(Big, ForeignKey("due_claim.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    received_on: Mapped[date]
    by_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    reopened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    by: Mapped[User] = relationship()


class DueReopening(Base):
    """Why an officer opened a confirmed payment again: what each side said, and what the officer found."""

    __tablename__ = "due_reopening"
    __table_args__ = (Index("ix_due_reopening_due", "due_id"), {"info": APPEND_ONLY})

    id: Mapped[Key]
    due_id: Mapped[int] = mapped_column(Big, ForeignKey("due.id"))
    payer_text: Mapped[str] = mapped_column(NfcText)
    payee_text: Mapped[str] = mapped_column(NfcText)
    reason: Mapped[str] = mapped_column(NfcText)
    by_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)


class PayeeAccount(Base):
    """The bank account into which an organisation wants to be paid by the other side of a deal; one is in use at a time."""

    __tablename__ = "payee_account"
    __table_args__ = (
        Index("ix_payee_account_org", "org_id"),
        Index("uq_payee_account_in_use", "org_id", unique=True, sqlite_where=text("retired_at IS NULL"),
              postgresql_where=text("retired_at IS NULL")),
        {"info": NEVER_DELETED},
    )
    subject_kind = "payee_account"

    id: Mapped[Key]
    org_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"))
    bin: Mapped[str] = mapped_column(String(6))  # the bank's number at NAPAS, e.g. 970436
    account_no: Mapped[str] = mapped_column(String(19))
    holder: Mapped[str] = mapped_column(NfcString(140))
    by_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    entered_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    by: Mapped[User] = relationship()

    @property
    def masked(self) -> str:
        """The number for events and histories: no more than its last four characters."""
        return f"••••{self.account_no[-4:]}"
