"""Deals in any state with the people around them, written through the models and committed, ready for a client."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from marketplace.accounts.models import User
from marketplace.core.access import Actor
from marketplace.core.codes import next_code
from marketplace.core.extensions import db
from marketplace.deals.lifecycle import BEFORE_SIGNING, MILESTONE
from marketplace.deals.models import Deal, Milestone, Signature
from marketplace.deals.snapshot import digest, freeze
from marketplace.files.models import StoredFile
from marketplace.listings.models import Listing, ListingRevision
from marketplace.negotiation.models import Lead, Terms
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.vocabulary import CONTRACT_ITEMS
from tests import factories
from tests.remembered import remembered

PRICE = 1_200_000_000
MILESTONES = (("Bàn giao tài liệu công nghệ", 400_000_000), ("Lắp đặt, chạy thử", 500_000_000),
              ("Đào tạo vận hành", 300_000_000))
#: The state of every milestone of a deal in a state; planned in all others.
MILESTONE_STATES = {"acceptance": "delivered", "completed": "accepted"}
FILE_DIGEST = hashlib.sha256(b"signed contract").hexdigest()


class Trade:
    """Both sides of deals with their people, a stranger, and the exchange's staff. Actors are plain data."""

    @remembered
    def __init__(self) -> None:
        self.supplier_org = factories.organisation("Viện Công nghệ Môi trường", kind="institute",
                                                   representative_title="Viện trưởng", street="18 Hoàng Quốc Việt")
        self.buyer_org = factories.organisation("Công ty Dệt nhuộm Hoài Đức", representative_title="Giám đốc",
                                                street="Cụm công nghiệp Hoài Đức")
        self.stranger_org = factories.organisation("Công ty Người Lạ", kind="startup")
        self.supplier_user = self._member("Trần Thị Bình", self.supplier_org)
        self.supplier_editor_user = self._member("Ngô Quang Huy", self.supplier_org, "editor")
        self.buyer_user = self._member("Lê Thị Hoa", self.buyer_org)
        self.buyer_editor_user = self._member("Trần Văn Bảo", self.buyer_org, "editor")
        self.stranger_user = self._member("Vũ Minh Tâm", self.stranger_org)
        self.officer_user = factories.user("Đặng Thu Hà", staff=("deal_officer",))
        self.moderator_user = factories.user("Phạm Minh Đức", staff=("moderator",))
        self.leader_user = factories.user("Hoàng Văn Lãnh", staff=("leadership",))
        self.auditor_user = factories.user("Tạ Thị Kiểm", staff=("auditor",))
        self.supplier = factories.actor_of(self.supplier_user, self.supplier_org)
        self.supplier_editor = factories.actor_of(self.supplier_editor_user, self.supplier_org, ("editor",))
        self.buyer = factories.actor_of(self.buyer_user, self.buyer_org)
        self.buyer_editor = factories.actor_of(self.buyer_editor_user, self.buyer_org, ("editor",))
        self.stranger = factories.actor_of(self.stranger_user, self.stranger_org)
        self.officer = factories.actor_of(self.officer_user)
        self.moderator = factories.actor_of(self.moderator_user)
        self.leader = factories.actor_of(self.leader_user)
        self.auditor = factories.actor_of(self.auditor_user)

    @staticmethod
    def _member(name: str, org: Organisation, *roles: str) -> User:
        person = factories.user(name)
        factories.member(person, org, *roles)
        return person

    def actor(self, side: str) -> Actor:
        """The actor who may do everything for a side."""
        return self.supplier if side == "supplier" else self.buyer

    @remembered
    def listing(self, title: str = "Màng lọc nano xử lý nước nhiễm asen", *, state: str = "published") -> Listing:
        """A listing of the supplier with a published version, bare but for its title."""
        now = clock.now()
        made = Listing(code=next_code("CN"), org_id=self.supplier_org.id, created_by_id=self.supplier_user.id)
        db.session.add(made)
        db.session.flush()
        revision = ListingRevision(
            listing_id=made.id, number=1, state="approved", title=title, submitted_at=now, control_class="ordinary",
            funding_source="private", public_summary="Màng lọc giữ lại 99 % asen trong nước ngầm.",
        )
        db.session.add(revision)
        db.session.flush()
        made.published_revision_id, made.published_at, made.confirmed_at, made.state = revision.id, now, now, state
        db.session.commit()
        return made


@remembered
def deal_in(state: str, trade: Trade | None = None, **changes: Any) -> Deal:
    """A deal in `state` with everything that the state implies: terms, signatures, dates, milestones.

    `changes` set columns of the deal; `listing` gives the technology, `terms` columns of the terms, `milestones`
    states of its milestones.
    """
    trade = trade or Trade()
    listing = changes.pop("listing", None) or trade.listing()
    chosen = changes.pop("terms", {})
    milestone_states = changes.pop("milestones", None)
    lead = _lead(trade, listing)
    terms = _terms(lead, trade, chosen)
    frozen = freeze(lead, terms)
    deal = Deal(
        code=next_code("GD"), lead_id=lead.id, terms_id=terms.id, listing_id=listing.id,
        supplier_org_id=trade.supplier_org.id, buyer_org_id=trade.buyer_org.id, state=state,
        frozen=frozen, frozen_sha256=digest(frozen), title=frozen["listing"]["title"], price=terms.price,
        exclusive=terms.exclusive, regime=changes.pop("regime", "voluntary"), control_class="ordinary",
    )
    for name, value in {**_implied(state), **changes}.items():
        setattr(deal, name, value)
    db.session.add(deal)
    db.session.flush()
    _add_milestones(deal, terms, milestone_states or [MILESTONE_STATES.get(state, MILESTONE.initial)] * 3)
    if state not in (*BEFORE_SIGNING, "cancelled"):
        for side in ("supplier", "buyer"):
            add_signature(deal, trade, side)
    db.session.commit()
    return deal


