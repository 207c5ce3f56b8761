"""Technologies offered: objects, intellectual property, rights, transfer, payment, control, support."""

from __future__ import annotations

from marketplace.vocabulary.terms import Term, Vocabulary

_LAW = "Law 07/2017/QH14 on technology transfer, amended by Law 115/2025/QH15"
_LAW_EFFECTIVE = "2026-04-01"
_DECREE = "Decree 76/2018/NĐ-CP"
_DECREE_EFFECTIVE = "2018-07-01"

OBJECT_KINDS = Vocabulary("object_kinds", (
    Term("know_how", "Bí quyết kỹ thuật, bí quyết công nghệ", "Know-how", source="Art. 4(1)(a)"),
    Term("process", "Phương án, quy trình công nghệ", "Plan or technological process", source="Art. 4(1)(b)"),
    Term("technical_solution", "Giải pháp, thông số, bản vẽ, sơ đồ kỹ thuật, công thức",
         "Technical solution, parameters, drawings, diagrams, formula", source="Art. 4(1)(b)"),
    Term("model_algorithm", "Mô hình, thuật toán", "Model or algorithm", source="Art. 4(1)(b), since 2026"),
    Term("software", "Phần mềm máy tính", "Computer software", source="Art. 4(1)(b)"),
    Term("data", "Thông tin dữ liệu", "Data", source="Art. 4(1)(b)"),
    Term("improvement", "Giải pháp hợp lý hóa sản xuất, đổi mới công nghệ",
         "Rationalisation of production, technological improvement", source="Art. 4(1)(c)"),
    Term("machinery", "Máy móc, thiết bị đi kèm", "Accompanying machinery and equipment",
         "Chỉ đi kèm một đối tượng khác.", "Only together with another object.", source="Art. 4(1)(d)"),
), source=f"{_LAW}, Art. 4", effective=_LAW_EFFECTIVE)

#: Objects that may never stand alone (Art. 4(1)(d): machinery accompanies one of a–c).
OBJECTS_ONLY_WITH_OTHERS = frozenset({"machinery"})

IP_KINDS = Vocabulary("ip_kinds", (
    Term("patent", "Sáng chế", "Patent"),
    Term("utility_solution", "Giải pháp hữu ích", "Utility solution"),
    Term("industrial_design", "Kiểu dáng công nghiệp", "Industrial design"),
    Term("layout_design", "Thiết kế bố trí mạch tích hợp bán dẫn", "Layout design of integrated circuits"),
    Term("trademark", "Nhãn hiệu", "Trademark"),
    Term("copyright_software", "Quyền tác giả phần mềm", "Software copyright"),
    Term("plant_variety", "Giống cây trồng", "Plant variety"),
    Term("trade_secret", "Bí mật kinh doanh", "Trade secret"),
    Term("none_filed", "Chưa đăng ký bảo hộ", "No protection filed"),
), source="Law 50/2005/QH11 on intellectual property, as amended")

#: Kinds of protection that have no number to state.
IP_WITHOUT_NUMBER = frozenset({"trade_secret", "none_filed"})

IP_STATUSES = Vocabulary("ip_statuses", (
    Term("not_filed", "Chưa nộp đơn", "Not filed"),
    Term("filed", "Đã nộp đơn", "Filed"),
    Term("published", "Đơn đã công bố", "Application published"),
    Term("granted", "Đã cấp văn bằng", "Granted"),
    Term("expired", "Hết hiệu lực", "Expired or lapsed"),
    Term("refused", "Bị từ chối, đã rút", "Refused or withdrawn"),
    Term("disputed", "Đang tranh chấp", "In dispute"),
))

RIGHT_BASES = Vocabulary("right_bases", (
    Term("own", "Chủ sở hữu", "Owner"),
    Term("authorised", "Được chủ sở hữu cho phép chuyển giao", "Authorised by the owner",
         "Cần văn bản đồng ý của chủ sở hữu.", "The owner's written consent is needed."),
), source=f"{_LAW}, Art. 7", effective=_LAW_EFFECTIVE)

TRANSFER_RIGHTS = Vocabulary("transfer_rights", (
    Term("ownership", "Chuyển nhượng quyền sở hữu", "Transfer of ownership"),
    Term("use_right", "Chuyển quyền sử dụng", "Transfer of the right to use"),
), source=f"{_LAW}, Art. 7", effective=_LAW_EFFECTIVE)

EXCLUSIVITIES = Vocabulary("exclusivities", (
    Term("exclusive", "Độc quyền", "Exclusive"),
    Term("sole", "Độc quyền, bên giao vẫn được dùng", "Sole (the owner keeps the right to use)"),
    Term("non_exclusive", "Không độc quyền", "Non-exclusive"),
))

