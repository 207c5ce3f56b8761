"""Files are understood by their content; every broken row is told apart with its line."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from marketplace.importing import rows as rows_module
from marketplace.importing.rows import UnusableFile
from tests import factories
from tests.importing.files import LIMIT, archive, bring_in, codes, jsonl, ready, records, rows_of, sheet, text

TABLE = "Mã;Tên công nghệ;Mô tả\nA1;Máy sấy nông sản;Sấy bằng bơm nhiệt\nA2;Lò đốt rác;Đốt không khói\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258"])
def test_vietnamese_text_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    content = TABLE * 1
    if encoding == "cp1258":  # this code page writes tones as combining marks and has no ready-made letter for all
        plain = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
        content = "".join(
            ch if ch.encode("cp1258", "ignore") else _split_tone(ch, plain) for ch in unicodedata.normalize("NFC", content)
        )
    found = rows_of(text(tmp_path / "a.csv", content, encoding))
    assert [row.values["Tên công nghệ"] for row in found] == ["Máy sấy nông sản", "Lò đốt rác"]
    assert [row.line for row in found] == [2, 3]


def _split_tone(letter: str, tones: set[str]) -> str:
    parts = unicodedata.normalize("NFD", letter)
    tone = "".join(part for part in parts if part in tones)
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones)) + tone


def test_western_text_is_not_taken_for_windows_1258(tmp_path: Path) -> None:
    content = "id,title,description\n1,Però è così,\"Università, città, perché: più e più volte, però già là\"\n"
    found = rows_of(text(tmp_path / "a.csv", content, "cp1252"))
    assert found[0].values["title"] == "Però è così"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    lines = [["id", "title", "summary"], ["1", "One, two; three", "a | b"], ["2", "Two", ""]]
    content = "\n".join(separator.join(f'"{cell}"' for cell in line) for line in lines)
    found = rows_of(text(tmp_path / "a.csv", content))
    assert found[0].values == {"id": "1", "title": "One, two; three", "summary": "a | b"}


def test_quotes_keep_line_ends_separators_and_doubled_quotes(tmp_path: Path) -> None:
    content = 'id,title,description\n1,"A ""fast"" pump","line one\nline two, more"\n2,B,b\n'
    found = rows_of(text(tmp_path / "a.csv", content))
    assert found[0].values["title"] == 'A "fast" pump'
    assert found[0].values["description"] == "line one\nline two, more"
    assert found[1].line == 4


def test_rows_of_the_wrong_width_are_told_apart(tmp_path: Path) -> None:
    found = rows_of(text(tmp_path / "a.csv", "id,title,description\n1,Short\n2,Long,x,y,z\n3,Trailing,x,,\n4,Whole,x\n"))
    assert [note.code for note in found[0].notes] == ["short_row"]
    assert found[1].broken is not None and found[1].broken.code == "too_many_cells"
    assert found[2].broken is None and found[3].broken is None


def test_an_open_quote_spoils_one_row_and_not_the_rest(tmp_path: Path) -> None:
    lines = ["id,title,description", '1,"never closed,x'] + [f"{n},Title {n},text" for n in range(2, 30)]
    found = rows_of(text(tmp_path / "a.csv", "\n".join(lines)))
    assert found[0].broken is not None and found[0].broken.code == "open_quote" and found[0].line == 2
    assert [row.values["id"] for row in found[1:]] == [str(n) for n in range(2, 30)]


def test_titles_above_the_heading_are_skipped(tmp_path: Path) -> None:
    heading = ["STT", "Mã số", "Tên công nghệ"]
    path = sheet(tmp_path / "a.xlsx", [["DANH MỤC CÔNG NGHỆ NĂM 2026"], [], heading, [1, "X-1", "Bơm"]])
    found = ready(path)
    assert found.source.headers() == ["STT", "Mã số", "Tên công nghệ"]
    assert [row.values["Tên công nghệ"] for row in found.source.rows()] == ["Bơm"]


def test_sheets_keep_typed_days_and_whole_numbers(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", [["id", "title", "deadline"], [12, "Pump", date(2026, 12, 31)], [13.5, "Fan", None]])
    found = rows_of(path)
    assert found[0].values == {"id": "12", "title": "Pump", "deadline": date(2026, 12, 31)}
    assert found[1].values["id"] == "13.5" and found[1].line == 3


def test_every_json_line_stands_for_itself(tmp_path: Path) -> None:
    path = text(
        tmp_path / "a.jsonl",
        '{"id": 1, "title": "A", "tags": ["x", null, 2], "more": {"a": 1}}\n\n{"id": 2, "title": \n["list"]\n'
        + '{"id": 3, "title": "C"}\n' + "[" * 100_000 + "\n" + '{"id": ' + "9" * 6000 + "}\n",
    )
    found = rows_of(path)
    assert found[0].values == {"id": "1", "title": "A", "tags": ["x", "2"], "more": '{"a": 1}'}
    broken = [row.broken.code if row.broken else "" for row in found]
    assert broken == ["", "not_json", "not_object", "", "not_json", "not_json"]
    assert [row.line for row in found] == [1, 3, 4, 5, 6, 7]


def test_text_is_nfc_without_control_characters(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "Công nghệ")
    found = rows_of(jsonl(tmp_path / "a.jsonl", [{"title": name + "\u0000\u202e\u200b mới", "description": "a\r\nb"}]))
    assert found[0].values == {"title": "Công nghệ mới", "description": "a\nb"}


def test_a_cell_that_is_too_long_rejects_its_row(tmp_path: Path) -> None:
    found = rows_of(jsonl(tmp_path / "a.jsonl", [{"title": "A", "description": "x" * 100_001}, {"title": "B"}]))
    assert found[0].broken is not None and found[0].broken.code == "cell_too_long"
    assert found[1].broken is None


def test_too_many_rows_and_bytes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = jsonl(tmp_path / "a.jsonl", [{"title": f"T {n}"} for n in range(30)])
    monkeypatch.setattr(rows_module, "MAX_ROWS", 20)
    with pytest.raises(UnusableFile, match="more than 20 rows"):
        rows_of(path)
    big = tmp_path / "big.csv"
    with big.open("wb") as target:
        target.truncate(LIMIT + 1)
    with pytest.raises(UnusableFile, match="at most 10 MB"):
        ready(big)


WORKBOOK = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xlsx", lambda: archive({**WORKBOOK, "xl/worksheets/sheet1.xml": b"0" * 60_000_000}), "unreasonable size"),
        ("a.xlsx", archive({**WORKBOOK, "xl/x.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), "damaged"),
        ("a.xlsx", archive({"word/document.xml": b"<w/>"}), "not an XLSX"),
        ("a.xlsx", archive(WORKBOOK), "damaged"),
        ("a.xlsx", b"PK\x03\x04 nothing more", "damaged"),
        ("a.csv", b"%PDF-1.7\n", "PDF"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        ("a.csv", b"\x89PNG\r\n\x1a\n", "picture"),
        ("a.csv", bytes(range(256)) * 40, "not a text file"),
        ("a.csv", b"<!DOCTYPE html><html></html>", "web page"),
        ("a.json", b'["title", "A"]', "no list of records"),
        ("a.csv", b"", "empty"),
        ("a.csv", b" \n\n", "empty"),
        ("a.csv", b"id,title\n", "no rows"),
        ("a.jsonl", b'{"a"\n', "No line"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_a_reason(
    tmp_path: Path, name: str, content: bytes | Callable[[], bytes], message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content() if callable(content) else content)
    with pytest.raises(UnusableFile, match=message):
        rows_of(path)


def test_thousands_of_open_quotes_end_soon(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", "id,title\n" + "".join(f'"{n},x\n"a\n' for n in range(4000)))
    try:
        found = rows_of(path)
    except UnusableFile as error:
        assert "Quotation marks" in str(error)
    else:
        assert len(found) <= 8000


def test_json_lines_keep_their_names_once(tmp_path: Path) -> None:
    path = text(tmp_path / "a.jsonl", json.dumps({"title": "A"}) + "\n" + json.dumps({"title": "B", "extra": 1}) + "\n")
    assert ready(path).source.headers() == ["title", "extra"]


def test_other_scripts_are_recognised_too(tmp_path: Path) -> None:
    words = "Система очистки сточных вод для небольших предприятий и посёлков, с низким потреблением энергии"
    found = rows_of(text(tmp_path / "a.csv", f"id;title\n1;{words}\n2;{words}\n", "cp1251"))
    assert found[0].values["title"] == words


def test_one_wrong_byte_costs_its_letter_and_not_the_file(tmp_path: Path) -> None:
    lines = ["title,description", *(f"Màng lọc {n},“thử” – {n}" for n in range(40)), "Bơm,a \x96 b"]
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join(lines).encode().replace(b"\xc2\x96", b"\x96"))
    found = records(path)
    assert [one.title for one in found[:40]] == [f"Màng lọc {n}" for n in range(40)]
    assert [codes(one) for one in found] == [set()] * 40 + [{"text_damaged"}]


def test_a_file_cut_within_a_letter_is_read_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("title,description\nMàng,lọc nước\nBơm,nước thả".encode()[:-1])
    found = records(path)
    assert [codes(one) for one in found] == [set(), {"text_damaged"}]


def test_rows_that_differ_in_an_unknown_column_are_two(tmp_path: Path, ctx: Flask) -> None:
    org, rows = factories.organisation(), "NoticeId,Sol#,Title\na1,S-1,RFI\na2,S-2,RFI\na1,S-1,RFI\n"
    found = bring_in(text(tmp_path / "a.csv", rows), org)
    assert (found.created, found.duplicates) == (2, 1)
    again = bring_in(text(tmp_path / "b.csv", rows), org)
    assert (again.created, again.unchanged, again.duplicates) == (0, 2, 1)
