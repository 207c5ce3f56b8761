"""Money of the demonstration: an illustrative tariff, payment requests in all states, what completed deals were charged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.extensions import db
from marketplace.core.proposals import decide
from marketplace.deals.models import Deal
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.pages.demo.world import World
from marketplace.payments.banks.matching import PROVIDER, key_of_message
from marketplace.payments.banks.models import BankAccount
from marketplace.payments.cards.stripe_gateway import PROVIDER as CARDS
from marketplace.payments.fees import actions as fees
from marketplace.payments.fees.models import FeeRule, WaiverRule
from marketplace.payments.invoicing import actions as invoices
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.invoicing.proposals import propose_credit
from marketplace.payments.invoicing.queries import to_be_asked
from marketplace.payments.settlement import refunds
from marketplace.payments.settlement.actions import Said, complete, receive, start_card
from marketplace.payments.settlement.models import Payment
from marketplace.values import clock

ACCOUNTANT, MANAGER = "accountant@demo.example", "manager@demo.example"
_TARIFF_DAYS = 60  # days ago at which the tariff was approved
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


#: The bank account of the demonstration: no bank has it, and its holder says so.
ACCOUNT = {"bin": "970436", "account_no": "0000000000000", "holder": "TAI KHOAN MINH HOA KHONG CHUYEN TIEN"}
_OWN = 3  # requests of the organisation whose people sign in as supplier
_SUPPLIER = "hong-giang"


@dataclass(frozen=True)
class RequestStory:
    """One payment request for an assessment: how many days ago it was issued, and what became of it three days later.

    `paid` is the share of it that was transferred, in hundredths; `then` what accountants did.
    """

    days: int
    paid: int = 0
    then: str = ""  # cancel | credit | give_back | e_invoice | draft | card (paid by it)


#: The first three are the supplier's own; the others go to one organisation each.
STORIES = (
    RequestStory(48, 100, "e_invoice"), RequestStory(40, 40), RequestStory(5), RequestStory(44, 100, "e_invoice"),
    RequestStory(36, 125, "give_back"), RequestStory(30, 110), RequestStory(26), RequestStory(20, 0, "cancel"),
    RequestStory(16, 50, "credit"), RequestStory(12, 100, "card"), RequestStory(8), RequestStory(4, 0, "draft"),
)


@dataclass
class Money:
    """The exchange's money, as the script tells it."""

    world: World
    rules: dict[str, FeeRule] = field(default_factory=dict)
    requests: list[OneRequest] = field(default_factory=list)

    def write(self) -> None:
        """Write the lines: the tariff, requests with what became of them, and what completed deals were charged."""
        script = self.world.script
        script.add(script.day(_TARIFF_DAYS, 9), self.tariff)
        for number, story in enumerate(STORIES):
            request = OneRequest(self, story, number)
            self.requests.append(request)
            script.add(script.day(story.days, 10, number), request.issue)
            script.add(script.day(story.days - 3, 15, number), request.follow)
        script.add(script.day(3, 9), self.commissions)

    @property
    def accountant(self) -> Actor:
        """Return who keeps the money."""
        return self.world.officer(ACCOUNTANT)

    def tariff(self) -> None:
        """Write the tariff, what is free for whom, and the account into which fees are paid."""
        manager, author = self.world.officer(MANAGER), self.accountant.user_id or 0
        days = {"from_on": clock.today().isoformat(), "to_on": ""}
        said = {"vat_rule": "standard", "source": SOURCE, "read_in_source": False, "illustrative": True}
        for rule in RULES:
            self.rules[rule["code"]] = fees.write(FeeRule, {**rule, **said, **days}, author, manager)
        fees.write(WaiverRule, {**WAIVER, **days, "illustrative": True}, author, manager)
        db.session.add(BankAccount(**ACCOUNT))

    def commissions(self) -> None:
        """Charge the deals that were completed before there was a tariff, and ask the first who was charged."""
        for deal in db.session.scalars(select(Deal).where(Deal.completed_at.is_not(None)).order_by(Deal.id)):
            fees.charge_commission(deal, SYSTEM)
        for org, _count, _net in to_be_asked()[:1]:
            invoices.issue(invoices.draft(org, self.accountant), self.accountant)

    def assessed(self, number: int) -> Listing:
        """Return the published technology that the request of this number is about."""
        rows = select(Listing).join(Listing.organisation).where(
            Listing.published_at.is_not(None), Organisation.verified).order_by(Listing.id)
        own = self.world.orgs[_SUPPLIER].id
        if number < _OWN:
            return list(db.session.scalars(rows.where(Listing.org_id == own)))[number]
        others = {one.org_id: one for one in reversed(list(db.session.scalars(rows.where(Listing.org_id != own))))}
        return sorted(others.values(), key=lambda one: one.id)[number - _OWN]


@dataclass
class OneRequest:
    """One payment request of the script."""

    money: Money
    story: RequestStory
    number: int
    invoice: Invoice | None = None
    payment: Payment | None = None

    def issue(self) -> None:
        """Charge an assessment and ask for it."""
        listing, accountant = self.money.assessed(self.number), self.money.accountant
        fees.charge(self.money.rules["assessment"], listing, listing.organisation, SYSTEM)
        self.invoice = invoices.draft(listing.organisation, accountant)
        if self.story.then != "draft":
            invoices.issue(self.invoice, accountant)

    def follow(self) -> None:
        """Receive what was transferred, and do what the story says."""
        if self.invoice is None:
            raise LookupError("a request is issued before anything becomes of it")
        invoice, accountant = self.invoice, self.money.accountant
        payment = self.payment = self._received(invoice) if self.story.paid else None
        if self.story.then == "cancel":
            invoices.cancel(invoice, accountant, "Lập nhầm kỳ")
        if self.story.then == "credit":
            manager = self.money.world.officer(MANAGER)
            proposal = propose_credit(invoice, 1_100_000, "BB-03/TT", clock.today(), "Rút gọn phạm vi đánh giá", accountant)
            decide(proposal, "approve", manager)
        if self.story.then == "e_invoice":
            said = {"series": "1C26TSG", "number": f"{self.number + 1:08d}", "lookup_code": f"MINHHOA{self.number}",
                    "provider": "Nhà cung cấp minh họa"}
            invoices.record_e_invoice(invoice, said, clock.today(), accountant)
        if self.story.then == "give_back" and payment is not None:
            refunds.request(payment, payment.amount - invoice.total, "over_payment", "Đơn vị chuyển thừa", accountant)

    def _received(self, invoice: Invoice) -> Payment:
        said = Said(invoice.total * self.story.paid // 100, "VND", clock.today())
        if self.story.then == "card":
            made = start_card(invoice, CARDS, SYSTEM)
            made.provider_id, made.intent_id = f"cs_minh_hoa_{self.number}", f"pi_minh_hoa_{self.number}"
            complete(made, said)
            return made
        account = db.session.scalars(select(BankAccount)).one()
        told = key_of_message(account.id, f"FTMINHHOA{self.number:02d}")
        return receive(account, PROVIDER, told, said, org=invoice.org, invoice=invoice, actor=self.money.accountant)


def reference_at_bank(payment: Payment) -> str:
    """Return what the bank calls a transfer that it told of by a message."""
    return str(payment.provider_id).rpartition(":")[2]


def write_money(world: World) -> Money:
    """Write the money of the demonstration into the script, and return it for what the bank says of it."""
    money = Money(world)
    money.write()
    return money
