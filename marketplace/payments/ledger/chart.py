"""The chart of accounts: which accounts there are, made when they are first asked for.

The numbers follow the usual Vietnamese chart; the official one may have changed in 2026, and an accountant must check
them. Names are kept in both languages in the row, so that a statement of any year reads as it did then.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from marketplace.core.extensions import db, insert_into
from marketplace.payments.ledger.models import MEMO, Account


@dataclass(frozen=True)
class _Named:
    name_vi: str
    name_en: str
    kind: str


CARD = "113-card"
VAT_OUTPUT = "3331"
UNIDENTIFIED = "3388"
REDUCTIONS = "521"
PROVIDER_CHARGES = "6428"
DISPUTED = "1388-dispute"
#: Accounts of the exchange that do not depend on anybody.
FIXED = {
    CARD: _Named("Tiền đang chuyển qua cổng thẻ", "Card payments on their way", "asset"),
    VAT_OUTPUT: _Named("Thuế giá trị gia tăng đầu ra", "VAT on sales", "liability"),
    UNIDENTIFIED: _Named("Khoản thu chưa xác định", "Unidentified receipts", "liability"),
    REDUCTIONS: _Named("Giảm trừ doanh thu", "Reductions of revenue", "income"),
    PROVIDER_CHARGES: _Named("Phí của ngân hàng và cổng thanh toán", "Charges of providers", "expense"),
    DISPUTED: _Named("Khoản thẻ đang bị khiếu nại", "Disputed card payments", "asset"),
}
#: Kind of fee → the end of the code of its revenue account, and its names.
REVENUE = {
    "listing_promotion": ("promotion", "Doanh thu giới thiệu nổi bật", "Revenue: promoted listings"),
    "express_verification": ("verification", "Doanh thu thẩm tra nhanh", "Revenue: express verification"),
    "assessment": ("assessment", "Doanh thu đánh giá công nghệ", "Revenue: assessments"),
    "success_commission": ("commission", "Doanh thu phí giao dịch thành công", "Revenue: success commissions"),
    "service_order": ("service", "Doanh thu dịch vụ", "Revenue: services"),
    "event_ticket": ("ticket", "Doanh thu vé sự kiện", "Revenue: event tickets"),
}
_OF_DEAL = {
    "agreed": ("Các bên đã thỏa thuận", "Agreed between the parties"),
    "owed": ("Đến hạn giữa các bên", "Due between the parties"),
    "paid": ("Đã xác nhận thanh toán giữa các bên", "Confirmed as paid between the parties"),
}


def fixed(code: str) -> Account:
    """Return an account of the exchange that stands in `FIXED`."""
    return _account(code, FIXED[code])


def revenue(fee_kind: str) -> Account:
    """Return the revenue account of a kind of fee."""
    end, name_vi, name_en = REVENUE[fee_kind]
    return _account(f"511-{end}", _Named(name_vi, name_en, "income"))


def receivable(org_id: int) -> Account:
    """Return what an organisation owes the exchange; a negative balance is its credit ("tiền thừa")."""
    return _account(f"131-{org_id}", _Named("Phải thu của khách hàng", "Receivable", "asset"), org_id=org_id)


def receivable_of(org_id: int) -> Account | None:
    """Return the same account where there is one; it is not made. For pages, which change nothing."""
    return db.session.scalar(select(Account).where(Account.code == f"131-{org_id}"))


def bank(number: int) -> Account:
    """Return the money in one bank account of the exchange, by the number of its row."""
    return _account(f"112-{number}", _Named("Tiền gửi ngân hàng", "Money in the bank", "asset"))


def of_deal(part: str, deal_id: int, currency: str = "VND") -> Account:
    """Return a memorandum account of a deal: what is `agreed` (its contra account), `owed` or `paid`."""
    name_vi, name_en = _OF_DEAL[part]
    return _account(f"M-{part}-{deal_id}", _Named(name_vi, name_en, MEMO), currency, deal_id=deal_id)


def make_fixed() -> None:
    """Make the accounts that do not depend on anybody, where they are missing; the caller commits."""
    for code in FIXED:
        fixed(code)
    for kind in REVENUE:
        revenue(kind)


def _account(code: str, named: _Named, currency: str = "VND", **belongs: int) -> Account:
    found = db.session.scalar(select(Account).where(Account.code == code))
    if found is not None:
        return found
    values = {"name_vi": named.name_vi, "name_en": named.name_en, "kind": named.kind, "currency": currency}
    # Somebody else may make it at this moment; on SQLite, where a trigger refuses that, nobody else writes now.
    made = insert_into(Account).values(code=code, **values, **belongs).on_conflict_do_nothing(index_elements=["code"])
    db.session.execute(made)
    return db.session.scalars(select(Account).where(Account.code == code)).one()