TRANSFER_FORMS = Vocabulary("transfer_forms", (
    Term("independent", "Chuyển giao công nghệ độc lập", "Independent transfer", source="Art. 5(1)"),
    Term("investment_project", "Thuộc dự án đầu tư", "Part of an investment project", source="Art. 5(2)(a)"),
    Term("capital_contribution", "Góp vốn bằng công nghệ", "Capital contribution by technology",
         source="Art. 5(2)(b)"),
    Term("franchise", "Thuộc nhượng quyền thương mại", "Part of a franchise", source="Art. 5(2)(c)"),
    Term("ip_transfer", "Kèm chuyển giao quyền sở hữu trí tuệ", "With a transfer of intellectual property",
         source="Art. 5(2)(d)"),
    Term("machinery_purchase", "Kèm mua bán máy móc, thiết bị", "With the purchase of machinery",
         source="Art. 5(2)(đ)"),
    Term("other", "Hình thức khác", "Other form", source="Art. 5(3)"),
), source=f"{_LAW}, Art. 5", effective=_LAW_EFFECTIVE)

TRANSFER_METHODS = Vocabulary("transfer_methods", (
    Term("documents", "Chuyển giao tài liệu về công nghệ", "Handing over documents"),
    Term("training", "Đào tạo cho bên nhận", "Training the recipient"),
    Term("experts", "Cử chuyên gia tư vấn kỹ thuật", "Sending technical experts"),
    Term("machinery_with_documents", "Chuyển giao máy móc, thiết bị kèm tài liệu",
         "Handing over machinery with documents"),
    Term("other", "Phương thức khác do các bên thỏa thuận", "Other method agreed by the parties"),
), source=f"{_LAW}, Art. 6", effective=_LAW_EFFECTIVE)

PAYMENT_METHODS = Vocabulary("payment_methods", (
    Term("lump_sum", "Trả một lần", "Lump sum", source="Art. 4(a)"),
    Term("instalments", "Trả nhiều lần", "Instalments", source="Art. 4(a)"),
    Term("per_unit", "Trả theo đơn vị sản phẩm", "Per unit produced", source="Art. 4(a)"),
    Term("capital_conversion", "Chuyển giá trị công nghệ thành vốn góp", "Converted to capital", source="Art. 4(b)"),
    Term("net_selling_price", "Phần trăm (%) giá bán tịnh", "Percentage of the net selling price",
         source="Art. 4(c)"),
    Term("net_revenue", "Phần trăm (%) doanh thu thuần", "Percentage of net revenue", source="Art. 4(d)"),
    Term("pre_tax_profit", "Phần trăm (%) lợi nhuận trước thuế", "Percentage of profit before tax",
         source="Art. 4(đ)"),
    Term("other", "Phương thức khác", "Other method", source="Art. 4(e)"),
), source=f"{_DECREE}, Art. 4", effective=_DECREE_EFFECTIVE)

PRICING_MODES = Vocabulary("pricing_modes", (
    Term("fixed", "Giá cố định", "Fixed price"),
    Term("range", "Khoảng giá", "Price range"),
    Term("negotiable", "Thỏa thuận", "Negotiable"),
    Term("valuation_requested", "Đề nghị định giá", "Valuation requested"),
    Term("competitive", "Chào giá cạnh tranh", "Competitive offers"),
))

FUNDING_SOURCES = Vocabulary("funding_sources", (
    Term("private", "Vốn ngoài ngân sách", "Private"),
    Term("state_budget", "Ngân sách nhà nước", "State budget"),
    Term("mixed", "Hỗn hợp", "Mixed"),
))

ORIGINS = Vocabulary("origins", (
    Term("domestic", "Trong nước", "Domestic"),
    Term("foreign", "Nước ngoài", "Foreign"),
))

TRANSFER_DIRECTIONS = Vocabulary("transfer_directions", (
    Term("domestic", "Chuyển giao trong nước", "Within Vietnam"),
    Term("in", "Từ nước ngoài vào Việt Nam", "Into Vietnam"),
    Term("out", "Từ Việt Nam ra nước ngoài", "Out of Vietnam"),
), source=f"{_LAW}, Art. 2", effective=_LAW_EFFECTIVE)

CONTROL_CLASSES = Vocabulary("control_classes", (
    Term("encouraged", "Khuyến khích chuyển giao", "Encouraged", source="Art. 9"),
    Term("ordinary", "Thông thường", "Ordinary"),
    Term("restricted", "Hạn chế chuyển giao", "Restricted", source="Art. 10"),
    Term("banned", "Cấm chuyển giao", "Banned", source="Art. 11"),
), source=f"{_LAW}, Arts 9–11; lists in {_DECREE}", effective=_LAW_EFFECTIVE)

LISTING_VISIBILITIES = Vocabulary("listing_visibilities", (
    Term("public", "Công khai", "Public"),
    Term("members", "Chỉ thành viên", "Members only"),
))

SUPPORT_KINDS = Vocabulary("support_kinds", (
    Term("training", "Đào tạo", "Training"),
    Term("on_site", "Hỗ trợ tại chỗ", "On-site support"),
    Term("warranty", "Bảo hành", "Warranty"),
    Term("spare_parts", "Cung cấp phụ tùng", "Spare parts"),
    Term("upgrade", "Nâng cấp, cải tiến", "Upgrades"),
))
