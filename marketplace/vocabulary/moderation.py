"""Decisions of operators, their coded reasons, and what they check. The note of a reason is a text to send to authors."""

from __future__ import annotations

from marketplace.vocabulary.terms import Term, Vocabulary

DECISIONS = Vocabulary("moderation_decisions", (
    Term("approve", "Phê duyệt", "Approve"),
    Term("request_changes", "Yêu cầu chỉnh sửa", "Request changes"),
    Term("reject", "Từ chối", "Reject"),
))

_DUPLICATE = Term("duplicate", "Trùng lặp", "Duplicate",
                  "Nội dung trùng với một hồ sơ đã có.", "The same content is already on record.")
_CONTACT = Term("contact_unreachable", "Không liên hệ được", "Contact unreachable",
                "Không liên hệ được theo thông tin đã khai.", "The contact given could not be reached.")
_SPAM = Term("spam", "Nội dung rác, quảng cáo", "Spam or advertising",
             "Nội dung mang tính quảng cáo, không thuộc phạm vi của sàn.",
             "The content is advertising and outside the scope of the exchange.")
_UNLAWFUL = Term("unlawful", "Trái quy định pháp luật", "Unlawful content",
                 "Nội dung trái quy định của pháp luật hoặc quy chế hoạt động.",
                 "The content breaks the law or the operating regulation.")
_PERSONAL = Term("personal_data", "Lộ dữ liệu cá nhân", "Personal data exposed",
                 "Phần công khai chứa dữ liệu cá nhân; hãy bỏ đi.",
                 "The public part contains personal data; please remove it.")
_LANGUAGE = Term("unclear_text", "Diễn đạt chưa rõ", "Text not clear",
                 "Cách trình bày chưa rõ; hãy viết lại cho người đọc ngoài ngành.",
                 "The text is not clear; please rewrite it for readers outside the field.")
_OTHER = Term("other", "Lý do khác", "Other reason", "", "")

ORGANISATION_REASONS = Vocabulary("organisation_reasons", (
    Term("tax_code_mismatch", "Mã số thuế không khớp", "Tax code does not match",
         "Mã số thuế không khớp với tên tổ chức.", "The tax code does not belong to this name."),
    Term("tax_code_inactive", "Mã số thuế ngừng hoạt động", "Tax code inactive",
         "Mã số thuế đã ngừng hoạt động hoặc chờ giải thể.", "The tax code is inactive or being closed."),
    Term("representative_mismatch", "Người đại diện không khớp", "Representative does not match",
         "Người đại diện khác với giấy đăng ký.", "The representative differs from the registration."),
    Term("authority_missing", "Thiếu giấy ủy quyền", "Proof of authority missing",
         "Cần giấy ủy quyền của người đại diện theo pháp luật.",
         "A proof of authority from the legal representative is needed."),
    Term("document_missing", "Thiếu tài liệu", "Document missing",
         "Hồ sơ thiếu giấy đăng ký hoặc quyết định thành lập.",
         "The registration certificate or decision of establishment is missing."),
    Term("document_unreadable", "Tài liệu không đọc được", "Document unreadable",
         "Bản quét mờ hoặc thiếu trang.", "The scan is blurred or lacks pages."),
    Term("document_expired", "Tài liệu hết hiệu lực", "Document expired",
         "Tài liệu đã hết hiệu lực.", "The document is no longer valid."),
    Term("address_incomplete", "Địa chỉ chưa đầy đủ", "Address incomplete",
         "Thiếu tỉnh/thành phố hoặc phường/xã.", "The province or the ward is missing."),
    Term("kind_wrong", "Chọn sai loại hình", "Wrong kind of organisation",
         "Loại hình không phù hợp với giấy tờ.", "The kind does not fit the documents."),
    _CONTACT, _DUPLICATE, _SPAM, _UNLAWFUL, _OTHER,
))

