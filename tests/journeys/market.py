"""A supplier and an agency that are verified, each with a browser: where most journeys begin."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask import Flask

from marketplace.accounts.models import User
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from tests import factories
from tests.buyer_requests import factories as needs
from tests.journeys.walking import Walker
from tests.listings import samples

FLOOD = "Dự báo ngập theo tuyến phố trước một giờ"
#: A technology that answers the flood problem of `tests.buyer_requests.test_writing`.
FORECAST: dict[str, Any] = {
    "title": "Dự báo ngập đô thị theo tuyến phố bằng ra đa mưa",
    "public_summary": "Dự báo ngập trước 60 đến 90 phút cho từng tuyến phố từ ra đa mưa và cảm biến mực nước.",
    "tags": ["ngập", "dự báo", "mưa"],
    "title_en": "Street-level flood forecasting from rain radar",
    "problem_solved": "Mùa mưa có nhiều điểm ngập trong nội đô, báo cáo chậm 30 phút.",
    "applications": "Cần dự báo ngập cho hàng trăm điểm trong nội đô.",
    "advantages": "Báo trước 60 phút.",
    "cooperation_forms": ["buy"],
    "trl": 8,
    "price_min": 1_200_000_000,
}


class Market:
    """People and organisations as rows, ids kept as numbers, and browsers for each."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            supplier_org = factories.organisation("Công ty Khí tượng Đô thị Sông Nhuệ", kind="startup")
            agency = factories.organisation("Sở Tài nguyên Xanh", kind="agency")
            supplier = factories.user("Lê Thị Hoa", email="hoa@nhue.example.vn")
            colleague = factories.user("Phạm Văn Đồng", email="dong@nhue.example.vn")
            buyer = factories.user("Trần Minh Tâm", email="tam@xanh.example.vn")
            staff = factories.user("Ngô Đức Duy", email="duy@example.vn", staff=("moderator",))
            self.membership_id = factories.member(colleague, supplier_org, "editor").id
            factories.member(supplier, supplier_org)
            factories.member(buyer, agency)
            self._ids = {"supplier": supplier.id, "buyer": buyer.id, "staff": staff.id}
            self.org_id, self.org_slug = supplier_org.id, supplier_org.slug
            self.agency_id, self.agency_slug = agency.id, agency.slug
            self.supplier = Walker(app, supplier, supplier_org)
            self.colleague = Walker(app, colleague, supplier_org)
            self.buyer = Walker(app, buyer, agency)
            self.visitor = Walker(app)

    def person(self, name: str) -> User:
        """Return the supplier, buyer or staff as a row of this context."""
        return db.session.get_one(User, self._ids[name])

    def listing(self, **values: Any) -> str:
        """Publish a technology of the supplier; return its code."""
        with self.app.app_context():
            made: Listing = samples.published(
                self.person("supplier"), db.session.get_one(Organisation, self.org_id), self.person("staff"),
                **{**FORECAST, **values},
            )
            drain()
            return made.code

    def draft(self, **values: Any) -> str:
        """A complete draft of the supplier; return its code."""
        with self.app.app_context():
            org = db.session.get_one(Organisation, self.org_id)
            return samples.draft(self.person("supplier"), org, **{**FORECAST, **values}).listing.code

    def need(self, **values: Any) -> str:
        """Publish a problem of the agency; return its code."""
        with self.app.app_context():
            cast = object.__new__(needs.Cast)
            cast.buyer = factories.actor_of(self.person("buyer"), db.session.get_one(Organisation, self.agency_id))
            cast.moderator = factories.actor_of(self.person("staff"))
            fields = {
                "kind": "agency_problem", "title": FLOOD, "summary": "Cần dự báo ngập cho 200 điểm trong nội đô.",
                "context": "Mùa mưa có 38 điểm ngập.", "current_state": "Báo cáo chậm 30 phút.",
                "target_result": "Dự báo ngập trước 60 phút.", "tags": ["ngập", "dự báo", "mưa"],
                "six_clear": needs.six_clear(), **values,
            }
            made: BuyerRequest = cast.published(**fields)
            drain()
            return made.code

    def day(self, ahead: int) -> date:
        """Return a day so many days from today."""
        return needs.days(ahead)

    def work(self) -> None:
        """Let the worker do everything that is due."""
        with self.app.app_context():
            drain()


def codes_in(page: str) -> set[str]:
    """Return the codes of things a page names."""
    return set(re.findall(r"(?:CN|NC)-\d{4}-\d{6}", page))
