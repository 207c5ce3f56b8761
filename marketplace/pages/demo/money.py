"""Money of the demonstration: an illustrative tariff, and what the deals that are completed were charged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from marketplace.core.access import SYSTEM
from marketplace.core.extensions import db
from marketplace.deals.models import Deal
from marketplace.pages.demo.world import World
from marketplace.payments.fees import actions as fees
from marketplace.payments.invoicing import actions as invoices
from marketplace.payments.invoicing.queries import to_be_asked
from marketplace.values import clock

ACCOUNTANT, MANAGER = "accountant@demo.example", "manager@demo.example"
SINCE = timedelta(days=200)
SOURCE = "Biểu phí minh họa"
_FIXED: dict[str, Any] = {"base": "fixed", "bands": [], "payer": "supplier"}
RULES: tuple[dict[str, Any], ...] = (
    {"code": "commission", "kind": "success_commission", "name_vi": "Phí giao dịch thành công", "base": "bands",
     "name_en": "Success commission", "amount": None, "payer": "supplier", "bands": [
         {"from": 0, "to": 1_000_000_000, "rate_bp": 100, "min": 2_000_000, "max": None},
         {"from": 1_000_000_000, "to": None, "rate_bp": 80, "min": None, "max": 50_000_000}]},
    {"code": "promotion", "kind": "listing_promotion", "name_vi": "Giới thiệu nổi bật, 30 ngày",
     "name_en": "Promoted listing, 30 days", "amount": 1_500_000, **_FIXED},
    {"code": "assessment", "kind": "assessment", "name_vi": "Đánh giá công nghệ", "name_en": "Technology assessment",
     "amount": 12_000_000, **_FIXED},
)
WAIVER: dict[str, Any] = {
    "code": "public", "name_vi": "Miễn phí cho cơ quan nhà nước và doanh nghiệp khởi nghiệp",
    "name_en": "Free for public agencies and start-ups", "fee_kinds": ["success_commission", "listing_promotion"],
    "org_kinds": ["agency", "startup"], "decision_no": SOURCE,
}


def write_money(world: World) -> None:
    """Write the tariff, charge the completed deals, and ask the first organisation that was charged for its payment."""
    accountant, manager = world.officer(ACCOUNTANT), world.officer(MANAGER)
    author = accountant.user_id or 0
    days = {"from_on": (clock.today() - SINCE).isoformat(), "to_on": ""}
    for rule in RULES:
        said = {"vat_rule": "standard", "source": SOURCE, "read_in_source": False, "illustrative": True}
        fees.write_rule({**rule, **said, **days}, author, manager)
    fees.write_waiver({**WAIVER, **days, "illustrative": True}, author, manager)
    for deal in db.session.scalars(select(Deal).where(Deal.completed_at.is_not(None)).order_by(Deal.id)):
        fees.charge_commission(deal, SYSTEM)
    for org, _count, _net in to_be_asked()[:1]:
        invoices.issue(invoices.draft(org, accountant), accountant)
