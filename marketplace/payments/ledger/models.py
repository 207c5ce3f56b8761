"""Tables of the ledger. Their rules are triggers of the database (`triggers`), made together with the tables."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.columns import Big, Key, Line, Moment, UtcDateTime, one_of
from marketplace.core.database_roles import APPEND_ONLY, NEVER_DELETED
from marketplace.core.extensions import Base
from marketplace.vocabulary import is_english

#: Kinds of accounts. Memorandum accounts record what the parties of a deal owe and pay each other; they never stand in
#: one entry with the exchange's own money.
MEMO = "memo"
KINDS = ("asset", "liability", "income", "expense", MEMO)


class Account(Base):
    """One account. Its kind and currency never change once a line stands on it."""

    __tablename__ = "account"
    __table_args__ = (
        one_of("kind", KINDS),
        Index("ix_account_org", "org_id"),
        Index("ix_account_deal", "deal_id"),
        {"info": NEVER_DELETED},
    )

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name_vi: Mapped[Line]
    name_en: Mapped[Line]
    kind: Mapped[str] = mapped_column(String(10))
    currency: Mapped[str] = mapped_column(String(3), default="VND")
    org_id: Mapped[int | None] = mapped_column(Big, ForeignKey("organisation.id"))
    deal_id: Mapped[int | None] = mapped_column(Big, ForeignKey("deal.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # takes no more lines

    def name(self, language: str) -> str:
        """Return its name in a language."""
        return self.name_en if is_english(language) else self.name_vi


class JournalEntry(Base):
    """One movement. It is born without `posted_at`; posting is one step, after which nothing of it ever changes."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        Index("ix_journal_entry_happened_on", "happened_on", "id"),
        Index("ix_journal_entry_subject", "subject_kind", "subject_id"),
        Index("ix_journal_entry_posted_at", "posted_at"),
        {"info": NEVER_DELETED},
    )

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)  # BT-2026-000001
    key: Mapped[str] = mapped_column(String(200), unique=True)  # what happened, so that it is posted once
    happened_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(40))
    text: Mapped[Line]
    subject_kind: Mapped[str] = mapped_column(String(40), default="")  # its cause
    subject_id: Mapped[int | None] = mapped_column(Big)
    reverses_id: Mapped[int | None] = mapped_column(Big, ForeignKey("journal_entry.id"), unique=True)
    made_by_id: Mapped[int | None] = mapped_column(Big)  # no foreign key: the ledger outlives accounts of people
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lines: Mapped[list[JournalLine]] = relationship(order_by="JournalLine.position", viewonly=True)


class JournalLine(Base):
    """One side of an entry: a debit is positive, a credit negative, in minor units of the account's currency."""

    __tablename__ = "journal_line"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        UniqueConstraint("entry_id", "position"),
        Index("ix_journal_line_account", "account_id", "entry_id"),
        Index("ix_journal_line_item", "item_id", sqlite_where=text("item_id IS NOT NULL"),
              postgresql_where=text("item_id IS NOT NULL")),
        {"info": APPEND_ONLY},
    )

    id: Mapped[Key]
    entry_id: Mapped[int] = mapped_column(Big, ForeignKey("journal_entry.id"))
    account_id: Mapped[int] = mapped_column(Big, ForeignKey("account.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int]
    item_id: Mapped[int | None] = mapped_column(Big)  # on a receivable: the payment request that it opens or settles
    account: Mapped[Account] = relationship(viewonly=True, lazy="joined")
    entry: Mapped[JournalEntry] = relationship(viewonly=True)


class AccountMonth(Base):
    """Sums of one account and month over the entries that the cache has taken in. Never the truth: lines are."""

    __tablename__ = "account_month"

    account_id: Mapped[int] = mapped_column(Big, ForeignKey("account.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)  # its first day
    debit: Mapped[int] = mapped_column(BigInteger, default=0)
    credit: Mapped[int] = mapped_column(BigInteger, default=0)  # a positive number


class LedgerCache(Base):
    """The one row that says up to which entry `account_month` counts; its row is the lock of the job."""

    __tablename__ = "ledger_cache"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    through_entry_id: Mapped[int] = mapped_column(Big, default=0)
    made_at: Mapped[Moment]