def full_contract() -> dict[str, str]:
    """Every item of Art. 23."""
    return {code: f"Nội dung mục {number}" for number, code in enumerate(CONTRACT_ITEMS.codes, 1)}


def _implied(state: str) -> dict[str, Any]:
    """Columns that a state implies."""
    signed_on = clock.today() - timedelta(days=20)
    values: dict[str, Any] = {}
    if state not in {"negotiating", "terms_agreed", "drafting"}:
        values["contract"] = full_contract()
        values["contract_no"] = "12/2026/HĐCGCN"
    if state not in (*BEFORE_SIGNING, "cancelled"):
        values |= {"signed_on": signed_on}
        if state != "signed":
            values |= {"effective_on": signed_on}
    if state == "disputed":
        values |= {"disputed_from": "delivering", "disputed_by": "buyer"}
    if state == "completed":
        values |= {"completed_at": clock.now(), "value_realised": PRICE, "minutes_on": clock.today(), "minutes_no": "01/BB",
                   "result": "Nước sau xử lý đạt 8 µg asen mỗi lít."}
    return values


def _lead(trade: Trade, listing: Listing) -> Lead:
    lead = Lead(
        code=next_code("QT"), origin="listing", state="converted", listing_id=listing.id, initiator_side="buyer",
        supplier_org_id=trade.supplier_org.id, buyer_org_id=trade.buyer_org.id, buyer_revealed_at=clock.now(),
        created_by_id=trade.buyer_user.id,
    )
    db.session.add(lead)
    db.session.flush()
    return lead


def _terms(lead: Lead, trade: Trade, chosen: dict[str, Any]) -> Terms:
    now = clock.now()
    values: dict[str, Any] = {
        "scope": "Quy trình chế tạo và vận hành màng lọc", "transfer_right": "use_right", "exclusivity": "non_exclusive",
        "territory": "Việt Nam", "field_of_use": "Xử lý nước cấp", "term_months": 36, "transfer_form": "independent",
        "transfer_methods": ["documents", "training"], "funding_source": "private", "price": PRICE,
        "payment_methods": ["instalments"], "support_kinds": ["training"], "warranty_months": 12,
        "penalties": "8 % phần giá trị vi phạm", "dispute_body": "Trung tâm Trọng tài Quốc tế Việt Nam",
        "milestones": [
            {"title": title, "deliverable": "Biên bản bàn giao", "due_on": due_on(number).isoformat(), "amount": amount}
            for number, (title, amount) in enumerate(MILESTONES, 1)
        ],
        **chosen,
    }
    terms = Terms(
        lead_id=lead.id, number=1, state="accepted", side="supplier", proposed_by_id=trade.supplier_user.id,
        supplier_accepted_at=now, supplier_accepted_by_id=trade.supplier_user.id, buyer_accepted_at=now,
        buyer_accepted_by_id=trade.buyer_user.id, **values,
    )
    db.session.add(terms)
    db.session.flush()
    return terms


def due_on(number: int) -> date:
    """The day the n-th milestone is due."""
    return clock.today() + timedelta(days=30 * number)


def _add_milestones(deal: Deal, terms: Terms, states: list[str]) -> None:
    now = clock.now()
    for number, (row, state) in enumerate(zip(terms.milestones, states, strict=False), 1):
        db.session.add(Milestone(
            deal_id=deal.id, position=number, title=row["title"], deliverable=row["deliverable"], amount=row["amount"],
            due_on=date.fromisoformat(row["due_on"]), state=state,
            delivered_at=now if state in {"delivered", "accepted", "returned"} else None,
            accepted_at=now if state == "accepted" else None,
        ))
    db.session.flush()


@remembered
def add_signature(deal: Deal, trade: Trade, side: str, **changes: Any) -> Signature:
    """One side's signature of the present round; its file has a row, but no content in the store."""
    person = trade.supplier_user if side == "supplier" else trade.buyer_user
    file = StoredFile(sha256=FILE_DIGEST, size=1234, content_type="application/pdf", name="hop-dong.pdf",
                      created_by_id=person.id)
    db.session.add(file)
    db.session.flush()
    values: dict[str, Any] = {
        "round": deal.round, "side": side, "file_id": file.id, "sha256": FILE_DIGEST, "signer_name": person.name,
        "signer_position": "Giám đốc", "authority": "legal_representative", "method": "paper_scan",
        "signed_on": deal.signed_on or clock.today(), "uploaded_by_id": person.id, **changes,
    }
    made = Signature(deal_id=deal.id, **values)
    db.session.add(made)
    db.session.flush()
    return made


@contextmanager
def days_later(count: int) -> Iterator[None]:
    """Let `count` days pass for the block."""
    with clock.fixed(clock.now() + timedelta(days=count)):
        yield
