"""What a moderator checks, per kind, as data. Answers are stored on the case under the item's code.

Sources: docs/domain.md §1.4 (fields and who needs them), §2.6 (verification of organisations), the operating regulation.
"""

from __future__ import annotations

from collections.abc import Mapping

from marketplace.buyer_requests.models import BuyerRequest
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.values.text import N_
from marketplace.vocabulary import Term, Vocabulary

#: Answers to one item.
MET, PROBLEM, NOT_APPLICABLE = "met", "problem", "not_applicable"
ANSWERS: Mapping[str, str] = {MET: N_("Met"), PROBLEM: N_("Problem"), NOT_APPLICABLE: N_("Not applicable")}

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

#: Checklist by the kind of thing under review.
CHECKLISTS: Mapping[str, Vocabulary] = {
    Organisation.subject_kind: ORGANISATION_CHECKS, Listing.subject_kind: LISTING_CHECKS,
    BuyerRequest.subject_kind: NEED_CHECKS,
}


def unanswered(kind: str, answers: Mapping[str, str]) -> list[str]:
    """Return the items without a valid answer, in order."""
    return [code for code in CHECKLISTS[kind].codes if answers.get(code) not in ANSWERS]


def problems(kind: str, answers: Mapping[str, str]) -> list[str]:
    """Return the items answered with a problem, in order."""
    return [code for code in CHECKLISTS[kind].codes if answers.get(code) == PROBLEM]
