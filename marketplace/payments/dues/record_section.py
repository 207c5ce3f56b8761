"""What record and certificate of a deal say of money: when it was signed, what was accepted, what the payee confirmed as
paid, and what is open. Each of the three comes from its own column. In Vietnamese.
"""

from __future__ import annotations

from marketplace.deals.models import Deal
from marketplace.deals.record import Section
from marketplace.payments.dues import queries
from marketplace.payments.dues.lifecycle import DUE
from marketplace.values import clock, money
from marketplace.web.i18n import catalogue

NOTE = "Sàn chỉ ghi nhận điều bên trả báo và bên nhận xác nhận; sàn không thu, giữ hoặc chi hộ tiền của các bên."


def section(deal: Deal) -> Section | None:
    """Return the section, or None when nothing is to be paid."""
    dues = queries.of_deal(deal)
    if not dues:
        return None
    rows = [
        [one.title, clock.format_date(one.due_on), money.format_amount(one.amount, one.currency, "vi"),
         money.format_amount(one.confirmed, one.currency, "vi"), str(catalogue("vi").gettext(DUE.label(one.state)))]
        for one in dues
    ]
    sums = queries.sums(dues)
    accepted = [step for step in deal.milestones if step.accepted_at is not None]
    facts = [
        ["Đã ký", clock.format_date(deal.signed_on) if deal.signed_on else "Chưa ký"],
        ["Đã nghiệm thu", f"{len(accepted)} trên {len(deal.milestones)} mốc"],
        ["Đã được bên nhận xác nhận thanh toán", money.format_amount(sums.paid, dues[0].currency, "vi")],
        ["Còn chưa được xác nhận thanh toán", money.format_amount(sums.agreed - sums.paid, dues[0].currency, "vi")],
    ]
    total = ["Tổng cộng", "", money.format_amount(sums.agreed, dues[0].currency, "vi"),
             money.format_amount(sums.paid, dues[0].currency, "vi"), ""]
    table = {
        "heads": ["Khoản", "Đến hạn", "Phải trả", "Bên nhận xác nhận", "Tình trạng"],
        "widths": ["1", "auto", "auto", "auto", "auto"], "align": ["left", "left", "right", "right", "left"],
        "rows": rows, "total": total,
    }
    return {"title": "Thanh toán giữa các bên", "facts": facts, "table": table, "digest": NOTE}
