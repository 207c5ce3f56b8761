"""Money of the demonstration: an illustrative tariff, and what the deals that are completed were charged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.extensions import db
from marketplace.deals.models import Deal
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.pages.demo.world import World
from marketplace.payments.banks.models import BankAccount
from marketplace.payments.fees import actions as fees
from marketplace.payments.fees import queries
from marketplace.payments.invoicing import actions as invoices
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.settlement import actions as settlement
from marketplace.payments.settlement import refunds
from marketplace.payments.settlement.models import Payment
from marketplace.values import clock

ACCOUNTANT, MANAGER = "accountant@demo.example", "manager@demo.example"
SINCE, LATE = timedelta(days=200), timedelta(days=12)
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
    """Write the tariff, charge the completed deals, and write payment requests, payments and a refund."""
    accountant, manager = world.officer(ACCOUNTANT), world.officer(MANAGER)
    author = accountant.user_id or 0
    days = {"from_on": (clock.today() - SINCE).isoformat(), "to_on": ""}
    for rule in RULES:
        said = {"vat_rule": "standard", "source": SOURCE, "read_in_source": False, "illustrative": True}
        fees.write_rule({**rule, **said, **days}, author, manager)
    fees.write_waiver({**WAIVER, **days, "illustrative": True}, author, manager)
    for deal in db.session.scalars(select(Deal).where(Deal.completed_at.is_not(None)).order_by(Deal.id)):
        fees.charge_commission(deal, SYSTEM)
    Books(world, accountant, manager).write()


class Books:
    """Payment requests in every state, payments with a credit, and a refund that waits for its second person."""

    def __init__(self, world: World, accountant: Actor, manager: Actor) -> None:
        self.world, self.accountant, self.manager = world, accountant, manager
        self.account = BankAccount(bin="970436", account_no="0011000999999", holder="SAN GIAO DICH CONG NGHE MINH HOA")
        db.session.add(self.account)
        db.session.flush()

    def write(self) -> None:
        """Write all of it."""
        asked = self.asked(12)
        self.paid(asked[0], asked[0].total)
        self.paid(asked[1], asked[1].total + 500_000)
        self.paid(asked[2], asked[2].total)
        self.paid(asked[3], asked[3].total // 2)
        over = self.paid(asked[4], asked[4].total + 2_000_000)
        refunds.request(over, 2_000_000, "over_payment", "Kế toán của đơn vị chuyển nhầm số tiền.", self.accountant)
        for invoice, number in ((asked[0], "00000123"), (asked[2], "00000124")):
            invoices.record_e_invoice(
                invoice, {"series": "1C26TMH", "number": number, "lookup_code": f"MH{number}", "provider": "Minh họa"},
                clock.today(), self.accountant)
        invoices.cancel(asked[5], self.accountant, "Lập nhầm kỳ.")
        said = {"total": 400_000, "agreement_no": "BB-07/MH", "agreement_on": clock.today().isoformat()}
        by_id = self.accountant.user_id or 0
        invoices.issue_credit(asked[2], said, "Giảm một phần phí theo thỏa thuận.", by_id, self.manager)
        asked[6].due_on = asked[7].due_on = clock.today() - LATE
        invoices.mark_overdue()

    def asked(self, count: int) -> list[Invoice]:
        """Charge verified organisations for assessments of their technologies, and ask all but the last for them."""
        rule = queries.rule_of("assessment", clock.today())
        rows = select(Listing, Organisation).join(Organisation, Organisation.id == Listing.org_id).order_by(Listing.id)
        by_org = {org.id: (listing, org) for listing, org in db.session.execute(rows) if org.verified}
        made = []
        for number in range(count):
            listing, org = list(by_org.values())[number % len(by_org)]
            if rule is not None:
                fees.charge(rule, listing, org, SYSTEM, occurrence=str(number))
            drafted = invoices.draft(org, self.accountant)
            if number < count - 1:
                invoices.issue(drafted, self.accountant)
            made.append(drafted)
        return made

    def paid(self, invoice: Invoice, amount: int) -> Payment:
        """Receive a transfer for a payment request."""
        said = settlement.Said(amount, "VND", clock.today())
        return settlement.receive(self.account, "bank", f"demo:{invoice.code}", said, org=invoice.org, invoice=invoice,
                                  actor=self.accountant)
