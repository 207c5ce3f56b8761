"""A generated Vietnamese catalogue: real technology terms, common words by Zipf's law, texts of several sentences."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate

from marketplace.search import MEMBER, PUBLIC, Document, Query
from marketplace.search.thesaurus import DATA, read_rows

#: Frequent words of business and technical prose, commonest first; ranks give their frequencies.
COMMON_TEXT = (
    "và|của|các|cho|được|có|trong|với|là|những|để|từ|theo|tại|đến|một|khi|sử dụng|công nghệ|sản phẩm|hệ thống|"
    "doanh nghiệp|phát triển|sản xuất|thiết bị|giải pháp|ứng dụng|nghiên cứu|chất lượng|quy trình|dữ liệu|"
    "quản lý|thị trường|khách hàng|chi phí|hiệu quả|nâng cao|giảm|tăng|đáp ứng|yêu cầu|kỹ thuật|điều kiện|"
    "môi trường|năng suất|vận hành|lắp đặt|bảo trì|tự động|giám sát|điều khiển|kết nối|thời gian|nhiệt độ|"
    "áp suất|độ ẩm|công suất|tiêu chuẩn|an toàn|tiết kiệm|năng lượng|nguyên liệu|vật liệu|cấu trúc|bề mặt|"
    "thành phần|tỷ lệ|mô hình|thử nghiệm|triển khai|chuyển giao|đào tạo|hỗ trợ|bảo hành|đơn vị|viện|trường|"
    "tỉnh|thành phố|Hà Nội|nông dân|hợp tác xã|nhà máy|bệnh viện|trường học|khu công nghiệp|xuất khẩu|nội địa|"
    "nhập khẩu|cạnh tranh|phương pháp|kết quả|phân tích|đánh giá|thiết kế|chế tạo|gia công|lựa chọn|phù hợp|"
    "cải tiến|tích hợp|tối ưu"
)
COMMON = COMMON_TEXT.split("|")
FACETS = {"field": 20, "trl": 9, "place": 34, "transfer_form": 7, "ip": 5, "price_band": 6}
_ONSETS_TEXT = (
    "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x"
)
_ONSETS = _ONSETS_TEXT.split(" ")
_RHYMES_TEXT = (
    "a á à ạ anh ách âm ấp ăng ang ao âu en êm ênh ít iên iệt oa oan ôi ông ộc ơn ưa ước ương uy uyên út"
)
_RHYMES = _RHYMES_TEXT.split(" ")


class Catalogue:
    """Documents and queries from one seed."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        rows = read_rows(DATA / "technology_terms.csv")
        self.terms = [form for forms, _ in rows for form in forms if not form.isascii()]
        syllables = [onset + rhyme for onset in _ONSETS for rhyme in _RHYMES]
        rare = [" ".join(self.random.sample(syllables, 2)) for _ in range(4000)]
        shuffled = self.random.sample(self.terms, len(self.terms))
        self.words = [*COMMON, *shuffled, *rare]
        self.weights = list(accumulate(1 / (rank + 5) for rank in range(len(self.words))))

    def sentence(self) -> str:
        words = self.random.choices(self.words, cum_weights=self.weights, k=self.random.randint(7, 16))
        return " ".join(words).capitalize() + "."

    def documents(self, count: int) -> Iterator[Document]:
        pick = self.random
        for id_ in range(1, count + 1):
            own = pick.sample(self.terms, 3)
            body = [self.sentence() for _ in range(pick.randint(4, 14))] + [f"{own[0].capitalize()} và {own[1]}."]
            yield Document(
                kind="listing",
                id=id_,
                title=f"{own[0].capitalize()} {pick.choice(COMMON[17:])} {own[2]}",
                body=" ".join(body),
                keywords=", ".join(own),
                code=f"CN-2026-{id_:06}",
                party=f"Công ty {pick.choice(self.words)}",
                audience=(PUBLIC, MEMBER) if pick.random() < 0.8 else (MEMBER,),
                facets={name: (str(pick.randint(1, size)),) for name, size in FACETS.items()},
                numbers={"published_at": 1.7e9 + id_, "price_min": float(pick.randint(1, 500)) * 1e6},
            )

    def queries(self, count: int) -> list[Query]:
        """One to six words, half of them with filters, all with the facets of the search page."""
        found = []
        for _ in range(count):
            words = self.random.choices(self.words[20:900], k=self.random.randint(1, 3))
            text = " ".join(words[: self.random.randint(1, 3)])
            filters = {"field": (str(self.random.randint(1, 20)),)} if self.random.random() < 0.5 else {}
            found.append(Query(text, filters=filters, facets=tuple(FACETS)))
        return found