LISTING_REASONS = Vocabulary("listing_reasons", (
    Term("not_a_technology", "Không phải công nghệ", "Not a technology",
         "Nội dung là hàng hóa hoặc dịch vụ thông thường, không phải đối tượng công nghệ theo Điều 4.",
         "This is an ordinary good or service, not an object of technology under Article 4."),
    Term("summary_unclear", "Tóm tắt chưa rõ", "Summary not clear",
         "Tóm tắt chưa nói rõ vấn đề giải quyết và lợi ích.",
         "The summary does not say which problem is solved and with what benefit."),
    Term("right_not_proven", "Chưa chứng minh quyền", "Right not proven",
         "Cần tài liệu chứng minh quyền sở hữu hoặc quyền chuyển giao.",
         "Proof of ownership or of the right to transfer is needed."),
    Term("owners_incomplete", "Tỷ lệ sở hữu chưa đủ 100 %", "Shares do not sum to 100 %",
         "Tổng tỷ lệ các chủ sở hữu phải bằng 100 %.", "The owners' shares must sum to 100 %."),
    Term("ip_number_wrong", "Số văn bằng không đúng", "IP number wrong",
         "Không tra được số đơn hoặc số văn bằng đã khai.", "The application or title number could not be found."),
    Term("trl_unsupported", "Mức TRL thiếu căn cứ", "TRL not supported",
         "Mức sẵn sàng công nghệ chưa có minh chứng phù hợp.", "The readiness level lacks fitting evidence."),
    Term("claims_exaggerated", "Nêu quá công dụng", "Exaggerated claims",
         "Công dụng nêu ra không có số liệu chứng minh.", "The advantages claimed have no figures behind them."),
    Term("specs_missing", "Thiếu thông số", "Specifications missing",
         "Cần thông số kỹ thuật có giá trị và đơn vị.", "Specifications with value and unit are needed."),
    Term("image_missing", "Thiếu hoặc sai hình ảnh", "Image missing or unfit",
         "Cần ít nhất một hình ảnh của công nghệ.", "At least one image of the technology is needed."),
    Term("field_wrong", "Sai lĩnh vực", "Wrong field",
         "Lĩnh vực đã chọn không phù hợp.", "The field chosen does not fit."),
    Term("price_unclear", "Giá chưa rõ", "Price not clear",
         "Hình thức giá hoặc số tiền chưa hợp lý; giá công khai tính bằng đồng.",
         "The pricing mode or amount does not make sense; public prices are in dong."),
    Term("state_funding_unclear", "Chưa rõ nguồn ngân sách", "State funding not clear",
         "Cần mã nhiệm vụ và số giấy đăng ký kết quả đối với nguồn ngân sách.",
         "For state funding the task code and the result-registration number are needed."),
    Term("restricted", "Thuộc danh mục hạn chế", "On the restricted list",
         "Công nghệ hạn chế chuyển giao; cần hồ sơ chấp thuận.", "Restricted technology: an approval dossier is needed."),
    Term("banned", "Thuộc danh mục cấm", "On the banned list",
         "Công nghệ cấm chuyển giao, không được đăng.", "Banned technology cannot be published."),
    Term("confidential_in_public", "Lộ thông tin mật", "Confidential facts in the public part",
         "Phần công khai chứa bí quyết; hãy chuyển sang phần bảo mật.",
         "The public part reveals know-how; move it to the confidential part."),
    _LANGUAGE, _PERSONAL, _CONTACT, _DUPLICATE, _SPAM, _UNLAWFUL, _OTHER,
))

NEED_REASONS = Vocabulary("need_reasons", (
    Term("problem_unclear", "Vấn đề chưa rõ", "Problem not clear",
         "Bối cảnh và hiện trạng chưa đủ để bên cung hiểu vấn đề.",
         "Context and current state do not let a supplier understand the problem."),
    Term("target_not_measurable", "Kết quả chưa đo được", "Target not measurable",
         "Cần kết quả mong muốn có chỉ tiêu, đơn vị.", "The target needs an indicator and a unit."),
    Term("six_clear_incomplete", "Chưa đủ 6 rõ", "Six-point block incomplete",
         "Bài toán và đặt hàng phải đủ sáu nội dung: người, việc, thời gian, trách nhiệm, sản phẩm, thẩm quyền.",
         "A problem or an order must settle person, task, time, responsibility, product and authority."),
    Term("budget_unclear", "Kinh phí chưa rõ", "Budget not clear",
         "Khoảng kinh phí chưa hợp lý.", "The budget range does not make sense."),
    Term("deadline_unrealistic", "Thời hạn không hợp lý", "Deadline not realistic",
         "Thời hạn trả lời quá ngắn hoặc đã qua.", "The deadline to answer is too short or past."),
    Term("criteria_unfair", "Tiêu chí chưa khách quan", "Criteria not fair",
         "Tiêu chí hướng tới một nhà cung cấp cụ thể.", "The criteria point to one particular supplier."),
    Term("criteria_incomplete", "Tiêu chí chưa đủ", "Criteria incomplete",
         "Thiếu tiêu chí đánh giá, hoặc tổng trọng số khác 100.", "Criteria are missing, or weights do not sum to 100."),
    Term("not_a_technology_need", "Không phải nhu cầu công nghệ", "Not a technology need",
         "Đây là nhu cầu mua sắm hoặc tuyển dụng thông thường.", "This is ordinary purchasing or hiring."),
    Term("field_wrong", "Sai lĩnh vực", "Wrong field",
         "Lĩnh vực đã chọn không phù hợp.", "The field chosen does not fit."),
    Term("visibility_wrong", "Chế độ hiển thị chưa phù hợp", "Visibility does not fit",
         "Chế độ hiển thị không phù hợp với loại nhu cầu.", "The visibility does not fit this kind of need."),
    Term("requester_revealed", "Lộ tên bên có nhu cầu", "Requester revealed",
         "Nội dung làm lộ tên tổ chức đã chọn ẩn danh.", "The text reveals an organisation that chose to be hidden."),
    _LANGUAGE, _PERSONAL, _CONTACT, _DUPLICATE, _SPAM, _UNLAWFUL, _OTHER,
))

