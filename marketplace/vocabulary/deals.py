"""From interest to a recorded deal: coded refusals, complaints, disputes, signing, contract items, legal regimes."""

from __future__ import annotations

from marketplace.vocabulary.terms import Term, Vocabulary

_LAW = "Law 07/2017/QH14 on technology transfer, amended by Law 115/2025/QH15"
_LAW_EFFECTIVE = "2026-04-01"

LEAD_ORIGINS = Vocabulary("lead_origins", (
    Term("listing", "Quan tâm một công nghệ", "Interest in a technology"),
    Term("need", "Trả lời một nhu cầu", "Answer to a need"),
    Term("introduction", "Sàn giới thiệu", "Introduced by the exchange"),
))

SIDES = Vocabulary("sides", (
    Term("supplier", "Bên giao công nghệ", "Transferor"),
    Term("buyer", "Bên nhận công nghệ", "Transferee"),
), source=f"{_LAW}, Art. 2", effective=_LAW_EFFECTIVE)

DECLINE_REASONS = Vocabulary("decline_reasons", (
    Term("not_a_fit", "Không phù hợp với nhu cầu hoặc công nghệ", "Does not fit the need or the technology"),
    Term("maturity", "Mức độ sẵn sàng chưa phù hợp", "Maturity does not fit"),
    Term("price", "Giá hoặc ngân sách không gặp nhau", "Price and budget do not meet"),
    Term("terms", "Không thống nhất được điều kiện chuyển giao", "No agreement on the terms of transfer"),
    Term("other_chosen", "Đã chọn phương án khác phù hợp hơn", "Another offer was chosen"),
    Term("target_missed", "Chưa đạt chỉ tiêu đề ra", "Does not reach the targets asked"),
    Term("time", "Thời gian thực hiện chưa phù hợp", "The time needed does not fit"),
    Term("evidence", "Chưa đủ căn cứ, minh chứng", "Not enough evidence"),
    Term("already_committed", "Đã cam kết với bên khác", "Committed to another party"),
    Term("no_capacity", "Chưa có nguồn lực ở thời điểm này", "No capacity at present"),
    Term("rights", "Chưa làm rõ quyền sở hữu hoặc quyền sử dụng", "Ownership or rights are not clear"),
    Term("changed_mind", "Bên đề nghị rút lại", "Withdrawn by who asked"),
    Term("other", "Lý do khác", "Another reason", "Nêu rõ bằng lời.", "Say which in words."),
))

UNSUITABLE_REASONS = Vocabulary("unsuitable_reasons", (
    Term("subject", "Không cùng vấn đề kỹ thuật", "Not the same technical problem"),
    Term("maturity", "Mức độ sẵn sàng chưa phù hợp", "Maturity does not fit"),
    Term("scale", "Quy mô, công suất không tương xứng", "Scale or capacity does not fit"),
    Term("price", "Giá và kinh phí không gặp nhau", "Price and budget do not meet"),
    Term("form", "Hình thức hợp tác, chuyển giao không phù hợp", "Form of cooperation or transfer does not fit"),
    Term("parties", "Hai bên đã liên hệ hoặc không muốn liên hệ", "In contact already, or unwilling"),
    Term("other", "Lý do khác", "Another reason", "Nêu rõ bằng lời.", "Say which in words."),
))

COMPLAINT_KINDS = Vocabulary("complaint_kinds", (
    Term("conduct", "Ứng xử, lời lẽ không phù hợp", "Improper conduct or language"),
    Term("misleading", "Thông tin sai sự thật", "Misleading information"),
    Term("no_answer", "Không trả lời, kéo dài", "No answer, dragging on"),
    Term("breach", "Không thực hiện điều đã cam kết", "Commitments not kept"),
    Term("confidentiality", "Lộ thông tin bảo mật", "Breach of confidentiality"),
    Term("rights", "Tranh chấp quyền sở hữu trí tuệ", "Dispute over intellectual property"),
    Term("other", "Việc khác", "Something else"),
))

DISPUTE_REASONS = Vocabulary("dispute_reasons", (
    Term("late", "Chậm tiến độ", "Behind schedule"),
    Term("quality", "Không đạt thông số, chất lượng đã thỏa thuận", "Agreed figures or quality not met"),
    Term("scope", "Bất đồng về phạm vi công việc", "Disagreement on the scope"),
    Term("documents", "Thiếu tài liệu, đào tạo, hỗ trợ", "Documents, training or support missing"),
    Term("payment", "Chậm hoặc không thanh toán", "Payment late or missing"),
    Term("rights", "Tranh chấp quyền", "Dispute over rights"),
    Term("other", "Lý do khác", "Another reason"),
))

ENDING_REASONS = Vocabulary("ending_reasons", (
    Term("mutual", "Hai bên cùng thống nhất", "By mutual agreement"),
    Term("breach", "Vi phạm hợp đồng", "Breach of contract"),
    Term("not_feasible", "Công nghệ không đạt yêu cầu", "The technology does not meet the requirement"),
    Term("funding", "Không còn kinh phí", "Funding is gone"),
    Term("legal", "Vướng mắc pháp lý", "Legal obstacle"),
    Term("force_majeure", "Bất khả kháng", "Force majeure"),
    Term("other", "Lý do khác", "Another reason"),
))

