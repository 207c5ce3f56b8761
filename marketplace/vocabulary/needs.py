"""Technology needs: kinds, visibility, ways of working together, and the six points every public task must settle."""

from __future__ import annotations

from marketplace.vocabulary.terms import Term, Vocabulary

NEED_KINDS = Vocabulary("need_kinds", (
    Term("enterprise_need", "Nhu cầu của doanh nghiệp", "Enterprise need"),
    Term("agency_problem", "Bài toán của cơ quan nhà nước", "Agency problem"),
    Term("order", "Đặt hàng", "Order"),
))

#: Kinds that must carry the whole six-point block before they may be submitted.
KINDS_NEEDING_SIX_CLEAR = frozenset({"agency_problem", "order"})

NEED_VISIBILITIES = Vocabulary("need_visibilities", (
    Term("public", "Công khai", "Public"),
    Term("requester_hidden", "Ẩn tên bên có nhu cầu", "Requester hidden"),
    Term("invited_only", "Chỉ tổ chức được mời", "Invited organisations only"),
))

COOPERATION_FORMS = Vocabulary("cooperation_forms", (
    Term("buy", "Mua đứt", "Purchase"),
    Term("licence", "Nhận quyền sử dụng", "Licence"),
    Term("joint_rd", "Hợp tác nghiên cứu và phát triển", "Joint R&D"),
    Term("pilot", "Thử nghiệm, thử nghiệm có kiểm soát", "Pilot or sandbox"),
    Term("invest", "Đầu tư, góp vốn", "Investment"),
))

SIX_CLEAR = Vocabulary("six_clear", (
    Term("person", "Rõ người", "Clear person", "Một người cụ thể, có tên.", "One named person."),
    Term("task", "Rõ việc", "Clear task", "Động từ và đối tượng của việc.", "A verb and its object."),
    Term("time", "Rõ thời gian", "Clear time", "Ngày bắt đầu và ngày phải xong.", "Start date and due date."),
    Term("responsibility", "Rõ trách nhiệm", "Clear responsibility",
         "Đơn vị chịu trách nhiệm và người đứng đầu.", "The accountable unit and its head."),
    Term("product", "Rõ sản phẩm", "Clear product",
         "Sản phẩm, đơn vị tính, số lượng, minh chứng.", "Deliverable, unit, target quantity, evidence."),
    Term("authority", "Rõ thẩm quyền", "Clear authority",
         "Ai phê duyệt; vượt thẩm quyền thì báo cáo ai.", "Who approves; to whom it goes when beyond authority."),
), source="\"6 rõ\" of the Hanoi city leadership, as reported on 19/3/2026")

#: What an organisation declares with each answer to a need.
ANSWER_DECLARATIONS = Vocabulary("answer_declarations", (
    Term("right_to_transfer", "Chúng tôi có quyền chuyển giao hoặc cung cấp những gì đã nêu",
         "We have the right to transfer or supply what is offered"),
    Term("no_conflict", "Chúng tôi không có xung đột lợi ích với bên có nhu cầu",
         "We have no conflict of interest with the requester"),
    Term("no_collusion", "Chúng tôi không thông đồng với tổ chức trả lời khác",
         "We have not colluded with another organisation that answers"),
))
