"""Tables of payments, of refunds, and of what providers of payments said."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.access import Actor
from marketplace.core.columns import (
    Big,
    Box,
    Key,
    Moment,
    NfcString,
    NfcText,
    UtcDateTime,
    index_of_states,
    one_of,
)
from marketplace.core.database_roles import NEVER_DELETED
from marketplace.core.extensions import Base
from marketplace.core.permissions import ACCOUNTING
from marketplace.organisations.models import Organisation
from marketplace.payments.banks.models import BankAccount
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.settlement.lifecycle import PAYMENT, REFUND, REFUND_OPEN
from marketplace.values import clock
from marketplace.values.text import N_

CARD, BANK = "card", "bank"
CHANNELS = (CARD, BANK)
CHANNEL_NAMES: dict[str, str] = {CARD: N_("Card"), BANK: N_("Bank transfer")}
_PENDING_CARD = text("state = 'pending' AND channel = 'card'")
_PARKED = text("parked_reason <> ''")


class Payment(Base):
    """One payment to the exchange. Without a payment request it is a credit of the organisation."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint(PAYMENT.check_sql(), name="state_known"),
        one_of("channel", CHANNELS),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("channel = 'card' OR bank_account_id IS NOT NULL", name="bank_has_account"),
        UniqueConstraint("provider", "provider_id"),
        UniqueConstraint("provider", "intent_id"),
        Index("uq_payment_pending_card", "invoice_id", unique=True, sqlite_where=_PENDING_CARD,
              postgresql_where=_PENDING_CARD),
        Index("ix_payment_invoice", "invoice_id"),
        Index("ix_payment_org", "org_id", "id"),
        Index("ix_payment_state", "state", "id"),
        Index("ix_payment_received", "received_on", "id"),
        {"info": NEVER_DELETED},
    )
    subject_kind = "payment"
    lifecycle = PAYMENT

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)  # TT-2026-000001
    org_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"))
    invoice_id: Mapped[int | None] = mapped_column(Big, ForeignKey("invoice.id"))
    channel: Mapped[str] = mapped_column(String(10))
    bank_account_id: Mapped[int | None] = mapped_column(Big, ForeignKey("bank_account.id"))
    amount: Mapped[int] = mapped_column(BigInteger)  # minor units of the currency
    currency: Mapped[str] = mapped_column(String(3), default="VND")
    provider: Mapped[str] = mapped_column(String(20))
    provider_id: Mapped[str | None] = mapped_column(String(255))  # of a card the session, of a bank the line or message
    intent_id: Mapped[str | None] = mapped_column(String(255))  # what the card provider calls the payment in the session
    attempt: Mapped[int] = mapped_column(default=1)  # part of the key under which the provider is asked once
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of the present attempt
    state: Mapped[str] = mapped_column(String(20), default=PAYMENT.initial)
    parked_reason: Mapped[str] = mapped_column(NfcString(300), default="")  # why a provider's word was not booked
    received_on: Mapped[date | None]  # the day of the books
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    lock: Mapped[int] = mapped_column(default=1)

    org: Mapped[Organisation] = relationship(lazy="joined")
    invoice: Mapped[Invoice | None] = relationship()
    bank_account: Mapped[BankAccount | None] = relationship()
    refunds: Mapped[list[Refund]] = relationship(order_by="Refund.id", back_populates="payment")

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the actor's roles: system, or accountant who does not belong to the organisation."""
        if actor.is_system:
            return frozenset({"system"})
        return frozenset({"accountant"}) if actor.may(ACCOUNTING) and self.org_id not in actor.org_ids else frozenset()


class Refund(Base):
    """What the exchange pays back of a payment, out of the credit that its payment request has."""

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint(REFUND.check_sql(), name="state_known"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> requested_by_id", name="approved_by_another"),
        CheckConstraint(
            "first_approved_by_id IS NULL OR (first_approved_by_id <> requested_by_id"
            " AND (approved_by_id IS NULL OR first_approved_by_id <> approved_by_id))", name="two_approvers"),
        UniqueConstraint("provider_id"),
        Index("ix_refund_payment", "payment_id"),
        index_of_states("ix_refund_open", REFUND_OPEN, "due_at", "id"),
        {"info": NEVER_DELETED},
    )
    subject_kind = "refund"
    lifecycle = REFUND

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)  # HT-2026-000001
    payment_id: Mapped[int] = mapped_column(Big, ForeignKey("payment.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    reason_code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(NfcText, default="")
    state: Mapped[str] = mapped_column(String(20), default=REFUND.initial)
    attempt: Mapped[int] = mapped_column(default=0)  # how often it was sent
    provider_id: Mapped[str | None] = mapped_column(String(255))  # the card provider's name of the present attempt
    bank_reference: Mapped[str] = mapped_column(NfcString(100), default="")
    requested_by_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    first_approved_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))  # of a large one
    approved_by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))
    requested_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    due_at: Mapped[Moment] = mapped_column(UtcDateTime)  # until when the next step should be done
    lock: Mapped[int] = mapped_column(default=1)

    payment: Mapped[Payment] = relationship(lazy="joined", back_populates="refunds")

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the actor's roles: whoever asked for it does not approve it, nor does the organisation's own people."""
        if actor.is_system:
            return frozenset({"system"})
        if not actor.may(ACCOUNTING) or self.payment.org_id in actor.org_ids:
            return frozenset()
        roles = {"accountant"}
        if actor.user_id not in {self.requested_by_id, self.first_approved_by_id}:
            roles.add("approver")
        return frozenset(roles)


class ProviderEvent(Base):
    """One message of a provider, kept as it came. `parked_reason` says why it was not acted on."""

    __tablename__ = "provider_event"
    __table_args__ = (
        UniqueConstraint("provider", "event_id"),
        Index("ix_provider_event_received", "received_at", "id"),
        Index("ix_provider_event_parked", "id", sqlite_where=_PARKED, postgresql_where=_PARKED),
        {"info": NEVER_DELETED},
    )
    subject_kind = "provider_event"

    id: Mapped[Key]
    provider: Mapped[str] = mapped_column(String(20))
    event_id: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(80))
    payload: Mapped[Box] = mapped_column(JSON, default=dict[str, Any])
    received_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    parked_reason: Mapped[str] = mapped_column(NfcString(300), default="")
    payment_id: Mapped[int | None] = mapped_column(Big, ForeignKey("payment.id"))
