"""The payment request as a PDF, in Vietnamese, set as the record of a deal is (`deals.pdf`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marketplace.deals.pdf import set_from
from marketplace.deals.pdf_fonts import FOLDERS
from marketplace.payments.fees.proposals import percent
from marketplace.payments.invoicing.lifecycle import INVOICE, OPEN
from marketplace.payments.invoicing.models import Invoice
from marketplace.values import clock, money
from marketplace.values.amount_in_words import in_words
from marketplace.values.vietqr import reference_of
from marketplace.web import typesetting
from marketplace.web.i18n import catalogue

_PURPOSE = "Đề nghị thanh toán không phải là hóa đơn; hóa đơn điện tử do nhà cung cấp lập."


def payment_request(invoice: Invoice, rest: int, at: datetime) -> bytes:
    """Return the PDF of an issued payment request; `rest` is what of it is still to be paid, in VND.

    Raises Unreachable when it cannot be made within the bounds of memory and time.
    """
    code = str(invoice.code)
    template, data, stamp = set_from({
        "title": f"Đề nghị thanh toán {code}", "heading": "Đề nghị thanh toán", "code": code,
        "state": str(catalogue("vi").gettext(INVOICE.label(invoice.state))), "subject": invoice.buyer["name"],
        "sections": [_facts(invoice, code, rest), _lines(invoice), *_credits(invoice)],
    }, at, _PURPOSE)
    return typesetting.made(code, template, data, FOLDERS, at, stamp=stamp)


def _facts(invoice: Invoice, code: str, rest: int) -> dict[str, Any]:
    rows = [
        ("Đơn vị thanh toán", invoice.buyer["name"]), ("Mã số thuế", invoice.buyer["tax_code"]),
        ("Địa chỉ", invoice.buyer["address"]),
        ("Ngày phát hành", clock.format_date(clock.local(invoice.issued_at).date()) if invoice.issued_at else ""),
        ("Hạn thanh toán", clock.format_date(invoice.due_on) if invoice.due_on else ""),
        ("Tổng cộng", money.format_vnd(invoice.total)), ("Bằng chữ", in_words(invoice.total)),
        ("Còn phải trả", money.format_vnd(rest) if invoice.state in OPEN else ""),
        ("Nội dung chuyển khoản", reference_of(code) if invoice.state in OPEN else ""),
        ("Hóa đơn điện tử", invoice.e_invoice["number"] if invoice.e_invoice_on else ""),
    ]
    return {"title": "Thông tin", "facts": [[label, value] for label, value in rows if value]}


def _lines(invoice: Invoice) -> dict[str, Any]:
    rows = [
        [str(line.position), line.text_vi, money.format_vnd(line.net), percent(line.vat_bp), money.format_vnd(line.vat)]
        for line in invoice.lines
    ]
    return {"title": "Nội dung", "table": {
        "heads": ["STT", "Dịch vụ", "Chưa có thuế", "Thuế suất", "Thuế GTGT"],
        "widths": ["auto", "1", "auto", "auto", "auto"], "align": ["left", "left", "right", "right", "right"],
        "rows": rows, "total": ["", "Tổng cộng", money.format_vnd(invoice.net), "", money.format_vnd(invoice.vat)],
    }}


def _credits(invoice: Invoice) -> list[dict[str, Any]]:
    rows = [
        [note.code, f"Thỏa thuận {note.agreement_no} ngày {clock.format_date(note.agreement_on)}, "
                    f"{money.format_vnd(note.total)} (gồm thuế GTGT {money.format_vnd(note.vat)})"]
        for note in invoice.credits
    ]
    return [{"title": "Ghi giảm", "facts": rows}] if rows else []
