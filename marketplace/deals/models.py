"""Tables of deals. What was agreed is frozen in the deal itself: later edits of listing or need change nothing."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
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
from marketplace.core.extensions import Base
from marketplace.core.permissions import NEGOTIATE
from marketplace.deals.lifecycle import AFTER_SIGNING, DEAL, LIVE, MILESTONE
from marketplace.files.models import StoredFile
from marketplace.negotiation.models import Lead, Terms, is_officer
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.vocabulary import AUTHORITIES, PAY_WHENS, PUBLICITIES, REGIMES, SIDES, SIGNING_METHODS


class Deal(Base):
    """One transaction between a transferor and a transferee."""

    __tablename__ = "deal"
    __table_args__ = (
        CheckConstraint(DEAL.check_sql(), name="state_known"),
        CheckConstraint("state <> 'completed' OR (completed_at IS NOT NULL AND value_realised IS NOT NULL)",
                        name="completed_has_value"),
        CheckConstraint(f"signed_on IS NOT NULL OR state NOT IN {AFTER_SIGNING!r}", name="signed_has_date"),
        CheckConstraint("(state = 'disputed') = (disputed_from <> '')", name="disputed_remembers"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        one_of("regime", REGIMES.codes),
        one_of("supplier_publicity", PUBLICITIES.codes),
        one_of("buyer_publicity", PUBLICITIES.codes),
        # Whatever the code forgets: a technology is held by one deal at most.
        Index("uq_deal_holds_listing", "listing_id", unique=True, sqlite_where=text("holds_listing"),
              postgresql_where=text("holds_listing")),
        Index("ix_deal_supplier", "supplier_org_id", "state"),
        Index("ix_deal_buyer", "buyer_org_id", "state"),
        # The figures and counts of all deals are read from this index: a row holds what was agreed and is wide.
        Index("ix_deal_state_since", "state", "state_since", "completed_at", "officer_id", "price", "value_realised"),
        Index("ix_deal_since", "state_since", "id"),
        index_of_states("ix_deal_live", LIVE, "state_since", "id"),
        Index("ix_deal_regime", "regime", "state"),
        Index("ix_deal_officer", "officer_id", "state"),
        Index("ix_deal_listing", "listing_id"),
        Index("ix_deal_need", "need_id"),
    )
    subject_kind = "deal"
    lifecycle = DEAL

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)  # GD-2026-000001
    lead_id: Mapped[int] = mapped_column(Big, ForeignKey("lead.id"), unique=True)
    terms_id: Mapped[int] = mapped_column(Big, ForeignKey("terms_version.id"))  # the version in force
    listing_id: Mapped[int | None] = mapped_column(Big, ForeignKey("listing.id"))
    need_id: Mapped[int | None] = mapped_column(Big, ForeignKey("buyer_request.id"))
    supplier_org_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"))
    buyer_org_id: Mapped[int] = mapped_column(Big, ForeignKey("organisation.id"))
    state: Mapped[str] = mapped_column(String(20), default=DEAL.initial)
    disputed_from: Mapped[str] = mapped_column(String(20), default="")
    disputed_by: Mapped[str] = mapped_column(String(10), default="")  # the side that raised the dispute
    ending_asked_by: Mapped[str] = mapped_column(String(10), default="")  # the side that asked to end the contract
    ending_code: Mapped[str] = mapped_column(String(40), default="")
    ending_text: Mapped[str] = mapped_column(NfcText, default="")
    opened_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    state_since: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    officer_id: Mapped[int | None] = mapped_column(Big, ForeignKey("user_account.id"))

    # What was agreed: {listing, need, supplier, buyer, terms}, as plain values, with the digest of its canonical text
    frozen: Mapped[Box] = mapped_column(JSON)
    frozen_sha256: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(NfcString(300))  # the technology's name at the time
    price: Mapped[int] = mapped_column(BigInteger)  # VND, Σ of the milestones
    exclusive: Mapped[bool] = mapped_column(default=False)
    holds_listing: Mapped[bool] = mapped_column(default=False)  # this deal is why the listing is reserved
    # Law (docs/domain.md §2.5): only `voluntary` goes beyond signed for now
    regime: Mapped[str] = mapped_column(String(20))
    control_class: Mapped[str] = mapped_column(String(20), default="")
    classified_funding: Mapped[str] = mapped_column(String(20), default="")  # as an officer found it

    # The contract (Art. 23: CONTRACT_ITEMS code → text), editable while drafting
    contract: Mapped[Box] = mapped_column(JSON, default=dict)
    contract_no: Mapped[str] = mapped_column(NfcString(100), default="")
    contract_lock: Mapped[int] = mapped_column(default=1)  # two tabs, one winner; raised with every save
    round: Mapped[int] = mapped_column(default=1)  # of signing: back to the draft voids the signatures so far
    signed_on: Mapped[date | None]  # the later of both sides' dates
    effective_on: Mapped[date | None]  # as agreed, else the day of signing
    # The end
    minutes_on: Mapped[date | None]  # date of the acceptance minutes
    minutes_no: Mapped[str] = mapped_column(NfcString(100), default="")
    result: Mapped[str] = mapped_column(NfcText, default="")  # what was achieved, against the agreed figures
    value_realised: Mapped[int | None] = mapped_column(BigInteger)  # VND, as accepted by the transferee
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    licensed_until: Mapped[date | None]  # end of an exclusive licence with a term
    supplier_publicity: Mapped[str] = mapped_column(String(20), default="none")
    buyer_publicity: Mapped[str] = mapped_column(String(20), default="none")

    lead: Mapped[Lead] = relationship()
    terms: Mapped[Terms] = relationship()
    supplier: Mapped[Organisation] = relationship(foreign_keys=[supplier_org_id])
    buyer: Mapped[Organisation] = relationship(foreign_keys=[buyer_org_id])
    officer: Mapped[User | None] = relationship()
    milestones: Mapped[list[Milestone]] = relationship(
        back_populates="deal", order_by="Milestone.position",
        primaryjoin="and_(Deal.id == Milestone.deal_id, Milestone.retired_at.is_(None))",
    )
    signatures: Mapped[list[Signature]] = relationship(back_populates="deal", order_by="Signature.id")

    @property
    def publicity(self) -> str:
        """What both sides made public: the smaller of their wishes."""
        return min(self.supplier_publicity, self.buyer_publicity, key=PUBLICITIES.codes.index)

    @property
    def valid_signatures(self) -> list[Signature]:
        """The signatures of the present round; those of earlier rounds are void."""
        return [one for one in self.signatures if one.round == self.round]

    def side_of(self, actor: Actor) -> str:
        """Return the side the actor acts for: supplier, buyer, or an empty string."""
        if actor.org_id is None:
            return ""
        return {self.supplier_org_id: "supplier", self.buyer_org_id: "buyer"}.get(actor.org_id, "")

    def is_on_both_sides(self, actor: Actor) -> bool:
        """True for a person who belongs to the other side, agreed to its terms or filed its signature: see `Lead`."""
        side = self.side_of(actor)
        if not side or actor.user_id is None:
            return False
        signed = any(one.side != side and one.uploaded_by_id == actor.user_id for one in self.signatures)
        return signed or self.lead.is_on_both_sides(actor)

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the actor's roles towards this deal: system, officer, supplier, buyer, claimant, respondent."""
        roles: set[str] = {"system"} if actor.is_system else set()
        side = self.side_of(actor)
        if side and actor.may(NEGOTIATE):
            roles.add(side)
            if self.disputed_by == side:
                roles.add("claimant")
            if self.ending_asked_by and self.ending_asked_by != side:
                roles.add("respondent")
        if is_officer(actor, self.supplier_org_id, self.buyer_org_id):
            roles.add("officer")
        return frozenset(roles)


