"""Generated Vietnamese prose whose syllables and pairs are about as frequent as in real prose; reproducible.

The lists were written down for this project, the commonest first; a rank gives the frequency. `python -m
bench.vietnamese [corpus.jsonl]` prints the shares of the commonest folded syllables and pairs, of a real text beside.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate, pairwise
from pathlib import Path

from marketplace.search.text.analysis import terms
from marketplace.search.text.thesaurus import DATA, read_rows

#: Words of one syllable that stand anywhere: particles, pronouns, verbs, numbers.
PARTICLES = (
    "và của các được là trong một có đã năm với người vào ở cho không sự từ đến những này để về đó khi như khác việc "
    "nhất hơn theo sau ra tại bằng họ trên lại cũng nhiều hai mà đầu phần bị do làm cả nên còn lên hay rất trước chỉ "
    "thì nước nhà lớn qua cùng đi ba số ngày tháng giữa mới vẫn nếu hoặc nào dưới ngoài đều mỗi lần loại nhỏ cao thấp "
    "dùng giảm tăng gồm tới đang sẽ cần phải đó nơi từng mức bộ cơ máy xe giá nhanh dài sâu rộng đủ tốt ít gần xa "
    "nhờ giúp tạo đặt đưa lấy giữ mang thuộc đạt chưa ngay bốn tám mười trăm nghìn triệu tỷ thêm xong tuy vì sao gì"
).split()
#: Syllables of which words are made.
SYLLABLES = (
    "công học thành chính động quốc đại trường gia lý thời thể thống tế trung pháp hội định phát hiện nghiệp điện sinh "
    "dân quan sản lượng thông nghệ kinh điều chất hoá hệ vật tự quản dụng sử nhân tư trình liệu đồng khu vực phương "
    "hành hợp lực tiếp đối độ môi xuất kiến nghiên cứu khoa thuật kỹ chế biến phân tích bảo vệ giáo dục chuyên môn "
    "tổ chức đơn vị kế hoạch ứng nguyên nhiên thiên khí nhiệt áp suất tính toán bình quân dịch vụ khách hàng thị "
    "doanh thu nhập khẩu thương mại tài sở hữu trí tuệ sáng chế bản quyền chuyển giao nông lâm thuỷ hải ngư trồng "
    "chăn nuôi giống cây lúa gạo rau quả thực phẩm dinh dưỡng chăm sóc sức khoẻ bệnh viện y dược thuốc điều trị chẩn "
    "đoán xét nghiệm hình ảnh âm thanh tín hiệu cảm truyền mạng máy phần mềm dữ mã hoá lập trình thiết bị cấu trúc "
    "mô phỏng thử đánh giá kiểm tra tiêu chuẩn đo lường chính xác sai số giám sát quan trắc cảnh báo an ninh toàn "
    "phòng chống cháy nổ lũ hạn mặn xử rác thải nước ngầm mặt trời gió năng tái tạo tiết kiệm hiệu chi phí đầu vốn "
    "vay lãi ngân sách thuế luật định nghị quyết thông tư chỉ thị cơ quan uỷ ban tỉnh huyện xã phường quận phố đường "
    "giao thông vận tải xây dựng cầu hầm nhà cửa kết bê tông thép gỗ nhựa cao su giấy dệt may da giày gốm sứ thuỷ "
    "tinh kim nhôm đồng hợp bề phủ sơn hàn cắt gọt đúc ép khuôn mẫu chi tiết lắp ráp dây chuyền tự robot điều khiển "
    "động bơm van ống bồn bể lọc màng hấp phụ xúc tác phản enzym vi khuẩn nấm men tế bào gen protein kháng thể miễn "
    "vắc xin lâm sàng chủng phân bón sâu hại đất ẩm tưới nhà kính thu hoạch sấy khô lạnh đông gói bao bì nhãn mác "
    "truy xuất nguồn gốc thương hiệu quảng cáo tiếp khảo ý lịch văn nghệ thể thao du khách sạn hàng ăn uống ngôn ngữ "
    "tiếng từ điển sách báo thư lưu trữ số bản đồ vệ tinh địa chất khoáng than dầu mỏ biển đảo sông hồ rừng núi "
    "không gian vũ trụ quân sự tàu thuyền bay đường sắt ô tô pin ắc quy sạc lưới biến áp tụ trở bán dẫn vi mạch chip "
    "quang laser siêu nano từ trường hạt nhân phóng xạ sóng âm tần rung nhiễu đàn hồi ma sát mài mòn ăn bền dẻo cứng "
    "mỏng dày nặng nhẹ đặc lỏng rắn bột sợi tấm lớp hạt khối vòng trục bánh răng lò xo đai xích phanh gầm khung vỏ "
    "tay chân mắt tim gan phổi não máu xương da răng thần tiêu hô hấp tuần hoàn nội tiết ung thư tiểu đường huyết"
).split()
#: Words of business and technical prose that stand for themselves.
WORDS_TEXT = (
    "sử dụng|công nghệ|sản phẩm|hệ thống|doanh nghiệp|phát triển|sản xuất|thiết bị|giải pháp|ứng dụng|nghiên cứu|"
    "chất lượng|quy trình|dữ liệu|quản lý|thị trường|khách hàng|chi phí|hiệu quả|nâng cao|đáp ứng|yêu cầu|kỹ thuật|"
    "điều kiện|môi trường|năng suất|vận hành|lắp đặt|bảo trì|tự động|giám sát|điều khiển|kết nối|thời gian|nhiệt độ|"
    "áp suất|độ ẩm|công suất|tiêu chuẩn|an toàn|tiết kiệm|năng lượng|nguyên liệu|vật liệu|cấu trúc|bề mặt|thành phần|"
    "tỷ lệ|mô hình|thử nghiệm|triển khai|chuyển giao|đào tạo|hỗ trợ|bảo hành|đơn vị|thành phố|Hà Nội|nông dân|"
    "hợp tác xã|nhà máy|bệnh viện|trường học|khu công nghiệp|xuất khẩu|nội địa|nhập khẩu|cạnh tranh|phương pháp|"
    "kết quả|phân tích|đánh giá|thiết kế|chế tạo|gia công|lựa chọn|phù hợp|cải tiến|tích hợp|tối ưu"
)
WORDS = WORDS_TEXT.split("|")
_ONSETS = " b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x".split(" ")
_RHYMES_TEXT = (
    "a á à ạ ai ải anh ách ao áo âm ấp ân ất âu ăng ắc ang áng ên êm ênh ít iên iệt iêu im inh oa oan oi ôi ông ộc ơi ơn "
    "ung úc ua ùa ui uôn uốt uy uyên út ưa ửa ưng ước ương ượng ưu"
)
#: Compounds of rarer syllables, so many that most pairs of neighbours are rare, as in real prose.
COMPOUNDS = 30_000


def _zipf(count: int, shift: float, power: float) -> list[float]:
    return list(accumulate((rank + shift) ** -power for rank in range(count)))


class Prose:
    """Words, sentences and texts from one source of chance."""

    def __init__(self, chance: random.Random) -> None:
        self.random = chance
        self.terms = [form for forms, _ in read_rows(DATA / "technology_terms.csv") for form in forms if not form.isascii()]
        tail = [onset + rhyme for onset in _ONSETS for rhyme in _RHYMES_TEXT.split()]
        fixed = random.Random(7)  # the language is the same whatever the seed of the texts
        fixed.shuffle(tail)
        syllables = [*dict.fromkeys(SYLLABLES), *tail]
        pairs = iter(fixed.choices(syllables, cum_weights=_zipf(len(syllables), 30, 1.1), k=2 * COMPOUNDS))
        made = [f"{left} {right}" for left, right in zip(pairs, pairs, strict=True)]
        known = fixed.sample(self.terms, len(self.terms))
        self.words = list(dict.fromkeys([*WORDS, *(w for two in zip(known, made, strict=False) for w in two), *made]))
        self._word_weights = _zipf(len(self.words), 20, 0.92)
        self._particle_weights = _zipf(len(PARTICLES), 4, 1.0)

    def pieces(self, count: int) -> list[str]:
        """Return particles and words, about as often each."""
        words = iter(self.random.choices(self.words, cum_weights=self._word_weights, k=count))
        particles = iter(self.random.choices(PARTICLES, cum_weights=self._particle_weights, k=count))
        return [next(particles) if self.random.random() < 0.52 else next(words) for _ in range(count)]

    def sentence(self) -> str:
        """Return a sentence, now and then with a number or a product's name."""
        words = self.pieces(self.random.randint(9, 24))
        if self.random.random() < 0.3:
            words.insert(self.random.randrange(1, len(words)), self._figure())
        if len(words) > 14:
            words[7] += ","
        return " ".join(words).capitalize() + "."

    def text(self, fewest: int, most: int) -> str:
        """Return several sentences."""
        return " ".join(self.sentence() for _ in range(self.random.randint(fewest, most)))

    def _figure(self) -> str:
        pick = self.random
        figures = (
            f"{pick.randint(1, 99)}%", f"{pick.randint(1, 99)},{pick.randint(1, 9)}", str(pick.randint(1990, 2026)),
            f"{pick.randint(1, 999)} kW", f"{pick.randint(1, 900)}.000",
            f"{pick.choice('ABCDHKMPSTX')}{pick.randint(10, 9999)}",
        )
        return pick.choice(figures)


def shares(texts: Iterator[str]) -> str:
    """Return what share of all occurrences the commonest 1, 10, 50, 100 and 500 terms and pairs have."""
    singles: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        found = terms(text)
        singles.update(found)
        pairs.update(pairwise(found))
    lines = []
    for name, counter in (("syllables", singles), ("pairs", pairs)):
        ordered, total = [count for _, count in counter.most_common()], counter.total()
        tops = " ".join(f"{sum(ordered[:top]) / total:.3f}" for top in (1, 10, 50, 100, 500))
        lines.append(f"{name}: {total} occurrences, {len(ordered)} distinct, share of the top 1/10/50/100/500 {tops}")
    return "\n".join(lines)


def main(corpus: Path | None) -> None:
    prose = Prose(random.Random(1))
    print("generated", shares(prose.text(8, 11) for _ in range(165)), sep="\n")
    if corpus is not None:
        lines = corpus.read_text(encoding="utf-8").splitlines()
        print(corpus, shares(json.loads(line)["text"] for line in lines), sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
