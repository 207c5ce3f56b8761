"""People who keep the money, a tariff, and payment requests by it, for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from marketplace.core.access import SYSTEM
from marketplace.core.extensions import db
from marketplace.organisations.actors import actor_of
from marketplace.organisations.models import Organisation
from marketplace.payments.fees import actions
from marketplace.payments.fees.models import Charge, FeeRule, WaiverRule
from marketplace.payments.invoicing import actions as requests
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.ledger import chart, credit, debit, post
from marketplace.values import clock
from tests import factories

BANDS = [{"from": 0, "to": 1_000_000_000, "rate_bp": 200, "min": 5_000_000, "max": None},
         {"from": 1_000_000_000, "to": None, "rate_bp": 150, "min": None, "max": 50_000_000}]
RULE: dict[str, Any] = {
    "code": "commission", "kind": "success_commission", "name_vi": "Phí giao dịch thành công",
    "name_en": "Success commission", "base": "bands", "amount": None, "bands": BANDS, "payer": "supplier",
    "vat_rule": "standard", "to_on": "", "source": "Quyết định 01/QĐ-SGD", "read_in_source": False,
}
WAIVER: dict[str, Any] = {
    "code": "agencies", "name_vi": "Miễn phí cho cơ quan nhà nước", "name_en": "Free for public agencies",
    "fee_kinds": ["success_commission"], "org_kinds": ["agency", "institute"], "to_on": "", "decision_no": "02/QĐ-SGD",
}


class Desk:
    """Two accountants, a manager, an auditor and a leader."""

    def __init__(self) -> None:
        self.users = {name: factories.user(said, staff=(role,)) for name, said, role in (
            ("first", "Phùng Thu Trang", "accountant"), ("second", "Đỗ Văn Sổ", "accountant"),
            ("manager", "Ngô Thanh Huyền", "manager"), ("auditor", "Tạ Minh Châu", "auditor"),
            ("leader", "Lưu Đức Trọng", "leadership"), ("moderator", "Trần Quang Minh", "moderator"),
        )}
        db.session.commit()
        self.first, self.second, self.manager = (actor_of(self.users[name]) for name in ("first", "second", "manager"))

    def client(self, app: Flask, name: str) -> FlaskClient:
        return factories.client(app, self.users[name])

    def rule(self, since: date | None = None, **changes: Any) -> FeeRule:
        """A line of the tariff, written by the first accountant and approved by the second."""
        begins = (since or clock.today()).isoformat()
        made = actions.write(FeeRule, {**RULE, "from_on": begins, **changes}, self.first.user_id or 0, self.second)
        db.session.commit()
        return made

    def waiver(self, since: date | None = None, **changes: Any) -> WaiverRule:
        """What is free for whom, written by the first accountant and approved by the second."""
        begins = (since or clock.today()).isoformat()
        made = actions.write(WaiverRule, {**WAIVER, "from_on": begins, **changes}, self.first.user_id or 0, self.second)
        db.session.commit()
        return made


class Books(Desk):
    """The desk, an organisation with a member, and fees of 15 and 1,000,005 đồng (two half đồng of VAT)."""

    def __init__(self) -> None:
        super().__init__()
        self.org = factories.organisation("Công ty Trả Phí", street="Số 1 Tràng Tiền")
        self.member = factories.user("Lê Thị Trả")
        factories.member(self.member, self.org)
        self.small = self.rule(code="small", base="fixed", bands=[], amount=15, kind="assessment")
        self.large = self.rule(code="large", base="fixed", bands=[], amount=1_000_005, kind="service_order")

    def charged(self, occurrence: str = "1", org: Organisation | None = None) -> None:
        for rule in (self.small, self.large):
            assert actions.charge(rule, org or self.org, org or self.org, SYSTEM, occurrence=occurrence)
        db.session.commit()

    def issued(self, occurrence: str = "1") -> Invoice:
        self.charged(occurrence)
        made = requests.draft(self.org, self.first)
        requests.issue(made, self.first)
        db.session.commit()
        return made

    def paid(self, invoice: Invoice, amount: int) -> None:
        """What the completion function will do: book a receipt and move the request."""
        legs = [debit(chart.bank(1), amount), credit(chart.receivable(self.org.id), amount, invoice.id)]
        post(f"receipt:{invoice.code}:{amount}", legs,
             kind="receipt", text="Chuyển khoản", actor=SYSTEM, subject=("invoice", invoice.id))
        requests.settle(invoice)
        db.session.commit()

    def states(self) -> list[str]:
        return [one.state for one in db.session.query(Charge).order_by(Charge.id)]