class Milestone(Base):
    """One step of the agreed schedule; its amount is a part of the price. New terms retire it, and it is never deleted."""

    __tablename__ = "milestone"
    __table_args__ = (
        CheckConstraint("(retired_at IS NULL) = (position > 0)", name="retired_has_no_place"),
        CheckConstraint(MILESTONE.check_sql(), name="state_known"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        one_of("pay_when", PAY_WHENS.codes),
        CheckConstraint("state <> 'accepted' OR accepted_at IS NOT NULL", name="accepted_has_date"),
        UniqueConstraint("deal_id", "position"),
        Index("ix_milestone_due", "state", "due_on"),
    )
    subject_kind = "milestone"
    lifecycle = MILESTONE

    id: Mapped[Key]
    deal_id: Mapped[int] = mapped_column(Big, ForeignKey("deal.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(NfcString(300))
    deliverable: Mapped[str] = mapped_column(NfcText, default="")
    due_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)  # VND
    pay_when: Mapped[str] = mapped_column(String(20), default=PAY_WHENS.codes[0])
    state: Mapped[str] = mapped_column(String(20), default=MILESTONE.initial)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(NfcText, default="")  # what was delivered, or why it was returned
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # no longer in the schedule: new terms left it out

    deal: Mapped[Deal] = relationship(back_populates="milestones")

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the actor's roles towards the deal: a milestone has none of its own."""
        return self.deal.roles_of(actor)


class Signature(Base):
    """One side's signed contract: which file, who signed, by what authority, how, and when.

    Uploading is the evidence that a signature exists; it is never itself called a digital signature.
    """

    __tablename__ = "signature"
    __table_args__ = (
        one_of("side", SIDES.codes),
        one_of("method", SIGNING_METHODS.codes),
        one_of("authority", AUTHORITIES.codes),
        UniqueConstraint("deal_id", "side", "round"),
    )

    id: Mapped[Key]
    deal_id: Mapped[int] = mapped_column(Big, ForeignKey("deal.id"))
    round: Mapped[int]
    side: Mapped[str] = mapped_column(String(10))
    file_id: Mapped[int] = mapped_column(Big, ForeignKey("stored_file.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    signer_name: Mapped[str] = mapped_column(NfcString(200))
    signer_position: Mapped[str] = mapped_column(NfcString(200))
    authority: Mapped[str] = mapped_column(String(30))
    authority_no: Mapped[str] = mapped_column(NfcString(100), default="")
    method: Mapped[str] = mapped_column(String(20))
    certificate_serial: Mapped[str] = mapped_column(String(100), default="")
    signed_on: Mapped[date]
    uploaded_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)
    uploaded_by_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))

    deal: Mapped[Deal] = relationship(back_populates="signatures")
    file: Mapped[StoredFile] = relationship()
    uploaded_by: Mapped[User] = relationship()


class DealNote(Base):
    """An operator's note on a deal; the parties never see it."""

    __tablename__ = "deal_note"

    id: Mapped[Key]
    deal_id: Mapped[int] = mapped_column(Big, ForeignKey("deal.id"), index=True)
    author_id: Mapped[int] = mapped_column(Big, ForeignKey("user_account.id"))
    text: Mapped[str] = mapped_column(NfcText)
    created_at: Mapped[Moment] = mapped_column(UtcDateTime, default=clock.now)

    author: Mapped[User] = relationship()
