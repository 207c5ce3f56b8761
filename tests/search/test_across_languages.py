"""English questions find Vietnamese texts and back, by the term pairs alone."""

import pytest

from marketplace.search import Document, Query
from marketplace.search.memory_engine import MemoryEngine

#: A Vietnamese text, an English question for it, an English text of the same thing, a Vietnamese question.
PAIRS = [
    (
        "Hệ thống tưới nhỏ giọt tự động cho vườn cây ăn trái",
        "drip irrigation",
        "Automatic drip irrigation for orchards",
        "tưới nhỏ giọt",
    ),
    (
        "Trạm quan trắc chất lượng không khí giá rẻ",
        "air quality monitoring",
        "Low-cost air quality station",
        "chất lượng không khí",
    ),
    (
        "Máy sấy thăng hoa nông sản quy mô hợp tác xã",
        "freeze drying of food",
        "Freeze-drying unit for farm produce",
        "sấy thăng hoa",
    ),
    (
        "Phần mềm nhận diện khuôn mặt cho lớp học",
        "face recognition software",
        "Face recognition for classrooms",
        "nhận diện khuôn mặt",
    ),
    (
        "Màng lọc thẩm thấu ngược khử mặn nước biển",
        "desalination membrane",
        "Reverse osmosis desalination membrane",
        "khử mặn",
    ),
    (
        "Robot hàn cộng tác cho xưởng cơ khí nhỏ",
        "collaborative welding robot",
        "Welding robot for small workshops",
        "robot hàn",
    ),
    (
        "Vật liệu nano bạc kháng khuẩn cho vải y tế",
        "antibacterial silver nanoparticles",
        "Silver nanoparticles for medical textiles",
        "nano bạc kháng khuẩn",
    ),
    (
        "Pin lithium thể rắn cho xe máy điện",
        "lithium battery for electric vehicles",
        "Solid lithium-ion battery",
        "pin lithium",
    ),
    (
        "Nền tảng truy xuất nguồn gốc bằng chuỗi khối",
        "blockchain traceability",
        "Blockchain traceability platform",
        "chuỗi khối truy xuất nguồn gốc",
    ),
    (
        "Thiết bị bay không người lái phun thuốc trừ sâu",
        "drone pesticide spraying",
        "Spraying drone for pesticides",
        "máy bay không người lái",
    ),
    (
        "Bê tông siêu tính năng cho cầu nhịp lớn",
        "ultra high performance concrete",
        "Ultra high performance concrete bridge girder",
        "bê tông siêu tính năng",
    ),
    (
        "Chế phẩm vi sinh xử lý bùn thải ao tôm",
        "probiotics for shrimp farming sludge",
        "Microbial product for shrimp ponds",
        "chế phẩm vi sinh",
    ),
    (
        "Hồ sơ sức khỏe điện tử liên thông bệnh viện",
        "electronic health record",
        "Electronic medical record exchange",
        "bệnh án điện tử",
    ),
    (
        "Bộ kit xét nghiệm nhanh phát hiện kháng sinh trong thịt",
        "rapid test kit for antibiotics",
        "Test kit for antibiotic residues",
        "kit thử nhanh kháng sinh",
    ),
    (
        "Lò đốt rác phát điện công suất nhỏ",
        "waste to energy incinerator",
        "Small waste-to-energy plant",
        "đốt rác phát điện",
    ),
    (
        "Bãi đỗ xe thông minh nhận dạng biển số",
        "smart parking license plate recognition",
        "License plate recognition camera",
        "nhận dạng biển số",
    ),
    (
        "Nhiên liệu sinh học từ vi tảo",
        "biofuel from microalgae",
        "Microalgae biodiesel reactor",
        "vi tảo",
    ),
    (
        "Cảm biến sinh học đo đường huyết cho người đái tháo đường",
        "biosensor diabetes",
        "Glucose biosensor",
        "cảm biến sinh học",
    ),
    (
        "Bao bì phân hủy sinh học từ bã mía",
        "biodegradable packaging",
        "Bioplastic packaging film",
        "bao bì phân hủy sinh học",
    ),
    (
        "Bản sao số nhà máy dệt may",
        "digital twin of a textile factory",
        "Digital twin of a garment line",
        "bản sao số",
    ),
    (
        "Trợ lý ảo trả lời thủ tục hành chính",
        "chatbot for administrative procedures",
        "Virtual assistant for citizens",
        "trợ lý ảo",
    ),
    (
        "Bảo trì dự đoán cho tua-bin gió",
        "predictive maintenance wind turbine",
        "Predictive maintenance software",
        "bảo trì dự đoán",
    ),
    (
        "Giống lúa chịu mặn chọn tạo bằng chỉnh sửa gen",
        "gene editing rice",
        "CRISPR drought-tolerant rice",
        "chỉnh sửa gen",
    ),
    (
        "Kính thực tế ảo đào tạo phẫu thuật",
        "virtual reality training",
        "Virtual reality surgery trainer",
        "thực tế ảo",
    ),
    (
        "Công nghệ in 3D chân tay giả",
        "3D printing prosthetics",
        "Additive manufacturing of prostheses",
        "in 3D chân tay giả",
    ),
    (
        "Hệ thống cảnh báo sớm sạt lở đất",
        "early warning landslide",
        "Landslide early warning network",
        "cảnh báo sớm sạt lở",
    ),
    (
        "Bơm nhiệt thu hồi nhiệt thải",
        "heat pump waste heat recovery",
        "Industrial heat pump",
        "bơm nhiệt",
    ),
    (
        "Học máy dự báo phụ tải lưới điện",
        "machine learning power grid",
        "Machine learning load forecasting",
        "học máy",
    ),
    (
        "Chiết xuất tinh dầu và dược liệu bằng siêu âm",
        "ultrasonic extraction of essential oils",
        "Essential oil extraction",
        "chiết xuất tinh dầu",
    ),
    (
        "Kho lạnh năng lượng mặt trời cho vùng cao",
        "solar cold storage",
        "Solar cold storage unit",
        "kho lạnh",
    ),
]


def share_found_first(texts, questions):
    engine = MemoryEngine()
    engine.put(Document("listing", i, text) for i, text in enumerate(texts))
    found = [engine.query(Query(question, limit=1)).hits for question in questions]
    return sum(bool(hits) and hits[0].id == i for i, hits in enumerate(found)) / len(texts)


@pytest.mark.parametrize(("text", "question"), [(0, 1), (2, 3)], ids=["English asks", "Vietnamese asks"])
def test_most_questions_in_the_other_language_find_their_text_first(text, question):
    assert share_found_first([pair[text] for pair in PAIRS], [pair[question] for pair in PAIRS]) >= 0.8
