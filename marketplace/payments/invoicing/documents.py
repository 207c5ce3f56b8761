"""Payment requests, credit notes and receipts as PDFs, in Vietnamese, set as the record of a deal is (`deals.pdf`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marketplace.deals.pdf import set_from
from marketplace.deals.pdf_fonts import FOLDERS
from marketplace.payments.fees.proposals import percent
from marketplace.payments.invoicing.lifecycle import INVOICE, OPEN
from marketplace.payments.invoicing.models import CreditNote, Invoice
from marketplace.payments.invoicing.pay_to import Transfer, drawn, transfer_of
from marketplace.payments.settlement.lifecycle import PAYMENT
from marketplace.payments.settlement.models import BANK, Payment
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
    code, transfer = str(invoice.code), transfer_of(invoice, rest)
    template, data, stamp = set_from({
        "title": f"Đề nghị thanh toán {code}", "heading": "Đề nghị thanh toán", "code": code,
        "state": str(catalogue("vi").gettext(INVOICE.label(invoice.state))), "subject": invoice.buyer["name"],
        "sections": [_facts(invoice, code, rest), *_transfer(transfer), _lines(invoice), *_credits(invoice)],
    }, at, _PURPOSE)
    if transfer is not None:  # beside the texts, which are cut and folded; all that it says stands in them
        data["qr"] = drawn(transfer.text).decode("ascii")
    return typesetting.made(code, template, data, FOLDERS, at, stamp=stamp)


def credit_note(note: CreditNote, at: datetime) -> bytes:
    """Return the PDF of a credit note. Raises Unreachable when it cannot be made now."""
    buyer = note.invoice.buyer
    rows = [
        ("Đơn vị", buyer["name"]), ("Mã số thuế", buyer["tax_code"]), ("Địa chỉ", buyer["address"]),
        ("Của đề nghị thanh toán", str(note.invoice.code)), ("Ngày lập", _day(note.issued_at)),
        ("Văn bản thỏa thuận", f"{note.agreement_no} ngày {clock.format_date(note.agreement_on)}"), ("Lý do", note.reason),
        ("Giảm chưa có thuế", money.format_vnd(note.net)), ("Giảm thuế GTGT", money.format_vnd(note.vat)),
        ("Tổng ghi giảm", money.format_vnd(note.total)), ("Bằng chữ", in_words(note.total)),
        ("Hóa đơn điện tử của đề nghị", note.invoice.e_invoice["number"] if note.invoice.e_invoice_on else ""),
    ]
    return _made(note.code, "Giấy ghi giảm", "Đã phát hành", buyer["name"], rows, at,
                 "Giấy ghi giảm không thay thế việc điều chỉnh hóa đơn điện tử.")


def receipt(payment: Payment, at: datetime) -> bytes:
    """Return the PDF of the receipt of a payment that was received. Raises Unreachable when it cannot be made now."""
    invoice = payment.invoice
    buyer = invoice.buyer if invoice else {"name": payment.org.name, "tax_code": payment.org.tax_code or ""}
    rows = [
        ("Đơn vị thanh toán", buyer["name"]), ("Mã số thuế", buyer["tax_code"]),
        ("Cho đề nghị thanh toán", str(invoice.code) if invoice else "Giữ lại làm tiền thừa của đơn vị"),
        ("Ngày nhận", clock.format_date(payment.received_on) if payment.received_on else ""),
        ("Hình thức", "Chuyển khoản" if payment.channel == BANK else "Thẻ"),
        ("Số tiền", money.format_amount(payment.amount, payment.currency)),
        ("Bằng chữ", in_words(payment.amount) if payment.currency == "VND" else ""),
    ]
    state = str(catalogue("vi").gettext(PAYMENT.label(payment.state)))
    return _made(payment.code, "Biên nhận thanh toán", state, buyer["name"], rows, at, _PURPOSE.replace(
        "Đề nghị thanh toán", "Biên nhận"))


def _made(
    code: str, heading: str, state: str, subject: str, rows: Sequence[tuple[str, str]], at: datetime, purpose: str
) -> bytes:
    template, data, stamp = set_from({
        "title": f"{heading} {code}", "heading": heading, "code": code, "state": state, "subject": subject,
        "sections": [{"title": "Thông tin", "facts": [[label, value] for label, value in rows if value]}],
    }, at, purpose)
    return typesetting.made(code, template, data, FOLDERS, at, stamp=stamp)


def _day(moment: datetime) -> str:
    return clock.format_date(clock.local(moment).date())


def _transfer(transfer: Transfer | None) -> list[dict[str, Any]]:
    if transfer is None:
        return []
    rows = [["Ngân hàng", transfer.bank], ["Số tài khoản", transfer.account_no],
            ["Chủ tài khoản", transfer.holder], ["Số tiền", money.format_vnd(transfer.amount)],
            ["Nội dung", transfer.purpose]]
    return [{"title": "Chuyển khoản", "facts": rows, "qr": True}]


def _facts(invoice: Invoice, code: str, rest: int) -> dict[str, Any]:
    rows = [
        ("Đơn vị thanh toán", invoice.buyer["name"]), ("Mã số thuế", invoice.buyer["tax_code"]),
        ("Địa chỉ", invoice.buyer["address"]),
        ("Ngày phát hành", _day(invoice.issued_at) if invoice.issued_at else ""),
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
