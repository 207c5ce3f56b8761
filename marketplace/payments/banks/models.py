"""Tables of the exchange's bank accounts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
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
from marketplace.payments.banks.lifecycle import BANK_LINE, LINE_OPEN, MATCHES, UNKNOWN
from marketplace.values import clock

_SHOWN = text("entry_id IS NOT NULL")


class BankAccount(Base):
    """A bank account of the exchange into which its fees are paid. In the ledger it is the account 112 with its number."""

    __tablename__ = "bank_account"
    __table_args__ = (UniqueConstraint("bin", "account_no"), {"info": NEVER_DELETED})
    subject_kind = "bank_account"

    id: Mapped[Key]
    bin: Mapped[str] = mapped_column(String(6))  # the bank's number at NAPAS, e.g. 970436
    account_no: Mapped[str] = mapped_column(String(19))
    holder: Mapped[str] = mapped_column(NfcString(140))
    active: Mapped[bool] = mapped_column(default=True)
    layout: Mapped[str] = mapped_column(String(40), default="")  # how its statements are laid out
    callback_secret: Mapped[bytes | None] = mapped_column(LargeBinary)  # of its messages, encrypted; None: it sends none
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    lock: Mapped[int] = mapped_column(default=1)


class StatementLayout(Base):
    """How a bank lays out its statements, as learnt from a file: which heading is which field, how days are written."""

    __tablename__ = "statement_layout"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(40), unique=True)  # of the headings
    columns: Mapped[Box] = mapped_column(JSON)  # field → folded headings that name it
    date_format: Mapped[str] = mapped_column(String(20), default="")  # strptime; empty: the day comes first
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    by_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))


class StatementLine(Base):
    """One line of a bank's statement. It is known again by day, amount, text and its place among equal ones."""

    __tablename__ = "statement_line"
    __table_args__ = (
        CheckConstraint(BANK_LINE.check_sql(), name="state_known"),
        CheckConstraint("amount <> 0", name="amount_not_nothing"),
        one_of("match", tuple(MATCHES)),
        UniqueConstraint("account_id", "booked_on", "amount", "fingerprint", "ordinal"),
        index_of_states("ix_statement_line_open", LINE_OPEN, "due_at", "id"),
        index_of_states("ix_statement_line_match", LINE_OPEN, "match", "id"),
        Index("ix_statement_line_booked", "booked_on", "id"),
        Index("ix_statement_line_reference", "account_id", "reference"),
        Index("uq_statement_line_entry", "entry_id", unique=True, sqlite_where=_SHOWN, postgresql_where=_SHOWN),
        {"info": NEVER_DELETED},
    )
    subject_kind = "bank_line"
    lifecycle = BANK_LINE

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(Big, ForeignKey("bank_account.id"))
    booked_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)  # VND; below nothing: it went out
    description: Mapped[str] = mapped_column(NfcText, default="")
    reference: Mapped[str] = mapped_column(NfcString(100), default="")  # the bank's name of the transfer
    counterparty: Mapped[str] = mapped_column(NfcString(200), default="")
    balance: Mapped[int | None] = mapped_column(BigInteger)  # of the account after it, where the statement says it
    fingerprint: Mapped[str] = mapped_column(String(64))  # of description and reference
    ordinal: Mapped[int] = mapped_column(default=1)  # among equal ones
    match: Mapped[str] = mapped_column(String(10), default=UNKNOWN)
    state: Mapped[str] = mapped_column(String(20), default=BANK_LINE.initial)
    invoice_id: Mapped[int | None] = mapped_column(Big, ForeignKey("invoice.id"))  # whose reference it has, or suggested
    payment_id: Mapped[int | None] = mapped_column(Big)  # the first payment made of it
    refund_id: Mapped[int | None] = mapped_column(Big)  # the refund that it is
    entry_id: Mapped[int | None] = mapped_column(Big, ForeignKey("journal_entry.id"))  # the payout or charge that it is
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    due_at: Mapped[Moment] = mapped_column(UtcDateTime)  # until when it should be matched
    lock: Mapped[int] = mapped_column(default=1)

    account: Mapped[BankAccount] = relationship()

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the actor's roles: system, or accountant."""
        if actor.is_system:
            return frozenset({"system"})
        return frozenset({"accountant"}) if actor.may(ACCOUNTING) else frozenset()
