"""The table of what the card provider calls our organisations."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import Big, Key, Moment, UtcDateTime
from marketplace.core.extensions import Base
from marketplace.values import clock


class CardCustomer(Base):
    """One organisation as a customer of the card provider: made once, used by all its sessions."""

    __tablename__ = "card_customer"

    id: Mapped[Key]
    org_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"), unique=True)
    stripe_customer_id: Mapped[str] = mapped_column(String(255), unique=True)
    made_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
