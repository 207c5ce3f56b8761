"""The cast around a lead and leads in any state, made through the real verbs; committed, ready for a client."""

from __future__ import annotations

import itertools
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.models import User
from marketplace.buyer_requests.models import BuyerRequest, NeedInvitation, NeedRevision
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.codes import next_code
from marketplace.core.events import transition
from marketplace.core.extensions import db
from marketplace.listings.models import Listing, ListingRevision
from marketplace.negotiation.actions import begin
from marketplace.negotiation.event_data import facts
from marketplace.negotiation.lifecycle import LEAD
from marketplace.negotiation.models import Lead
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from tests import factories
from tests.buyer_requests.factories import values
from tests.listings.samples import COMPLETE
from tests.remembered import remembered

FIRST_WORDS = "Chúng tôi muốn tìm hiểu để áp dụng tại nhà máy ở Hoài Đức."
QUESTION = "Xin cho biết lưu lượng nước thải vào giờ cao điểm là bao nhiêu?"
BUYER_NAME = "Sở Tài nguyên Xanh"  # stands nowhere a supplier reads while the requester is hidden
_once = itertools.count(1)


def once() -> str:
    """A form's own number."""
    return f"form-{next(_once)}"


class Cast:
    """Both sides with an admin, an editor and a signer each, a stranger, and the exchange's staff. Actors are plain data.

    `supplier`, `buyer`, `stranger`, `officer`, `moderator`, `leader` are actors; `…_user` and `…_org` their rows.
    """

    @remembered
    def __init__(self, buyer_name: str = BUYER_NAME) -> None:
        self.supplier_org = factories.organisation("Viện Công nghệ Môi trường", kind="institute")
        self.buyer_org = factories.organisation(buyer_name, kind="agency")
        self.stranger_org = factories.organisation("Công ty Người Lạ", kind="startup")
        self.supplier_user = self._member("Ngô Quang Huy", self.supplier_org, "admin")
        self.supplier_editor_user = self._member("Đinh Thị Mai", self.supplier_org, "editor")
        self.supplier_signer_user = self._member("Trần Thị Bình", self.supplier_org, "signer")
        self.buyer_user = self._member("Lê Thị Hoa", self.buyer_org, "admin")
        self.buyer_editor_user = self._member("Trần Văn Bảo", self.buyer_org, "editor")
        self.buyer_signer_user = self._member("Phạm Thị Dung", self.buyer_org, "signer")
        self.stranger_user = self._member("Vũ Minh Tâm", self.stranger_org)
        self.officer_user = factories.user("Đặng Thu Hà", staff=("deal_officer",))
        self.moderator_user = factories.user("Phạm Minh Đức", staff=("moderator",))
        self.leader_user = factories.user("Hoàng Văn Lãnh", staff=("leadership",))
        self.auditor_user = factories.user("Tạ Thị Kiểm", staff=("auditor",))
        self.supplier = factories.actor_of(self.supplier_user, self.supplier_org, ("admin",))
        self.supplier_editor = factories.actor_of(self.supplier_editor_user, self.supplier_org, ("editor",))
        self.supplier_signer = factories.actor_of(self.supplier_signer_user, self.supplier_org, ("signer",))
        self.buyer = factories.actor_of(self.buyer_user, self.buyer_org, ("admin",))
        self.buyer_editor = factories.actor_of(self.buyer_editor_user, self.buyer_org, ("editor",))
        self.buyer_signer = factories.actor_of(self.buyer_signer_user, self.buyer_org, ("signer",))
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

    def client(self, app: Flask, name: str, locale: str = "vi") -> FlaskClient:
        """A web client of one of the people: supplier, supplier_editor, buyer, stranger, officer … or "" for nobody."""
        if not name:
            return factories.client(app, locale=locale)
        org = getattr(self, f"{name.split('_')[0]}_org", None)
        return factories.client(app, getattr(self, f"{name}_user"), org, locale)

    @remembered
    def listing(self, title: str = "Màng lọc nano xử lý nước nhiễm asen", *, state: str = "published",
                org: Organisation | None = None, **changes: Any) -> Listing:
        """A listing of the supplier (or of `org`) with everything stated, without files."""
        now, owner = clock.now(), org or self.supplier_org
        made = Listing(code=next_code("CN"), org_id=owner.id, created_by_id=self.supplier_user.id)
        db.session.add(made)
        db.session.flush()
        fields = {**COMPLETE, "control_class": "ordinary", "title": title, **changes}
        revision = ListingRevision(listing_id=made.id, number=1, state="approved", submitted_at=now, **fields)
        db.session.add(revision)
        db.session.flush()
        made.published_revision_id, made.published_at, made.confirmed_at, made.state = revision.id, now, now, state
        db.session.commit()
        return made

    @remembered
    def need(self, title: str = "Xử lý nước thải dệt nhuộm đạt cột A", *, state: str = "open", visibility: str = "public",
             invited: tuple[Organisation, ...] = (), org: Organisation | None = None, **changes: Any) -> BuyerRequest:
        """A need of the buyer (or of `org`) with everything stated; visibility public, requester_hidden, invited_only."""
        now, owner = clock.now(), org or self.buyer_org
        made = BuyerRequest(code=next_code("NC"), org_id=owner.id, created_by_id=self.buyer_user.id)
        db.session.add(made)
        db.session.flush()
        fields = values(title=title, visibility=visibility, **changes)
        revision = NeedRevision(buyer_request_id=made.id, number=1, state="approved", submitted_at=now, **fields)
        db.session.add(revision)
        db.session.flush()
        made.published_revision_id, made.published_at, made.state = revision.id, now, state
        made.answer_deadline = fields["answer_deadline"]
        made.invitations = [NeedInvitation(organisation_id=one.id, invited_at=now) for one in invited]
        db.session.commit()
        return made

    @remembered
    def interest(self, listing: Listing | None = None, need: BuyerRequest | None = None) -> Lead:
        """A contacted lead: the buyer asked about a technology, the supplier is to answer."""
        lead = begin.express_interest(listing or self.listing(), self.buyer, FIRST_WORDS, need, once=once())
        db.session.commit()
        return lead

    @remembered
    def answer(self, need: BuyerRequest | None = None, listing: Listing | None = None, *, hidden: bool = False) -> Lead:
        """A contacted lead: the supplier answered a need (of a hidden requester, if wanted), the buyer is to answer."""
        need = need or self.need(visibility="requester_hidden" if hidden else "public")
        lead = begin.answer_need(need, self.supplier, FIRST_WORDS, listing, once=once())
        db.session.commit()
        return lead

    @remembered
    def introduction(self, *, hidden: bool = False) -> Lead:
        """A suggested lead: an officer introduced both sides."""
        need = self.need(visibility="requester_hidden" if hidden else "public")
        lead = begin.introduce(self.listing(), need, self.officer, "Hai bên cùng lĩnh vực xử lý nước.")
        db.session.commit()
        return lead

    @remembered
    def lead_in(self, state: str, *, origin: str = "listing", hidden: bool = False) -> Lead:
        """A lead in `state`; of origin listing (the buyer asked), need (the supplier answered) or introduction.

        `hidden`: the need's requester is hidden; named from negotiating on.
        """
        if state == "suggested" or origin == "introduction":
            lead = self.introduction(hidden=hidden)
        elif origin == "need" or hidden:
            lead = self.answer(hidden=hidden)
        else:
            lead = self.interest()
        if state == "suggested":
            return lead
        if lead.state == "suggested":
            begin.contact(lead, self.supplier, FIRST_WORDS, once=once())
        if state in {"negotiating", "converted"}:
            begin.accept(lead, self.counterpart(lead))
        if state == "converted":
            transition(lead, LEAD, "convert", SYSTEM, {"system"}, data=facts(lead, SYSTEM))
        elif state == "declined":
            begin.decline(lead, self.counterpart(lead), "price", "Giá cao hơn ngân sách được duyệt.")
        elif state == "expired":
            begin.expire(lead, "unanswered")
        db.session.commit()
        assert lead.state == state
        return lead

    def counterpart(self, lead: Lead) -> Actor:
        """The actor who is to answer."""
        return self.buyer if lead.initiator_side == "supplier" else self.supplier
