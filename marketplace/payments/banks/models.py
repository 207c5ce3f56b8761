"""Tables of the exchange's bank accounts."""

from __future__ import annotations

from sqlalchemy import LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import Key, Moment, NfcString, UtcDateTime
from marketplace.core.database_roles import NEVER_DELETED
from marketplace.core.extensions import Base
from marketplace.values import clock


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
