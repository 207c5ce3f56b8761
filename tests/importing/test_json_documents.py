"""Lists in JSON are read as they are; errors and extra cells of sheets are told and cost no row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from marketplace.importing.mapping import Rejected
from marketplace.importing.rows import UnusableFile
from tests.importing.files import codes, jsonl, ready, record, records, rows_of, sheet, text

ROWS = [{"id": "1", "title": "Bơm"}, {"id": "2", "title": "Quạt", "tags": ["a", "b"]}]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("whole", [
    ROWS, {"data": ROWS}, {"success": True, "note": [], "result": {"total": 2, "records": ROWS}}, {"@graph": ROWS, "n": 1},
], ids=["list", "data", "nested", "graph"])
def test_a_list_of_objects_is_read_wherever_it_stands(tmp_path: Path, whole: Any, indent: int | None) -> None:
    path = text(tmp_path / "a.json", json.dumps(whole, ensure_ascii=False, indent=indent))
    source = ready(path).source
    assert source.format == "json" and source.headers() == ["id", "title", "tags"]
    assert [row.values["title"] for row in source.rows()] == ["Bơm", "Quạt"]


def test_lines_are_those_of_the_file_and_a_damaged_record_costs_itself(tmp_path: Path) -> None:
    content = '[\n {"title": "A"},\n {"title": },\n {"title": "C"},\n "loose",\n {"title": "D"'
    found = rows_of(text(tmp_path / "a.json", content))
    assert [(row.line, row.broken.code if row.broken else "") for row in found] == [
        (2, ""), (3, "not_json"), (4, ""), (5, "not_object"), (6, "not_json")
    ]


def test_what_stands_around_the_list_is_told(tmp_path: Path) -> None:
    found = record(text(tmp_path / "a.json", json.dumps({"source": "x", "data": ROWS})))
    assert codes(found) == {"members_left"}


def test_one_object_per_line_stays_so(tmp_path: Path) -> None:
    assert ready(jsonl(tmp_path / "a.json", ROWS)).source.format == "jsonl"
    assert ready(jsonl(tmp_path / "b.json", ROWS[:1])).source.format == "jsonl"
    assert ready(text(tmp_path / "c.csv", "[id],title\n1,Bơm\n")).source.format == "csv"
    with pytest.raises(UnusableFile):
        ready(text(tmp_path / "d.json", "[1, 2]"))


def test_an_object_over_several_lines_is_one_record(tmp_path: Path) -> None:
    one = {"title": "Bơm", "tags": ["a", "b"], "note": [{"title": "x"}]}
    path = text(tmp_path / "a.json", json.dumps(one, indent=2, ensure_ascii=False))
    assert [row.values["title"] for row in rows_of(path)] == ["Bơm"]
    assert record(path).values["tags"] == ["a", "b"] and dict(ready(path).left) == {"note": 1}
    both = "\n".join(json.dumps(row, indent=1) for row in ROWS)
    assert [(row.line, row.values["id"]) for row in rows_of(text(tmp_path / "b.json", both))] == [(1, "1"), (5, "2")]
    damaged = text(tmp_path / "c.json", '{"title": "A",\n{"title": "B"}\n')
    assert [row.broken.code if row.broken else "" for row in rows_of(damaged)] == ["not_json", ""]


def test_errors_of_a_spreadsheet_are_empty_and_told(tmp_path: Path) -> None:
    rows = [["title", "summary", "contact"], ["Bơm", "#VALUE!", "#N/A"], ["#REF!", "x", "y"], ["Quạt", "Err:502", ""]]
    for path in (sheet(tmp_path / "a.xlsx", rows), text(tmp_path / "a.csv", "\n".join(",".join(row) for row in rows))):
        first, second, third = records(path)
        assert not isinstance(first, Rejected) and codes(first) == {"cell_error"}
        assert (first.values["public_summary"], first.values["contact_name"]) == ("", "")
        assert isinstance(second, Rejected) and second.note.code == "no_title"
        assert codes(third) == {"cell_error"}
    assert codes(record(jsonl(tmp_path / "a.jsonl", [{"title": "Bơm", "summary": "#REF!"}]))) == {"cell_error"}


def test_a_cell_right_of_the_headings_of_a_sheet_is_told(tmp_path: Path) -> None:
    found = record(sheet(tmp_path / "a.xlsx", [["id", "title", "summary"], ["1", "Bơm", "x", "thừa"]]))
    assert codes(found) == {"extra_cells"} and found.title == "Bơm"
    assert found.notes[0].params["value"] == "thừa"
