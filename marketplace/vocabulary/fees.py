"""Fees of the exchange: what is charged for, and how an amount is found."""

from __future__ import annotations

from marketplace.vocabulary.terms import Term, Vocabulary

FEE_KINDS = Vocabulary("fee_kinds", (
    Term("success_commission", "Phí giao dịch thành công", "Success commission"),
    Term("listing_promotion", "Giới thiệu nổi bật", "Promoted listing"),
    Term("express_verification", "Thẩm tra nhanh", "Express verification"),
    Term("assessment", "Đánh giá công nghệ", "Technology assessment"),
    Term("service_order", "Dịch vụ hỗ trợ", "Service"),
    Term("event_ticket", "Vé sự kiện", "Event ticket"),
))
FEE_BASES = Vocabulary("fee_bases", (
    Term("fixed", "Số tiền cố định", "Fixed amount"),
    Term("bands", "Tỷ lệ theo bậc giá trị", "Rate by bands of value"),
))
REFUND_REASONS = Vocabulary("refund_reasons", (
    Term("over_payment", "Trả thừa", "Over-payment"),
    Term("duplicate", "Trả hai lần", "Paid twice"),
    Term("credited", "Đã ghi giảm", "Credited"),
    Term("cancelled", "Trả cho đề nghị đã hủy", "Paid for a cancelled request"),
    Term("other", "Lý do khác", "Another reason"),
))
