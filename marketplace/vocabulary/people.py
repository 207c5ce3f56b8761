"""Organisations and roles: kinds, member roles, staff roles, kinds of documents, languages of the site."""

from __future__ import annotations

from marketplace.vocabulary.terms import Term, Vocabulary

ORGANISATION_KINDS = Vocabulary("organisation_kinds", (
    Term("startup", "Doanh nghiệp khởi nghiệp sáng tạo", "Start-up"),
    Term("enterprise", "Doanh nghiệp", "Enterprise"),
    Term("institute", "Viện nghiên cứu", "Research institute"),
    Term("university", "Trường đại học", "University"),
    Term("agency", "Cơ quan nhà nước", "Public agency"),
    Term("intermediary", "Tổ chức trung gian thị trường KH&CN", "Technology-market intermediary"),
    Term("individual", "Cá nhân, hộ kinh doanh", "Individual or household business"),
))

MEMBER_ROLES = Vocabulary("member_roles", (
    Term("admin", "Quản trị tổ chức", "Organisation administrator",
         "Quản lý hồ sơ, thành viên và mọi nội dung của tổ chức.",
         "Manages the profile, the members and everything the organisation posts."),
    Term("editor", "Biên tập viên", "Editor",
         "Soạn và gửi duyệt công nghệ, nhu cầu; trả lời liên hệ.",
         "Writes and submits technologies and needs; answers enquiries."),
    Term("signer", "Người ký", "Signer",
         "Đại diện tổ chức khi cam kết và ký kết.",
         "Represents the organisation when it commits or signs."),
))

STAFF_ROLES = Vocabulary("staff_roles", (
    Term("moderator", "Kiểm duyệt viên", "Moderator",
         "Xác minh tổ chức, duyệt công nghệ và nhu cầu.", "Verifies organisations, reviews technologies and needs."),
    Term("deal_officer", "Cán bộ giao dịch", "Deal officer",
         "Theo dõi kết nối và hồ sơ giao dịch.", "Follows matches and deals."),
    Term("manager", "Quản lý vận hành", "Operations manager",
         "Phân công, báo cáo, cấu hình nghiệp vụ.", "Assigns work, reports, sets business rules."),
    Term("accountant", "Kế toán", "Accountant",
         "Lập và theo dõi phí, đề nghị thanh toán, sổ cái.", "Keeps fees, payment requests and the ledger."),
    Term("leadership", "Lãnh đạo", "Leadership",
         "Chỉ xem số liệu và báo cáo.", "Reads figures and reports only."),
    Term("admin", "Quản trị hệ thống", "System administrator",
         "Cấp và thu hồi vai trò, vận hành kỹ thuật; không quyết định nghiệp vụ.",
         "Grants and ends roles, runs the system; takes no business decisions."),
    Term("auditor", "Kiểm toán", "Auditor",
         "Chỉ xem nhật ký và hồ sơ.", "Reads the history and the records only."),
))

DOCUMENT_KINDS = Vocabulary("document_kinds", (
    Term("registration", "Giấy chứng nhận đăng ký doanh nghiệp", "Business registration certificate"),
    Term("establishment", "Quyết định thành lập", "Decision of establishment"),
    Term("st_registration", "Giấy chứng nhận đăng ký hoạt động KH&CN", "Certificate of S&T activity registration"),
    Term("st_enterprise", "Giấy chứng nhận doanh nghiệp KH&CN", "S&T enterprise certificate"),
    Term("authority", "Giấy ủy quyền, giấy giới thiệu người đại diện", "Proof of authority of the representative"),
    Term("tax", "Thông báo mã số thuế", "Tax code notice"),
    Term("ip_title", "Văn bằng bảo hộ sở hữu trí tuệ", "Intellectual property title"),
    Term("capability", "Hồ sơ năng lực", "Capability profile"),
    Term("other", "Tài liệu khác", "Other document"),
))

LANGUAGES = Vocabulary("languages", (
    Term("vi", "Tiếng Việt", "Vietnamese"),
    Term("en", "Tiếng Anh", "English"),
))
