"""Answers to one need by several organisations, made through the real verbs; committed, ready for a client."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.models import User
from marketplace.answers.actions import writing
from marketplace.answers.content import Content, Criterion, PlanRow, PriceRow, Target, TeamRow
from marketplace.answers.models import Answer
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.organisations.models import Organisation
from marketplace.vocabulary import ANSWER_DECLARATIONS
from tests import factories
from tests.negotiation.factories import Cast
from tests.remembered import remembered

OFFER = "Chúng tôi lắp hệ keo tụ điện hóa rồi lọc sinh học, đã chạy tại hai nhà máy nhuộm."
SECRET = "Bí mật giá thành 417"


def said(**changes: Any) -> Content:
    """An answer to the need of `Cast.need`, with everything said."""
    values: dict[str, Any] = {
        "summary": OFFER,
        "targets": (Target("COD", "60", "mg/l", f"Báo cáo quan trắc tháng 8. {SECRET}"),),
        "criteria": (
            Criterion("Hiệu quả xử lý", "92 %", "Đo liên tục 60 ngày."), Criterion("Chi phí", "", "Điện 0,8 kWh/m³."),
        ),
        "price_total": 1_500_000_000,
        "price_rows": (PriceRow("Thiết bị", 1_200_000_000), PriceRow("Lắp đặt", 300_000_000)),
        "plan": (PlanRow("Thiết kế", 20, "Hồ sơ"), PlanRow("Lắp đặt", 60, "Hệ thống chạy")),
        "team": (TeamRow("Chủ trì", "12 năm xử lý nước thải"),),
        "trial": True, "trial_days": 15, "trial_cost": 0, "support": "Bảo hành 24 tháng.",
        "declarations": ANSWER_DECLARATIONS.codes,
        **changes,
    }
    return Content(**values)


class Round(Cast):
    """A need of the buyer, and organisations that may answer it: `supplier`, `stranger`, and two more."""

    @remembered
    def __init__(self) -> None:
        super().__init__()
        self.third_org, self.third_user, self.third = self._more("Công ty Lọc Xanh")
        self.fourth_org, self.fourth_user, self.fourth = self._more("Viện Cơ Điện Nước")

    def _more(self, name: str) -> tuple[Organisation, User, Actor]:
        organisation = factories.organisation(name)
        person = self._member(f"Người của {name}", organisation)
        return organisation, person, factories.actor_of(person, organisation)

    def draft(self, need: BuyerRequest, actor: Actor | None = None, content: Content | None = None) -> Answer:
        """An answer with everything said, not sent yet."""
        answer = writing.begin(need, actor or self.supplier)
        writing.save(answer, content or said(), actor or self.supplier, answer.lock)
        db.session.commit()
        return answer

    def sent(self, need: BuyerRequest, actor: Actor | None = None, content: Content | None = None) -> Answer:
        """An answer that was sent."""
        answer = self.draft(need, actor, content)
        writing.send(answer, actor or self.supplier, answer.lock)
        db.session.commit()
        return answer
