"""Vietnamese typed for TCVN3 and VNI fonts is converted and told; text of other languages is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketplace.importing.legacy_encodings import converted, legacy_encoding
from tests.importing.files import codes, jsonl, ready, record, records, sheet, text

PLAIN = "Công nghệ xử lý nước thải"
TCVN3 = "C«ng nghÖ xö lý n\xadíc th¶i"
VNI = "Coâng ngheä xöû lyù nöôùc thaûi"


@pytest.mark.parametrize(
    ("typed", "name", "meant"),
    [
        (TCVN3, "TCVN3", PLAIN), (VNI, "VNI", PLAIN), ("M¸y b¬m", "TCVN3", "Máy bơm"),
        ("§Çu t\xad x©y dùng §¹i häc", "TCVN3", "Đầu tư xây dựng Đại học"),
        ("Ñaïi hoïc Quoác gia", "VNI", "Đại học Quốc gia"), ("COÂNG NGHEÄ XÖÛ LYÙ", "VNI", "CÔNG NGHỆ XỬ LÝ"),
        ("HÖ thèng pin nhiªn liÖu PEM (Fuel Cell) c«ng suÊt 5 kW", "TCVN3",
         "Hệ thống pin nhiên liệu PEM (Fuel Cell) công suất 5 kW"),
    ],
)
def test_both_are_recognised(typed: str, name: str, meant: str) -> None:
    assert legacy_encoding(typed) == name and converted(typed, name) == meant
    assert legacy_encoding(meant) == ""


@pytest.mark.parametrize(
    "plain",
    [
        "", "hoà bình", "hòa", "Máy in", "cà phê", "giá", "lý do", "Größe über Köln", "mañana niño", "dû à été déjà",
        "São Paulo", "Naïve café", "Zürich", "Øresund på ø", "5 µm, 10 µg/l", "£ 500", "«hello»",
        "Product® 25 °C ± 2", "hy\xadphen",
        "công ng\xadhệ", "Îles Baléares", "Señor Muñoz", "Năm, về", "10 × 20 m²", "côte d'Ivoire", "Türkiye", "smörgåsbord",
    ],
)
def test_other_texts_are_left_alone(plain: str) -> None:
    assert legacy_encoding(plain) == ""


@pytest.mark.parametrize(("typed", "name"), [(TCVN3, "TCVN3"), (VNI, "VNI")])
def test_a_text_is_converted_and_told_in_every_kind_of_file(tmp_path: Path, typed: str, name: str) -> None:
    for path in (
        jsonl(tmp_path / "a.jsonl", [{"title": typed}]), text(tmp_path / "a.csv", f"title;id\n{typed};1\n"),
        sheet(tmp_path / "a.xlsx", [["title"], [typed]]),
    ):
        found = record(path)
        assert (found.title, found.values["language"]) == (PLAIN, "vi")
        assert [dict(note.params) for note in found.notes if note.code == "text_converted"] == [
            {"column": "title", "encoding": name}
        ]


@pytest.mark.parametrize(
    ("heading", "row"),
    [("Tªn c«ng nghÖ;Tãm t¾t;M·", f"{TCVN3};ThiÕt bÞ läc n\xadíc, kh«ng;A1"),
     ("Teân coâng ngheä;Toùm taét;Maõ", f"{VNI};Thieát bò loïc nöôùc, khoâng;A1")],
)
def test_a_file_in_bytes_of_these_fonts_is_read(tmp_path: Path, heading: str, row: str) -> None:
    path = text(tmp_path / "a.csv", f"{heading}\n{row}\n", "latin-1")
    assert ready(path).source.details["encoding"] == "cp1252"
    found = record(path)
    assert (found.title, found.values["public_summary"], found.external_id) == (PLAIN, "Thiết bị lọc nước, không", "A1")


def test_a_cell_that_says_little_is_read_as_its_row(tmp_path: Path) -> None:
    rows = [{"title": TCVN3, "summary": "VÒ hßa"}, {"title": "Hoà Bình", "summary": "Café Größe"}]
    first, second = records(jsonl(tmp_path / "a.jsonl", rows))
    assert first.values["public_summary"] == "Về hòa"
    assert second.title == "Hoà Bình" and codes(second) == set()
