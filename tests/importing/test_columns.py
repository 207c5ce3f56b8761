"""Columns are recognised by their usual names in both languages, or taken from a mapping; nothing is guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from marketplace.importing.columns import FIELDS, load_mapping, plan_of, recognise
from marketplace.importing.rows import UnusableFile
from marketplace.values.text import fold
from tests.importing.files import jsonl, ready, record, records, text


@pytest.mark.parametrize(
    ("kind", "header", "field"),
    [
        ("listings", "Tên công nghệ", "title"),
        ("listings", "TÊN", "title"),
        ("listings", "Tiêu đề", "title"),
        ("listings", "name", "title"),
        ("listings", "Mô tả", "description"),
        ("listings", "Tóm tắt", "summary"),
        ("listings", "abstract", "summary"),
        ("listings", "Từ khóa", "tags"),
        ("listings", "từ khoá", "tags"),
        ("listings", "nlp_keywords", "tags"),
        ("listings", "Mã số", "external_id"),
        ("listings", "Case Number", "external_id"),
        ("listings", "Application SN", "ip_number"),
        ("listings", "Patent Expiration Date", "ip_expires"),
        ("listings", "Giá", "price"),
        ("listings", "Mức độ sẵn sàng công nghệ", "trl"),
        ("requests", "Hạn trả lời", "closes"),
        ("requests", "closing-date", "closes"),
        ("requests", "Kinh phí", "budget"),
        ("requests", "sponsor", "facts"),
        ("requests", "Liên kết", "url"),
    ],
)
def test_usual_names_are_recognised(kind: str, header: str, field: str) -> None:
    assert recognise(kind, [header]).columns == {field: (header,)}


def test_names_are_listed_folded_and_belong_to_one_field() -> None:
    names = [name for _label, _kinds, found in FIELDS.values() for name in found]
    assert all(fold(name) == name for name in names)
    assert len(names) == len(set(names))


def test_the_likelier_of_two_names_wins_and_the_other_is_kept_as_a_fact() -> None:
    plan = recognise("listings", ["name", "title", "categories", "keywords", "center"])
    assert plan.columns["title"] == ("title",)
    assert plan.columns["tags"] == ("categories", "keywords")
    assert set(plan.columns["facts"]) == {"center", "name"}


def test_names_with_several_meanings_are_reported() -> None:
    plan = recognise("requests", ["title", "date", "Ghi chú", "wavelength"])
    assert plan.ambiguous == ("date", "Ghi chú")
    assert plan.ignored == ("wavelength",)


def test_a_bare_status_is_the_patents_only_beside_a_patent() -> None:
    assert recognise("listings", ["title", "Status"]).ambiguous == ("Status",)
    assert recognise("listings", ["title", "Status", "Application SN"]).columns["ip_status"] == ("Status",)


def test_a_mapping_file_decides_alone(tmp_path: Path) -> None:
    box = {
        "columns": {"title": "Naam", "tags": ["Woorden"], "closes": "Sluit"},
        "constants": {"language": "en"},
        "separators": {"tags": "/"},
        "dates": {"closes": "%Y%m%d"},
    }
    row = {"Naam": "Pump wanted", "Woorden": "water/pump, cheap", "Sluit": "20270105", "title": "not this"}
    found = record(jsonl(tmp_path / "a.jsonl", [row]), "requests", box)
    assert found.title == "Pump wanted"
    assert found.values["tags"] == ["water", "pump, cheap"]
    assert found.values["answer_deadline"].isoformat() == "2027-01-05"
    assert found.values["language"] == "en"


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ([], "object with"),
        ({"columns": ["title"]}, "object with"),
        ({"columns": {"title": "Absent"}}, "lacks: Absent"),
        ({"columns": {"titel": "title"}}, "does not exist here: titel"),
        ({"columns": {"title": "title"}, "constants": {"price": "1", "budget": "2"}}, "does not exist here: budget"),
        ({"columns": {"title": "title"}, "dates": "x"}, "objects of texts"),
    ],
)
def test_a_wrong_mapping_is_refused(box: Any, message: str) -> None:
    with pytest.raises(UnusableFile, match=message):
        plan_of("listings", ["title"], box)


def test_a_mapping_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="cannot be read"):
        load_mapping(text(tmp_path / "m.json", "{title: 1}"))


def test_of_several_identifiers_the_content_decides(tmp_path: Path) -> None:
    rows = [{"id": "A", "code": str(number), "title": f"Máy {number}"} for number in range(3)]
    found = ready(jsonl(tmp_path / "a.jsonl", rows)).plan
    assert found.columns["external_id"] == ("code",) and found.columns["facts"] == ("id",)
    kept = ready(jsonl(tmp_path / "b.jsonl", [{**row, "id": f"T{row['code']}"} for row in rows])).plan
    assert kept.columns["external_id"] == ("id",) and kept.columns["facts"] == ("code",)


def test_a_column_of_repeated_values_is_no_identifier(tmp_path: Path) -> None:
    rows = [{"code": "ABC"[number % 3], "title": f"Máy {number}"} for number in range(12)]
    found = records(jsonl(tmp_path / "a.jsonl", rows))
    assert len(found) == 12 and {one.external_id for one in found} == {""}
    assert "code: A" in found[0].values["how_it_works"]
    few = ready(jsonl(tmp_path / "b.jsonl", rows[:4])).plan
    assert few.columns["external_id"] == ("code",)
