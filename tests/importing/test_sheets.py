"""Workbooks as people make them: formats that say more than figures, guides and hidden sheets before the table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from marketplace.importing.mapping import Record
from tests.importing.files import codes, ready, record, records, text


def book(path: Path, heading: str, value: Any, pattern: str) -> Path:
    made = xlsxwriter.Workbook(str(path))
    page = made.add_worksheet()
    page.write_row(0, 0, ["Tên công nghệ", heading])
    page.write(1, 0, "Bơm")
    page.write(1, 1, value, made.add_format({"num_format": pattern}))
    made.close()
    return path


def read(tmp_path: Path, heading: str, value: Any, pattern: str, kind: str = "listings") -> Record:
    return record(book(tmp_path / "a.xlsx", heading, value, pattern), kind)


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [("[$$-409]#,##0", "$50,000"), ('"USD" #,##0', "USD 50,000"), ("$#,##0", "$50,000"), ("[$€-2] #,##0", "€50,000")],
)
def test_an_amount_of_another_currency_stays_text(tmp_path: Path, pattern: str, shown: str) -> None:
    found = read(tmp_path, "Giá bán", 50_000, pattern)
    assert codes(found) == {"money_unreadable"} and found.values["price_min"] is None
    assert f"Giá bán: {shown}" in found.values["how_it_works"]


@pytest.mark.parametrize("pattern", ["#,##0", "#,##0\\ [$₫-42A]", '#,##0 "đ"', '#,##0 "VND"', "General", "0"])
def test_an_amount_of_dong_is_one(tmp_path: Path, pattern: str) -> None:
    assert read(tmp_path, "Giá bán", 50_000, pattern).values["price_min"] == 50_000


@pytest.mark.parametrize(
    ("value", "pattern", "amount"), [(500, '#,##0" triệu"', 500_000_000), (1.5, '0.0" tỷ"', 1_500_000_000)]
)
def test_a_budget_in_millions_is_one(tmp_path: Path, value: float, pattern: str, amount: int) -> None:
    assert read(tmp_path, "budget", value, pattern, "requests").values["budget_max"] == amount


def test_leading_zeros_of_a_format_stay(tmp_path: Path) -> None:
    assert read(tmp_path, "Điện thoại", 912345678, "0000000000").values["contact_phone"] == "0912345678"
    assert read(tmp_path, "id", 123, "00000").external_id == "00123"


@pytest.mark.parametrize("hidden", [False, True])
def test_the_first_visible_sheet_with_a_title_is_read_and_the_others_told(tmp_path: Path, hidden: bool) -> None:
    made = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    for name, rows in {"Hướng dẫn": [["Cách điền"], ["1. Điền"]], "Danh mục": [["id", "title"], ["1", "Bơm"]]}.items():
        page = made.add_worksheet(name)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
        if name == "Danh mục":
            page.activate()
    if hidden:
        made.worksheets()[0].hide()
    made.close()
    found = record(tmp_path / "a.xlsx")
    assert found.title == "Bơm" and codes(found) == {"sheets_left"}
    assert ready(tmp_path / "a.xlsx").source.details["sheet"] == "Danh mục"


def test_hidden_columns_and_rows_are_read_and_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("Danh mục")
    rows = [["title", "summary", "Email"], ["Bơm", "Bơm tay", "a@b.vn"], ["Quạt", "", ""], ["Máy", "", ""]]
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    page.set_column(1, 2, None, None, {"hidden": True})
    page.set_row(2, None, None, {"hidden": True})
    book.close()
    first, second, third = records(path)
    assert isinstance(first, Record) and first.values["contact_email"] == "a@b.vn"
    assert [(note.code, dict(note.params)) for note in first.notes] == [("columns_hidden", {"names": "summary, Email"})]
    assert codes(second) == {"row_hidden"} and codes(third) == set()


def merged(path: Path, rows: list[list[Any]], *ranges: str) -> Path:
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("Danh mục")
    for area in ranges:
        page.merge_range(area, "")
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            if value is not None:
                page.write(number, place, value)
    book.close()
    return path


def test_the_value_of_merged_cells_stands_in_every_row_and_is_told(tmp_path: Path) -> None:
    rows = [["id", "title", "summary"], [1, "Bơm", "Chung"], [2, "Quạt"], [3, "Máy"], [4, "Lò"]]
    found = records(merged(tmp_path / "a.xlsx", rows, "C2:C4"))
    assert [one.values["public_summary"] for one in found if isinstance(one, Record)] == ["Chung", "Chung", "Chung", ""]
    assert [codes(one) for one in found] == [set(), {"cells_merged"}, {"cells_merged"}, set()]
    assert found[1].notes[0].params == {"names": "summary"}


def test_an_empty_row_within_merged_cells_is_no_record(tmp_path: Path) -> None:
    rows = [["id", "title"], [1, "Bơm"], [], [2, "Quạt"]]
    assert [one.title for one in records(merged(tmp_path / "a.xlsx", rows, "A2:A3", "B2:B3"))] == ["Bơm", "Quạt"]


TWO_LINES = [
    ["Danh mục năm 2026"], ["Mã", "Tên công nghệ", "Giá", None, "Liên hệ", None],
    [None, None, "Từ (đồng)", "Đến (đồng)", "Email", "Điện thoại"], ["A1", "Bơm", 5, 7, "a@b.vn", "0912345678"],
]


def test_a_heading_of_two_lines_is_understood(tmp_path: Path) -> None:
    ranges = ("A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:F2")
    book = merged(tmp_path / "a.xlsx", TWO_LINES, *ranges)
    rows = [[str(cell or "") for cell in [*row, *[""] * (6 - len(row))]] for row in TWO_LINES]
    lines = "\n".join(map(";".join, rows))
    for path in (book, merged(tmp_path / "b.xlsx", TWO_LINES), text(tmp_path / "c.csv", lines)):
        found = record(path)
        assert (found.external_id, found.title, found.values["price_min"], found.values["price_max"]) == ("A1", "Bơm", 5, 7)
        assert (found.values["contact_email"], found.values["contact_phone"]) == ("a@b.vn", "0912345678")


def test_a_row_below_a_heading_is_no_second_line(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", "title;;loại\nMáy;abc;Email\n")
    assert [one.title for one in records(path)] == ["Máy"]
