"""Tables of payment requests and credit notes. What is issued is frozen: its lines, its buyer, its amounts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.access import Actor
from marketplace.core.columns import (
    Big,
    Box,
    Key,
    Line,
    Moment,
    NfcString,
    NfcText,
    UtcDateTime,
    index_of_states,
    listed,
)
from marketplace.core.database_roles import APPEND_ONLY, NEVER_DELETED
from marketplace.core.extensions import Base
from marketplace.core.permissions import ACCOUNTING
from marketplace.organisations.models import Organisation
from marketplace.payments.fees.models import Charge
from marketplace.payments.invoicing.lifecycle import INVOICE, OPEN, WITHOUT_NUMBER
from marketplace.values import clock
from marketplace.vocabulary import is_english


class Invoice(Base):
    """One payment request. It gets its number, its buyer and its amounts when it is issued."""

    __tablename__ = "invoice"
    __table_args__ = (
        CheckConstraint(INVOICE.check_sql(), name="state_known"),
        CheckConstraint("(code IS NULL) = (issued_at IS NULL)", name="issued_has_number"),
        CheckConstraint(f"state IN ({listed(WITHOUT_NUMBER)}) OR code IS NOT NULL", name="standing_has_number"),
        CheckConstraint("total = net + vat", name="total_is_sum"),
        Index("uq_invoice_draft", "org_id", unique=True, sqlite_where=text("state = 'draft'"),
              postgresql_where=text("state = 'draft'")),
        Index("ix_invoice_org", "org_id", "id"),
        Index("ix_invoice_state", "state", "id"),
        index_of_states("ix_invoice_open", OPEN, "due_on", "id"),
        {"info": NEVER_DELETED},
    )
    subject_kind = "invoice"
    lifecycle = INVOICE

    id: Mapped[Key]
    code: Mapped[str | None] = mapped_column(String(20), unique=True)  # DN-2026-000001
    org_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"))
    buyer: Mapped[Box] = mapped_column(JSON, default=dict)  # name, tax_code, address, as they were when it was issued
    net: Mapped[int] = mapped_column(BigInteger, default=0)  # VND
    vat: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(20), default=INVOICE.initial)
    lock: Mapped[int] = mapped_column(default=1)
    e_invoice: Mapped[Box] = mapped_column(JSON, default=dict)  # series, number, lookup_code, provider
    e_invoice_on: Mapped[date | None]  # None: there is no e-invoice yet
    cancelled_reason: Mapped[str] = mapped_column(NfcText, default="")
    overdue_days: Mapped[int] = mapped_column(default=0)  # the last mark that was recorded: 1, 10 or 30 days

    org: Mapped[Organisation] = relationship(lazy="joined")
    lines: Mapped[list[InvoiceLine]] = relationship(order_by="InvoiceLine.position")
    credits: Mapped[list[CreditNote]] = relationship(order_by="CreditNote.id")

    @property
    def credited(self) -> int:
        """What was taken off by credit notes, VAT included."""
        return sum(note.total for note in self.credits)

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the actor's roles: system, or accountant who does not belong to the organisation."""
        if actor.is_system:
            return frozenset({"system"})
        return frozenset({"accountant"}) if actor.may(ACCOUNTING) and self.org_id not in actor.org_ids else frozenset()


class InvoiceLine(Base):
    """One line of a payment request: one charge, in both languages as it was."""

    __tablename__ = "invoice_line"
    __table_args__ = (UniqueConstraint("invoice_id", "position"), Index("ix_invoice_line_charge", "charge_id"))

    id: Mapped[Key]
    invoice_id: Mapped[int] = mapped_column(Big, ForeignKey("invoice.id"))
    position: Mapped[int]
    charge_id: Mapped[int] = mapped_column(Big, ForeignKey("charge.id"))
    text_vi: Mapped[Line]
    text_en: Mapped[Line]
    net: Mapped[int] = mapped_column(BigInteger)
    vat_bp: Mapped[int]
    vat: Mapped[int] = mapped_column(BigInteger)

    charge: Mapped[Charge] = relationship()

    def text(self, language: str) -> str:
        """Return what it is for, in a language."""
        return self.text_en if is_english(language) else self.text_vi


class CreditNote(Base):
    """What was taken off a payment request by a written agreement; two people issue it."""

    __tablename__ = "credit_note"
    __table_args__ = (
        CheckConstraint("total > 0 AND total = net + vat", name="total_is_sum"),
        Index("ix_credit_note_invoice", "invoice_id"),
        {"info": APPEND_ONLY},
    )
    subject_kind = "credit_note"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)  # GG-2026-000001
    invoice_id: Mapped[int] = mapped_column(Big, ForeignKey("invoice.id"))
    net: Mapped[int] = mapped_column(BigInteger)
    vat: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    agreement_no: Mapped[str] = mapped_column(NfcString(100))
    agreement_on: Mapped[date]
    reason: Mapped[str] = mapped_column(NfcText)
    by_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    approved_by_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    issued_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)

    invoice: Mapped[Invoice] = relationship(back_populates="credits")