SUSPENSION_REASONS = Vocabulary("suspension_reasons", (
    Term("rights_dispute", "Tranh chấp quyền", "Dispute over rights"),
    Term("complaint", "Có khiếu nại đang xử lý", "Complaint being handled"),
    Term("false_information", "Thông tin sai sự thật", "False information"),
    Term("verification_lapsed", "Không còn đủ điều kiện xác minh", "Verification no longer holds"),
    Term("regulation_breach", "Vi phạm quy chế hoạt động", "Breach of the operating regulation"),
    Term("authority_request", "Theo yêu cầu của cơ quan có thẩm quyền", "At the request of an authority"),
    Term("security", "Tài khoản có dấu hiệu bị xâm nhập", "Account seems compromised"),
    Term("owner_request", "Theo đề nghị của tổ chức", "At the organisation's own request"),
    Term("other", "Lý do khác", "Other reason"),
))

# What a moderator checks of each kind of thing. Sources: docs/domain.md §1.4 (fields and who needs them), §2.6
# (verification of organisations), the operating regulation.
ORGANISATION_CHECKS = Vocabulary("organisation_checks", (
    Term("tax_code", "Mã số thuế đúng và đang hoạt động", "Tax code is right and active",
         "Đối chiếu với cổng tra cứu của cơ quan thuế.", "Compare with the tax authority's register."),
    Term("name", "Tên khớp với giấy đăng ký", "Name agrees with the registration"),
    Term("representative", "Người đại diện đúng thẩm quyền", "Representative has authority",
         "Người đại diện theo pháp luật, hoặc có giấy ủy quyền.",
         "The legal representative, or one with proof of authority."),
    Term("documents", "Tài liệu đủ, rõ, còn hiệu lực", "Documents complete, legible, in force"),
    Term("address", "Địa chỉ hai cấp đầy đủ", "Address complete in both tiers"),
    Term("kind", "Loại hình tổ chức phù hợp", "Kind of organisation fits"),
    Term("contact", "Liên hệ được theo thông tin đã khai", "Contact details reach somebody"),
))

LISTING_CHECKS = Vocabulary("listing_checks", (
    Term("technology", "Là đối tượng công nghệ", "Is an object of technology",
         "Không phải hàng hóa, dịch vụ thông thường (Điều 4).", "Not an ordinary good or service (Art. 4)."),
    Term("summary", "Tóm tắt rõ vấn đề và lợi ích", "Summary says problem and benefit"),
    Term("rights", "Quyền sở hữu, quyền chuyển giao có căn cứ", "Rights are proven",
         "Tỷ lệ các chủ sở hữu đủ 100 %, số văn bằng tra cứu được.", "Shares sum to 100 %, title numbers can be found."),
    Term("readiness", "Mức TRL có minh chứng", "TRL is supported"),
    Term("claims", "Công dụng không nêu quá mức", "Claims are not exaggerated"),
    Term("control", "Đã đối chiếu danh mục khuyến khích, hạn chế, cấm", "Compared with the control lists",
         "Điều 9–11; chọn phân loại ở dưới.", "Arts 9–11; choose the class below."),
    Term("state_funds", "Hồ sơ nguồn ngân sách đầy đủ", "State funding is documented",
         "Mã nhiệm vụ và số giấy đăng ký kết quả.", "Task code and result-registration number."),
    Term("tiers", "Không lộ bí quyết, dữ liệu cá nhân ở phần công khai", "No know-how or personal data in the public part"),
))

NEED_CHECKS = Vocabulary("need_checks", (
    Term("problem", "Vấn đề và hiện trạng rõ", "Problem and current state are clear"),
    Term("target", "Kết quả mong muốn đo được", "Target result can be measured"),
    Term("six_clear", "Đủ sáu rõ", "Six points are complete",
         "Bắt buộc với bài toán của cơ quan và đặt hàng.", "Mandatory for agency problems and orders."),
    Term("budget", "Kinh phí và thời hạn hợp lý", "Budget and deadline make sense"),
    Term("criteria", "Tiêu chí khách quan, tổng trọng số 100", "Criteria are fair and sum to 100"),
    Term("visibility", "Chế độ hiển thị phù hợp, không lộ bên ẩn danh", "Visibility fits, a hidden requester stays hidden"),
    Term("tiers", "Không lộ thông tin mật, dữ liệu cá nhân", "No confidential or personal data in the public part"),
))
