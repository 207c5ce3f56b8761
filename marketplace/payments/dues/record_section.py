"""What the record of a deal says of money: what was agreed, and what the payee confirmed. In Vietnamese."""

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
    total = ["Tổng cộng", "", money.format_amount(sums.agreed, dues[0].currency, "vi"),
             money.format_amount(sums.paid, dues[0].currency, "vi"), ""]
    table = {
        "heads": ["Khoản", "Đến hạn", "Phải trả", "Bên nhận xác nhận", "Tình trạng"],
        "widths": ["1", "auto", "auto", "auto", "auto"], "align": ["left", "left", "right", "right", "left"],
        "rows": rows, "total": total,
    }
    return {"title": "Thanh toán giữa các bên", "table": table, "digest": NOTE}