SIGNING_METHODS = Vocabulary("signing_methods", (
    Term("paper_scan", "Bản giấy ký, đóng dấu rồi quét", "Signed on paper and scanned",
         "Bản quét chỉ chứng tỏ đã có bản giấy; không phải chữ ký điện tử.",
         "A scan shows that a paper exists; it is not an electronic signature."),
    Term("electronic", "Chữ ký điện tử", "Electronic signature"),
    Term("digital", "Chữ ký số có chứng thư", "Digital signature with a certificate",
         "Cần ghi số sê-ri chứng thư.", "The serial number of the certificate is needed."),
), source="Law 20/2023/QH15 on electronic transactions", effective="2024-07-01")

AUTHORITIES = Vocabulary("authorities", (
    Term("legal_representative", "Người đại diện theo pháp luật", "Legal representative"),
    Term("power_of_attorney", "Người được ủy quyền bằng văn bản", "Authorised in writing",
         "Cần số văn bản ủy quyền.", "The number of the authorisation is needed."),
))

DEAL_FILES = Vocabulary("deal_files", (
    Term("draft_contract", "Dự thảo hợp đồng", "Draft contract"),
    Term("signed_contract", "Hợp đồng đã ký", "Signed contract"),
    Term("authority", "Văn bản ủy quyền", "Authorisation"),
    Term("delivery", "Hồ sơ bàn giao", "Delivery document"),
    Term("minutes", "Biên bản nghiệm thu", "Acceptance minutes"),
    Term("evidence", "Tài liệu chứng minh", "Evidence"),
    Term("other", "Tài liệu khác", "Other document"),
))

PUBLICITIES = Vocabulary("publicities", (
    Term("none", "Không công khai", "Not public"),
    Term("existence", "Công khai có giao dịch, không nêu giá trị", "That there was a deal, without its value"),
    Term("value", "Công khai cả giá trị", "The deal and its value"),
))

#: Items 1–7 and 9–13 block signing while empty; 8 and 14 are for what the parties add.
CONTRACT_ITEMS = Vocabulary("contract_items", (
    Term("technology", "Tên công nghệ được chuyển giao", "Name of the technology", source="Art. 23(1)"),
    Term("object", "Đối tượng công nghệ, sản phẩm, tiêu chuẩn, chất lượng",
         "Object of the transfer, products, standards and quality", source="Art. 23(2)"),
    Term("right", "Chuyển nhượng quyền sở hữu hoặc chuyển quyền sử dụng", "Transfer of ownership or right of use",
         source="Art. 23(3)"),
    Term("method", "Phương thức chuyển giao", "Method of transfer", source="Art. 23(4)"),
    Term("obligations", "Quyền và nghĩa vụ của các bên", "Rights and obligations of the parties", source="Art. 23(5)"),
    Term("price", "Giá, phương thức thanh toán", "Price and payment", source="Art. 23(6)"),
    Term("term", "Thời hạn, hiệu lực của hợp đồng", "Term and effect of the contract", source="Art. 23(7)"),
    Term("definitions", "Khái niệm, thuật ngữ (nếu có)", "Definitions (if any)", source="Art. 23(8)"),
    Term("schedule", "Kế hoạch, tiến độ, địa điểm thực hiện", "Plan, schedule and place", source="Art. 23(9)"),
    Term("warranty", "Trách nhiệm bảo hành", "Warranty", source="Art. 23(10)"),
    Term("penalties", "Phạt vi phạm hợp đồng", "Penalties", source="Art. 23(11)"),
    Term("liability", "Trách nhiệm do vi phạm hợp đồng", "Liability for breach", source="Art. 23(12)"),
    Term("disputes", "Cơ quan giải quyết tranh chấp", "Body that settles disputes", source="Art. 23(13)"),
    Term("other", "Nội dung khác do các bên thỏa thuận", "Other matters agreed", source="Art. 23(14)"),
), source=f"{_LAW}, Art. 23", effective=_LAW_EFFECTIVE)

CONTRACT_ITEMS_OPTIONAL = frozenset({"definitions", "other"})

REGIMES = Vocabulary("regimes", (
    Term("voluntary", "Không bắt buộc đăng ký", "Registration is voluntary"),
    Term("registration", "Bắt buộc đăng ký chuyển giao công nghệ", "Registration is mandatory",
         "Hợp đồng có hiệu lực từ ngày được cấp Giấy chứng nhận đăng ký; hạn nộp hồ sơ 90 ngày kể từ ngày ký.",
         "The contract takes effect with the registration certificate; to be filed within 90 days of signing."),
    Term("permit", "Công nghệ hạn chế chuyển giao: phải có giấy phép", "Restricted technology: a permit is needed",
         "Hợp đồng có hiệu lực từ ngày được cấp Giấy phép chuyển giao công nghệ.",
         "The contract takes effect with the transfer permit."),
    Term("unclassified", "Sàn chưa xác định chế độ pháp lý", "Not classified by the exchange yet",
         "Công nghệ chưa qua kiểm duyệt của sàn; cán bộ giao dịch phân loại trước khi ghi nhận hợp đồng có hiệu lực.",
         "The exchange did not review this technology; a deal officer classifies it before the contract takes effect."),
    Term("banned", "Công nghệ cấm chuyển giao", "Banned from transfer"),
), source=f"{_LAW}, Arts 9–11, 28–31; Decree 76/2018/NĐ-CP, Art. 5", effective=_LAW_EFFECTIVE)
