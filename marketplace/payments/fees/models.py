"""Tables of fees. Rules are never edited: another row with the same code and a later day follows."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.access import Actor
from marketplace.core.columns import (
    Big,
    Codes,
    Key,
    Line,
    Moment,
    NfcString,
    NfcText,
    UtcDateTime,
    index_of_states,
    one_of,
)
from marketplace.core.database_roles import APPEND_ONLY
from marketplace.core.extensions import Base
from marketplace.core.permissions import ACCOUNTING
from marketplace.organisations.models import Organisation
from marketplace.payments.fees.lifecycle import CHARGE, PENDING
from marketplace.payments.fees.vat_table import CODES as VAT_CODES
from marketplace.values import clock
from marketplace.vocabulary import FEE_BASES, FEE_KINDS, SIDES, is_english


class _Rule:
    """What both kinds of rules have: a code with a row for each day from which it says something else, and two people."""

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(40))
    name_vi: Mapped[Line]
    name_en: Mapped[Line]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    illustrative: Mapped[bool] = mapped_column(default=False)  # of the demonstration
    written_by_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    approved_by_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    made_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)

    def name(self, language: str) -> str:
        """Return its name in a language."""
        return self.name_en if is_english(language) else self.name_vi


class FeeRule(_Rule, Base):
    """One line of the tariff, from a day on. It is written only when a second person has approved it."""

    __tablename__ = "fee_rule"
    __table_args__ = (
        UniqueConstraint("code", "from_on"),
        one_of("kind", FEE_KINDS.codes),
        one_of("base", FEE_BASES.codes),
        one_of("payer", SIDES.codes),
        one_of("vat_rule", VAT_CODES),
        CheckConstraint("approved_by_id <> written_by_id", name="two_people"),
        CheckConstraint("(base = 'fixed') = (amount IS NOT NULL)", name="fixed_has_amount"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("to_on >= from_on", name="days_in_order"),
        Index("ix_fee_rule_kind", "kind", "from_on"),
        {"info": APPEND_ONLY},
    )
    subject_kind = "fee_rule"

    kind: Mapped[str] = mapped_column(String(30))
    base: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int | None] = mapped_column(BigInteger)  # VND without VAT
    bands: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # from, to, rate_bp, min, max
    payer: Mapped[str] = mapped_column(String(10))  # the side of a deal that pays; elsewhere who ordered it
    vat_rule: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(NfcString(300))  # the decision that it follows
    read_in_source: Mapped[bool]  # whoever wrote it has read that decision itself


class WaiverRule(_Rule, Base):
    """For whom something is free, from a day on. A later row with the same code takes its place; it ends on `to_on`."""

    __tablename__ = "waiver_rule"
    __table_args__ = (
        UniqueConstraint("code", "from_on"),
        CheckConstraint("approved_by_id <> written_by_id", name="two_people"),
        CheckConstraint("to_on >= from_on", name="days_in_order"),
        {"info": APPEND_ONLY},
    )
    subject_kind = "waiver_rule"

    fee_kinds: Mapped[Codes] = mapped_column(JSON)  # of FEE_KINDS; empty: none any more
    org_kinds: Mapped[Codes] = mapped_column(JSON)  # of ORGANISATION_KINDS
    decision_no: Mapped[str] = mapped_column(NfcString(100))


class Charge(Base):
    """What one organisation is to pay for one thing, once: `key` says for what."""

    __tablename__ = "charge"
    __table_args__ = (
        CheckConstraint(CHARGE.check_sql(), name="state_known"),
        CheckConstraint("net > 0", name="net_positive"),
        CheckConstraint("vat >= 0", name="vat_not_negative"),
        one_of("kind", FEE_KINDS.codes),
        index_of_states("ix_charge_pending", (PENDING,), "org_id", "id"),
        Index("ix_charge_org", "org_id", "id"),
        Index("ix_charge_state", "state", "id"),
    )
    subject_kind = "charge"
    lifecycle = CHARGE

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(120), unique=True)  # code of the rule, thing, occurrence
    rule_id: Mapped[int] = mapped_column(Big, ForeignKey("fee_rule.id"))
    kind: Mapped[str] = mapped_column(String(30))
    org_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"))
    of_kind: Mapped[str] = mapped_column(String(40))
    of_id: Mapped[int] = mapped_column(Big)
    of_code: Mapped[str] = mapped_column(String(40), default="")
    net: Mapped[int] = mapped_column(BigInteger)  # VND
    vat_bp: Mapped[int]
    vat: Mapped[int] = mapped_column(BigInteger)  # of this charge alone; an invoice rounds its sum
    state: Mapped[str] = mapped_column(String(20), default=CHARGE.initial)
    lock: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    waiver_rule_id: Mapped[int | None] = mapped_column(Big, ForeignKey("waiver_rule.id"))
    waived_reason: Mapped[str] = mapped_column(NfcText, default="")

    rule: Mapped[FeeRule] = relationship(lazy="joined")
    org: Mapped[Organisation] = relationship(lazy="joined")

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the actor's roles: system, or accountant who does not belong to the organisation."""
        if actor.is_system:
            return frozenset({"system"})
        return frozenset({"accountant"}) if actor.may(ACCOUNTING) and self.org_id not in actor.org_ids else frozenset()
