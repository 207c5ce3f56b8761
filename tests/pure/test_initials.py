"""Two letters that tell organisations apart: not all of them "C" for "Công ty"."""

from __future__ import annotations

from marketplace.values.initials import initials
from tests.cases import try_each

NAMES = {
    "Công ty Cổ phần Công nghệ Nước Hồng Giang": "HG",
    "Hong Giang Water Technology JSC": "HG",
    "Công ty TNHH Chuỗi lạnh Sông Nhuệ": "SN",
    "Viện Vật liệu và Môi trường Sông Hồng": "SH",
    "Trường Đại học Bách khoa Hà Nội": "BK",
    "University of Science and Technology of Hanoi": "ST",
    "Sở Hạ tầng Thông minh (dữ liệu minh họa)": "HT",
    "Ủy ban nhân dân phường Tràng Thi": "TT",
    "Công ty Cổ phần FPT": "FP",
    "Viện Hóa học": "HH",
    "Công ty": "C",
    "«Mây» - x": "X",
    "": "?",
}


def test_the_distinguishing_word_gives_the_letters() -> None:
    def check(name: str) -> None:
        assert initials(name) == NAMES[name]

    try_each(NAMES, check)
