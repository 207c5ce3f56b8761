"""Classifications: science fields, economic sections, Hanoi's priority fields, technology readiness.

Only what is known from the published sources is here: level 2 and below of the science fields have official names that
were not available. They would be terms with a `parent`, whose code their own begins with.
"""

from __future__ import annotations

from marketplace.vocabulary.terms import Term, Vocabulary

_CIRCULAR = "Circular 24/2025/TT-BKHCN"
_CIRCULAR_EFFECTIVE = "2025-12-15"

SCIENCE_FIELDS = Vocabulary("science_fields", (
    Term("1", "Khoa học tự nhiên", "Natural sciences"),
    Term("2", "Khoa học kỹ thuật và công nghệ", "Engineering and technology"),
    Term("3", "Khoa học y, dược", "Medical and pharmaceutical sciences"),
    Term("4", "Khoa học nông nghiệp", "Agricultural sciences"),
    Term("5", "Khoa học xã hội", "Social sciences"),
    Term("6", "Khoa học nhân văn", "Humanities"),
), source=f"{_CIRCULAR}, level 1", effective=_CIRCULAR_EFFECTIVE)

VSIC_SECTIONS = Vocabulary("vsic_sections", (
    Term("A", "Nông nghiệp, lâm nghiệp và thủy sản", "Agriculture, forestry and fishing"),
    Term("B", "Khai khoáng", "Mining and quarrying"),
    Term("C", "Công nghiệp chế biến, chế tạo", "Manufacturing"),
    Term("D", "Sản xuất và phân phối điện, khí đốt, nước nóng, hơi nước và điều hòa không khí",
         "Electricity, gas, steam and air conditioning supply"),
    Term("E", "Cung cấp nước; hoạt động quản lý và xử lý rác thải, nước thải",
         "Water supply; sewerage, waste management and remediation"),
    Term("F", "Xây dựng", "Construction"),
    Term("G", "Bán buôn và bán lẻ", "Wholesale and retail trade"),
    Term("H", "Vận tải, kho bãi", "Transportation and storage"),
    Term("I", "Dịch vụ lưu trú và ăn uống", "Accommodation and food service"),
    Term("J", "Hoạt động xuất bản, phát sóng, sản xuất và phân phối nội dung",
         "Publishing, broadcasting, content production and distribution"),
    Term("K", "Hoạt động viễn thông; lập trình máy tính, tư vấn, cơ sở hạ tầng máy tính và các dịch vụ thông tin khác",
         "Telecommunications; computer programming, consulting, computing infrastructure and other information services"),
    Term("L", "Hoạt động tài chính, ngân hàng và bảo hiểm", "Finance, banking and insurance"),
    Term("M", "Hoạt động kinh doanh bất động sản", "Real estate"),
    Term("N", "Hoạt động chuyên môn, khoa học và công nghệ", "Professional, scientific and technical activities"),
    Term("O", "Hoạt động hành chính và dịch vụ hỗ trợ", "Administrative and support services"),
    Term("P", "Hoạt động của Đảng Cộng sản, tổ chức chính trị - xã hội, quản lý nhà nước, an ninh quốc phòng;"
              " bảo đảm xã hội bắt buộc",
         "Communist Party, socio-political organisations, public administration, defence; compulsory social security"),
    Term("Q", "Giáo dục và đào tạo", "Education and training"),
    Term("R", "Y tế và hoạt động trợ giúp xã hội", "Human health and social work"),
    Term("S", "Nghệ thuật, thể thao và giải trí", "Arts, sports and recreation"),
    Term("T", "Hoạt động dịch vụ khác", "Other services"),
    Term("U", "Hoạt động làm thuê các công việc trong các hộ gia đình, sản xuất sản phẩm vật chất và dịch vụ"
              " tự tiêu dùng của hộ gia đình",
         "Households as employers and producers for own use"),
    Term("V", "Hoạt động của các tổ chức và cơ quan quốc tế", "International organisations and bodies"),
), source="Decision 36/2025/QĐ-TTg (VSIC 2025), level 1", effective="2025-11-15")

HANOI_PRIORITY_FIELDS = Vocabulary("hanoi_priority_fields", (
    Term("smart_city", "Đô thị thông minh", "Smart city"),
    Term("smart_education", "Giáo dục thông minh", "Smart education"),
    Term("smart_health", "Y tế thông minh", "Smart health care"),
    Term("biomedical", "Công nghệ y - sinh học", "Biomedical technology"),
    Term("fintech", "Công nghệ tài chính", "Financial technology"),
    Term("hightech_agriculture", "Công nghệ cao trong nông nghiệp", "High technology in agriculture"),
    Term("capital_law_other", "Lĩnh vực trọng điểm khác theo Luật Thủ đô", "Other priority field of the Capital Law",
         "Tám lĩnh vực do Luật Thủ đô quy định; nêu rõ trong phần từ khóa.",
         "One of the eight fields of the Capital Law; name it among the keywords."),
), source="Capital Law 39/2024/QH15 and the six fields set by the city of Hanoi", effective="2025-01-01")

TRL = Vocabulary("trl", (
    Term("1", "Nguyên lý cơ bản", "Basic principles observed"),
    Term("2", "Hình thành khái niệm công nghệ", "Technology concept formulated"),
    Term("3", "Bằng chứng khái niệm qua thực nghiệm", "Experimental proof of concept"),
    Term("4", "Kiểm chứng trong phòng thí nghiệm", "Validated in the laboratory"),
    Term("5", "Kiểm chứng trong môi trường liên quan", "Validated in a relevant environment"),
    Term("6", "Trình diễn trong môi trường liên quan", "Demonstrated in a relevant environment"),
    Term("7", "Trình diễn nguyên mẫu trong môi trường vận hành", "Prototype demonstrated in an operational environment"),
    Term("8", "Hệ thống hoàn chỉnh, đủ điều kiện", "System complete and qualified"),
    Term("9", "Được chứng minh trong thực tế", "Proven in actual operation"),
), source="International practice; no Vietnamese statute found")

TRL_ASSESSED_BY = Vocabulary("trl_assessed_by", (
    Term("self", "Tự đánh giá", "Self-declared"),
    Term("expert", "Chuyên gia đánh giá", "Assessed by an expert"),
    Term("organisation", "Tổ chức đánh giá", "Assessed by an organisation"),
))
