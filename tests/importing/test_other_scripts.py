"""Texts, keywords, days and places as people of other scripts and habits write them: everything stays."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from marketplace.importing import dates
from marketplace.importing.mapping import Rejected
from marketplace.importing.text_cleaning import is_blank, is_title, language_of
from tests import factories
from tests.importing.files import bring_in, codes, jsonl, record, records


def one(tmp_path: Path, kind: str = "listings", **row: Any) -> Any:
    return record(jsonl(tmp_path / "a.jsonl", [{"title": "Máy bơm", **row}]), kind)


@pytest.mark.parametrize(
    ("title", "text", "word"),
    [
        ("智能制造平台二", "工业互联网", "人工智能"), ("منصة التصنيع", "إنترنت الأشياء", "ذكاء"),
        ("스마트 제조", "산업 인터넷", "인공지능"), ("Умный датчик", "Сеть", "ИИ"), ("สวัสดี", "น้ำ", "ปัญญา"),
    ],
)
def test_short_texts_of_every_script_stay(tmp_path: Path, title: str, text: str, word: str) -> None:
    found = one(tmp_path, title=title, description=text, tags=[word], center=text)
    assert (found.title, found.values["public_summary"], found.values["tags"]) == (title, text, [word])
    assert text in found.values["how_it_works"]


def test_titles_of_another_script_are_told_apart(tmp_path: Path, ctx: Any) -> None:
    org = factories.organisation()
    first = bring_in(jsonl(tmp_path / "a.jsonl", [{"title": "智能制造"}, {"title": "工业互联网"}]), org)
    again = bring_in(jsonl(tmp_path / "b.jsonl", [{"title": "工业互联网"}, {"title": "智能制造"}]), org)
    assert first.created == 2 and again.unchanged == 2


def test_keywords_that_differ_by_a_sign_are_several(tmp_path: Path) -> None:
    assert one(tmp_path, tags="C; C++; C#; .NET; NET").values["tags"] == ["C", "C++", "C#", ".NET", "NET"]
    several = ["Ω", "カス", "ガス", "F#", "3D", "H2O"]
    assert one(tmp_path, tags=several).values["tags"] == several
    assert one(tmp_path, tags="Cảm biến; cam bien; CẢM BIẾN; N/A; -").values["tags"] == ["Cảm biến"]
    assert one(tmp_path, tags='"a, b"; c').values["tags"] == ["a, b", "c"]


@pytest.mark.parametrize("text", ["", "-", "—", "N/A", "n.a.", "null", "None", "???", "..."])
def test_what_states_nothing_is_blank(text: str) -> None:
    assert is_blank(text) and not is_title(text)


@pytest.mark.parametrize("text", ["C++", "智能", "5G", "Ω", "★ 5"])
def test_what_states_something_is_not(text: str) -> None:
    assert not is_blank(text)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-12-01T17:30:00Z", date(2026, 12, 2)), ("2026-12-01T17:30:00.123Z", date(2026, 12, 2)),
        ("2026-12-01T16:59:59Z", date(2026, 12, 1)), ("2026-12-01 23:00 -05:00", date(2026, 12, 2)),
        ("2026-12-02T00:30:00+07:00", date(2026, 12, 2)), ("2026-12-02T05:00:00+0900", date(2026, 12, 2)),
        ("2026-12-02T01:00+09", date(2026, 12, 1)), ("2026-12-01T23:00:00", date(2026, 12, 1)),
        ("2026-12-01T17:30:00Z[UTC]", date(2026, 12, 2)), ("21/12/2026 17:30 UTC", date(2026, 12, 22)),
        ("31/12/2026 17:00", date(2026, 12, 31)), ("31/12/2026, 5:00 PM", date(2026, 12, 31)),
        ("31.12.2026 17h30", date(2026, 12, 31)), ("17h00 ngày 31/12/2026", date(2026, 12, 31)),
        ("trước 17 giờ ngày 31/12/2026", date(2026, 12, 31)), ("December 31, 2026 5:00 pm", date(2026, 12, 31)),
        ("24-06-2024", date(2024, 6, 24)), ("24.06.2024", date(2024, 6, 24)),
    ],
)
def test_a_moment_is_the_day_it_falls_on_in_vietnam(written: str, day: date) -> None:
    assert dates.read(written, dates.Evidence("closes")).day == day


@pytest.mark.parametrize(
    "written", ["2026-12-01T25:30:00Z", "2026-12-01T17:75Z", "2026-12-01T10:00+99:00", "9999-12-31T23:00-12:00"]
)
def test_an_hour_that_cannot_be_is_told(written: str) -> None:
    assert dates.read(written, dates.Evidence("closes")).problem == "date_unreadable"


def test_hours_are_evidence_of_nothing_but_the_day(tmp_path: Path) -> None:
    found = dates.weigh(["closes"], [{"closes": "06/24/2024 10:00"}, {"closes": "05/06/2024 10:00"}])["closes"]
    assert dates.read("05/06/2024 10:00", found).day == date(2024, 5, 6)


@pytest.mark.parametrize("words", ["Máy ép viên", "Xe nâng tay", "Màng lọc", "Lò hơi", "Bê tông nhẹ", "Tôn"])
def test_vietnamese_of_common_letters_is_vietnamese(words: str) -> None:
    assert language_of(words) == "vi"


@pytest.mark.parametrize("words", ["Être et avoir", "A café in town", "Résumé parser", "São Paulo pump", "Ångström probe"])
def test_other_words_with_marks_are_not(words: str) -> None:
    assert language_of(words) == "en"


def test_a_province_of_before_the_reform_is_mapped_and_told(tmp_path: Path) -> None:
    found = one(tmp_path, "requests", Tỉnh="Bình Dương")
    assert found.values["province_code"] == "79" and "place_merged" in codes(found)
    assert "Tỉnh: Bình Dương" in found.values["context"]


def test_a_budget_of_nothing_is_not_stated(tmp_path: Path) -> None:
    found = one(tmp_path, "requests", budget="0")
    assert found.values["budget_max"] is None and codes(found) == {"money_unreadable"}


def test_a_title_of_signs_is_none(tmp_path: Path) -> None:
    assert isinstance(records(jsonl(tmp_path / "a.jsonl", [{"title": "???"}]))[0], Rejected)
