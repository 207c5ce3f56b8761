"""From rows to values: nothing lost, nothing invented, doubtful facts kept as given and reported."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from marketplace.importing import dates
from marketplace.importing.mapping import Rejected
from marketplace.importing.text_cleaning import cut_at_sentence, language_of
from tests.importing.files import codes, jsonl, record, records, text


def one(tmp_path: Path, kind: str = "listings", **row: Any) -> Any:
    return record(jsonl(tmp_path / "a.jsonl", [{"title": "Máy bơm", **row}]), kind)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-03-10", date(2026, 3, 10)),
        ("2026-03-10T08:00:00Z", date(2026, 3, 10)),
        ("10 March 2015", date(2015, 3, 10)),
        ("March 10, 2015", date(2015, 3, 10)),
        ("10 Sept. 2015", date(2015, 9, 10)),
        ("ngày 10 tháng 3 năm 2015", date(2015, 3, 10)),
        ("06/24/2024", date(2024, 6, 24)),
        ("24/06/2024", date(2024, 6, 24)),
        ("05/05/2024", date(2024, 5, 5)),
        ("24.6.2024", date(2024, 6, 24)),
    ],
)
def test_days_are_read_as_people_write_them(written: str, expected: date) -> None:
    assert dates.read(written, dates.Evidence("closes")).day == expected


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("05/06/2024", "date_ambiguous"),
        ("31/02/2024", "date_unreadable"),
        ("soon", "date_unreadable"),
        ("YYYY-MM-DD", "date_unreadable"),
    ],
)
def test_days_that_cannot_be_trusted_are_not_read(written: str, problem: str) -> None:
    assert dates.read(written, dates.Evidence("closes")) == dates.Read(None, problem)


def test_one_clear_date_decides_the_order_of_its_column() -> None:
    american = dates.weigh(["closes"], [{"closes": "06/24/2024"}, {"closes": "05/06/2024"}])["closes"]
    assert dates.read("05/06/2024", american).day == date(2024, 5, 6)
    vietnamese = dates.weigh(["Hạn trả lời"], [{"Hạn trả lời": "05/06/2024"}])["Hạn trả lời"]
    assert dates.read("05/06/2024", vietnamese).day == date(2024, 6, 5)
    mixed = dates.weigh(["closes"], [{"closes": "06/24/2024"}, {"closes": "24/06/2024"}])["closes"]
    assert dates.read("05/06/2024", mixed).problem == "date_ambiguous"


def test_days_that_a_spreadsheet_exchanged_are_kept_as_text(tmp_path: Path) -> None:
    words = [f"T{n};Title {n};{n % 12 + 1:02d} {'March' if n % 2 else 'July'} 2027" for n in range(12)]
    figures = [f"F{n};Title {n};0{n % 9 + 1}/{n + 13}/2027" for n in range(12)]
    path = text(tmp_path / "a.csv", "\n".join(["Case Number;Title;Patent Expiration Date", *words, *figures]))
    found = records(path)
    assert "date_swapped" in codes(found[0])
    assert found[0].values["ip"][0]["expires_on"] == ""  # type: ignore[union-attr]
    assert "Patent Expiration Date: 01 July 2027" in found[0].values["how_it_works"]  # type: ignore[union-attr]
    assert found[12].values["ip"][0]["expires_on"] == "2027-01-13"  # type: ignore[union-attr]


def test_an_implausible_date_stays_text(tmp_path: Path) -> None:
    found = one(tmp_path, **{"Patent Expiration Date": "08/31/1932", "Application SN": "13/444,777", "Status": "Issued"})
    assert codes(found) == {"date_far"}
    assert found.values["ip"] == [
        {"kind": "patent", "status": "granted", "number": "13/444,777", "country": "US", "filed_on": "", "expires_on": ""}
    ]
    assert "Patent Expiration Date: 08/31/1932" in found.values["how_it_works"]


def test_an_expiry_before_the_filing_stays_text(tmp_path: Path) -> None:
    found = one(tmp_path, filed="2020-05-01", expires="2010-05-01", patent="US 10,123,456")
    assert codes(found) == {"date_before"}
    assert found.values["ip"][0]["filed_on"] == "2020-05-01" and found.values["ip"][0]["expires_on"] == ""
    assert found.values["ip"][0]["country"] == ""  # a number alone does not say whose it is


@pytest.mark.parametrize(("number", "kept"), [("/0", ""), ("/", ""), ("12/45,970", "12/45,970"), ("11/5,624", "11/5,624")])
def test_a_damaged_number_is_kept_as_given_and_reported(tmp_path: Path, number: str, kept: str) -> None:
    found = one(tmp_path, **{"Application SN": number, "Status": "GM"})
    assert codes(found) == {"number_malformed", "status_unknown"}
    assert found.values["ip"][0]["number"] == kept and found.values["ip"][0]["status"] == ""
    assert f"Application SN: {number}" in found.values["how_it_works"] or number == "/"


def test_a_long_description_is_cut_for_the_summary_and_kept_whole(tmp_path: Path) -> None:
    sentences = " ".join(f"This is sentence number {n} of the description." for n in range(40))
    found = one(tmp_path, description=sentences, center="Lab 4")
    assert len(found.values["public_summary"]) <= 1000 and found.values["public_summary"].endswith(".")
    assert found.values["how_it_works"] == f"{sentences}\n\nTheo nguồn:\ncenter: Lab 4"
    assert codes(found) == {"summary_cut"}
    assert cut_at_sentence("word " * 400).endswith("…")


def test_a_long_title_is_shortened_and_kept_whole(tmp_path: Path) -> None:
    title = "Rất dài " * 60
    found = record(jsonl(tmp_path / "a.jsonl", [{"title": title}]))
    assert len(found.title) <= 300 and title.strip() in found.values["how_it_works"]


def test_keywords_are_bounded_and_the_rest_kept(tmp_path: Path) -> None:
    words = [f"word {n}" for n in range(35)] + ["Word 1", "x" * 61]
    found = one(tmp_path, keywords=words)
    assert len(found.values["tags"]) == 30 and codes(found) == {"tags_cut"}
    assert "word 34" in found.values["how_it_works"] and "x" * 61 in found.values["how_it_works"]
    assert one(tmp_path, keywords="a; b, c | b").values["tags"] == ["a", "b", "c"]


def test_markup_is_removed_and_inert(tmp_path: Path) -> None:
    html = "<p>Đầu &amp; cuối</p><script>alert(1)</script><p onclick='x()'>hai <b>đậm</b></p>"
    found = one(tmp_path, description=html)
    assert found.values["public_summary"] == "Đầu & cuối\nhai đậm"
    assert codes(found) == {"markup_removed"}
    assert one(tmp_path, description="x < 5 and y > 3").values["public_summary"] == "x < 5 and y > 3"


def test_money_is_read_or_kept(tmp_path: Path) -> None:
    assert one(tmp_path, price="1,5 tỷ").values["price_min"] == 1_500_000_000
    spread = one(tmp_path, price="500 triệu - 1 tỷ").values
    assert (spread["pricing_mode"], spread["price_min"], spread["price_max"]) == ("range", 500_000_000, 1_000_000_000)
    assert one(tmp_path, price="Thỏa thuận").values["pricing_mode"] == "negotiable"
    dollars = one(tmp_path, price="USD 5,000")
    assert dollars.values["price_min"] is None and codes(dollars) == {"money_unreadable"}
    assert "price: USD 5,000" in dollars.values["how_it_works"]
    need = one(tmp_path, "requests", budget="2 tỷ").values
    assert (need["budget_min"], need["budget_max"], need["budget_note"]) == (None, 2_000_000_000, "2 tỷ")


def test_codes_places_and_levels(tmp_path: Path) -> None:
    found = one(tmp_path, trl="TRL 6", field="Khoa học nông nghiệp", province="TP Hà Nội", url="example.org/a")
    assert (found.values["trl"], found.values["field_code"], found.values["province_code"]) == (6, "4", "01")
    assert found.values["source_url"] == "https://example.org/a"
    odd = one(tmp_path, trl="high", field="Alchemy", province="Atlantis", url="javascript:alert(1)")
    assert codes(odd) == {"trl_unreadable", "term_unknown", "url_unusable"}
    assert odd.values["source_url"] == "" and "province: Atlantis" in odd.values["how_it_works"]
    assert one(tmp_path, "requests", trl="5-7").values["trl_max"] == 7


def test_contacts_never_move_into_the_public_text(tmp_path: Path) -> None:
    found = one(tmp_path, email="not an address", phone="0" * 40, contact="Bà Hoa")
    assert found.values["contact_name"] == "Bà Hoa" and found.values["contact_email"] == ""
    assert found.values["how_it_works"] == "" and codes(found) == {"contact_unusable"}


def test_what_is_missing_stays_empty(tmp_path: Path) -> None:
    values = one(tmp_path).values
    assert {name for name, value in values.items() if value not in ("", [], None)} == {"title", "language"}


@pytest.mark.parametrize("title", ["", "  ", "N/A", "null", "–", "\u200b", None, []])
def test_a_row_without_a_usable_title_is_rejected(tmp_path: Path, title: Any) -> None:
    found = records(jsonl(tmp_path / "a.jsonl", [{"id": "X", "title": title}]))[0]
    assert isinstance(found, Rejected) and found.note.code == "no_title" and found.external_id == "X"


def test_damaged_letters_are_reported_and_kept(tmp_path: Path) -> None:
    found = record(jsonl(tmp_path / "a.jsonl", [{"title": "Particle â€“ Surface Model"}]))
    assert codes(found) == {"text_damaged"} and found.title == "Particle â€“ Surface Model"


def test_a_deadline_before_the_opening_stays_text(tmp_path: Path) -> None:
    found = one(tmp_path, "requests", opens="2026-03-22", closes="2026-03-05")
    assert found.values["answer_deadline"] is None and codes(found) == {"date_before"}
    assert "closes: 2026-03-05" in found.values["context"] and "opens: 2026-03-22" in found.values["context"]


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("Hệ thống xử lý nước", "vi"),
        ("He thong xu ly nuoc thai cho nha may", "vi"),
        ("A system for waste water", "en"),
        ("Être et avoir", "en"),
        ("Ransomware", "en"),
    ],
)
def test_the_language_is_told_by_letters_or_common_syllables(words: str, language: str) -> None:
    assert language_of(words) == language
