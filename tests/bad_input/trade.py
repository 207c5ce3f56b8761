"""Conversations and deals of the workshop: the owner sells, the stranger buys."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from marketplace.core.extensions import db
from marketplace.negotiation.actions import begin, complaints, terms
from marketplace.negotiation.models import Lead
from tests.deals.factories import deal_in
from tests.listings import samples
from tests.negotiation.terms_samples import values
from tests.payments.dues_world import paying

FIRST_WORDS = "Chúng tôi muốn tìm hiểu để áp dụng tại nhà máy."
COMPLAINT = "Bên kia không trả lời từ ba tuần nay."


class Market:
    """What is added to a world: `talk` with a proposal, `quiet` without one, a complaint, and deals by state."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.talk = self._talk("Màng lọc cho nước nhiễm mặn")
        terms.propose(self.talk, world.buyer, values(), based_on=0)
        self.quiet = self._talk("Vật liệu than hoạt tính từ gáo dừa")
        self.complaint = complaints.open_complaint(self.talk, world.stranger, "no_answer", COMPLAINT)
        db.session.commit()
        self._sides = SimpleNamespace(
            supplier_org=world.org, buyer_org=world.stranger_org, supplier_user=world.buyer_user,
            buyer_user=world.stranger_user,
        )
        self.deals = {state: self._deal(state) for state in ("terms_agreed", "drafting", "awaiting_signature", "signed",
                                                             "effective", "delivering", "acceptance", "disputed",
                                                             "completed")}
        self.paying = self._deal("delivering", milestones=["accepted"] * 3)
        self.dues = [one.id for one in paying(self.paying, world.stranger, world.buyer)]
        delivering = self.deals["delivering"]
        self.delivery = f"/deals/{delivering.code}/milestones/{delivering.milestones[1].id}/deliver"

    def deal(self, state: str) -> str:
        """The code of the deal in `state`."""
        return str(self.deals[state].code)

    def _listing(self, title: str) -> Any:
        return samples.published(self.world.buyer_user, self.world.org, self.world.moderator_user, title=title)

    def _talk(self, title: str) -> Lead:
        lead = begin.express_interest(self._listing(title), self.world.stranger, FIRST_WORDS, once=title[:30])
        begin.accept(lead, self.world.buyer)
        return lead

    def due(self, place: int, action: str = "") -> str:
        """The address of a payment: the first is due, the second reported, the third confirmed."""
        return f"/deals/{self.paying.code}/dues/{self.dues[place]}" + (f"/{action}" if action else "")

    def _deal(self, state: str, **changes: Any) -> Any:
        if state == "delivering":
            changes = {"milestones": ["delivered", "planned", "planned"], **changes}
        if state == "signed":
            changes = {"regime": "unclassified", "control_class": ""}
        if state == "effective":
            changes = {"ending_asked_by": "supplier", "ending_code": "mutual"}
        return deal_in(state, self._sides, listing=self._listing(f"Công nghệ ở giai đoạn {state}"), **changes)
