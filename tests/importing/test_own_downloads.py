"""What the exchange exports of technologies and needs it imports unchanged, in every kind of file and both languages."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from sqlalchemy import select

from marketplace.authoring.kinds import is_empty
from marketplace.browse.catalogues import NEEDS, TECHNOLOGIES, Catalogue
from marketplace.browse.export import columns
from marketplace.browse.rows import ResultRow
from marketplace.buyer_requests.export import COLUMNS as OWN_NEEDS
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.importing.columns import recognise
from marketplace.importing.mapping import Record
from marketplace.importing.text_cleaning import is_blank, is_title
from marketplace.listings.export import COLUMNS as OWN_LISTINGS
from marketplace.listings.models import ListingRevision
from marketplace.values import clock
from marketplace.values.text import clean_line, nfc
from marketplace.vocabulary import PRICING_MODES
from marketplace.web.i18n import in_language
from marketplace.web.spreadsheet import Column, cells, csv_bytes, headings, inert, rearmed, xlsx_bytes
from tests import factories
from tests.buyer_requests.factories import Cast
from tests.importing.files import bring_in, jsonl, ready, records
from tests.thorough import often


def stated(text: str) -> bool:
    return text == "" or not is_blank(text)


LETTERS = "=+-@＝;'\"\t ,|abcđươ12%\n."
lines = st.text(LETTERS, min_size=4, max_size=40).map(lambda text: clean_line(f"{text} Bơm")).filter(is_title)
texts = st.text(LETTERS, max_size=80).map(lambda text: nfc(text).strip()).filter(stated)
amounts = st.none() | st.integers(0, 10**12)
today = clock.today()
days = st.none() | st.dates(date(today.year - 20, 1, 1), date(today.year + 20, 12, 31))
levels = st.none() | st.integers(1, 9)


def ends(low: int | None, high: int | None) -> tuple[int | None, int | None]:
    return (high, low) if low is not None and high is not None and low > high else (low, high)


def a_row(title: str, summary: str, money: tuple[int | None, int | None], **values: Any) -> ResultRow:
    return ResultRow(
        1, "CN-2026-000001", "/technologies/x", Markup(), Markup(), title, summary, money_min=money[0], money_max=money[1],
        state="published", **values,
    )


technologies = st.builds(
    lambda title, summary, low, high, trl, mode, months: a_row(
        title, summary, ends(low, high), trl=trl, exported={"pricing_mode": mode, "warranty_months": months}
    ),
    lines, texts, amounts, amounts, levels, st.sampled_from(["", *(term.code for term in PRICING_MODES)]),
    st.none() | st.integers(1, 240),
)
needs = st.builds(
    lambda title, summary, low, high, levels, deadline: a_row(
        title, summary, ends(low, high), trl=levels[0], deadline=deadline, exported={"trl_max": levels[1]}
    ),
    lines, texts, amounts, amounts, st.tuples(levels, levels).map(lambda pair: ends(*pair)), days,
)


def expected(kind: str, row: ResultRow) -> dict[str, Any]:
    """The fields of a row, by the names under which a version holds them."""
    common = {"title": row.plain_title}
    if kind == "listings":
        return {**common, "public_summary": row.plain_summary, "trl": row.trl, "price_min": row.money_min,
                "price_max": row.money_max, **row.exported}
    return {**common, "summary": row.plain_summary, "trl_min": row.trl, "budget_min": row.money_min,
            "budget_max": row.money_max, "answer_deadline": row.deadline, **row.exported}


def as_csv(folder: Path, columns: tuple[Column[ResultRow], ...], rows: list[ResultRow]) -> Path:
    path = folder / "a.csv"
    path.write_bytes(csv_bytes(columns, rows))
    return path


def as_xlsx(folder: Path, columns: tuple[Column[ResultRow], ...], rows: list[ResultRow]) -> Path:
    path = folder / "a.xlsx"
    path.write_bytes(xlsx_bytes(columns, rows, "x"))
    return path


def as_jsonl(folder: Path, columns: tuple[Column[ResultRow], ...], rows: list[ResultRow]) -> Path:
    """The same headings and cells as objects; there is no spreadsheet that could run a formula, so nothing is disarmed."""
    told = [dict(zip(headings(columns), map(rearmed, cells(columns, row)), strict=True)) for row in rows]
    return jsonl(folder / "a.jsonl", told)


def by_field_names(kind: str) -> Callable[[Path, Any, list[ResultRow]], Path]:
    def write(folder: Path, _columns: Any, rows: list[ResultRow]) -> Path:
        told = [{name: value.isoformat() if isinstance(value, date) else value for name, value in
                 expected(kind, row).items()} for row in rows]
        return jsonl(folder / "b.jsonl", [{"code": row.code, **values} for row, values in zip(rows, told, strict=True)])

    return write


@pytest.mark.parametrize("locale", ["vi", "en"])
@pytest.mark.parametrize(
    ("kind", "catalogue", "made"), [("listings", TECHNOLOGIES, technologies), ("requests", NEEDS, needs)],
    ids=["listings", "needs"],
)
def test_every_download_is_imported_unchanged(
    shared_app: Flask, kind: str, catalogue: Catalogue, made: st.SearchStrategy[ResultRow], locale: str
) -> None:
    @settings(
        max_examples=often(40), deadline=None, phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.lists(made, min_size=1, max_size=4))
    def unchanged(rows: list[ResultRow]) -> None:
        rows = [replace(row, code=f"CN-2026-{number:06}") for number, row in enumerate(rows)]
        with shared_app.test_request_context(), in_language(locale), TemporaryDirectory() as folder:
            headed = columns(catalogue, "https://exchange.example")
            for write in (as_csv, as_xlsx, as_jsonl, by_field_names(kind)):
                found = records(write(Path(folder), headed, rows), kind)
                for row, record in zip(rows, found, strict=True):
                    assert isinstance(record, Record), (write, record)
                    assert record.external_id == row.code and not record.notes, (write, record.notes)
                    wanted = expected(kind, row)
                    same = {name: record.values[name] for name in wanted}
                    assert {name: None if is_empty(value) else value for name, value in same.items()} == {
                        name: None if is_empty(value) else value for name, value in guessed(wanted).items()
                    }, write

    unchanged()


def guessed(wanted: dict[str, Any]) -> dict[str, Any]:
    """An amount without a way of pricing is a price, or a range."""
    if wanted.get("pricing_mode", "x") == "" and (wanted["price_min"], wanted["price_max"]) != (None, None):
        mode = "fixed" if wanted["price_min"] == wanted["price_max"] else "range"
        return {**wanted, "pricing_mode": mode}
    return wanted


@given(st.text(LETTERS, max_size=20))
def test_a_disarmed_cell_is_what_it_was_before(text: str) -> None:
    assert rearmed(inert(text)) == text


def test_no_heading_of_a_download_is_unknown_but_what_only_the_exchange_says(shared_app: Flask) -> None:
    """A new column of a download either fills a field or is named here."""
    about = {
        "Owner", "State", "Published on", "Address", "Version", "State of the version", "Confirmed on", "Views in 90 days",
    }
    with shared_app.test_request_context():
        for kind, found in (
            ("listings", columns(TECHNOLOGIES, "")), ("requests", columns(NEEDS, "")), ("listings", OWN_LISTINGS),
            ("requests", OWN_NEEDS),
        ):
            for locale in ("vi", "en"):
                with in_language(locale):
                    names = [column.heading for column in found]
                    plan = recognise(kind, headings(found))
                    left = {name for name, heading in zip(names, headings(found), strict=True)
                            if heading in (*plan.ignored, *plan.ambiguous)}
                    assert left <= about | ({"Deadline"} if kind == "listings" else set()), (kind, locale, left - about)


@pytest.fixture
def cast(ctx: Flask) -> Cast:
    return Cast()


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_from_the_page_of_one_owner_to_another_and_back(ctx: Flask, cast: Cast, tmp_path: Path, locale: str) -> None:
    need = cast.published(title="Lọc nước - cần gấp", budget_min=5, budget_max=500_000_000, trl_min=4, trl_max=None,
                          visibility="requester_hidden")
    db.session.commit()
    client = factories.client(ctx, cast.buyer_user, cast.org, locale=locale)
    path = tmp_path / "needs.csv"
    path.write_bytes(client.get("/my/needs.csv").data)
    assert bring_in(path, cast.org, "requests").unchanged == 1, "it is here already"
    own = need.published_revision
    assert own is not None
    own.budget_max = 7
    db.session.commit()
    assert bring_in(path, cast.org, "requests").rejected == {"known_otherwise": 1}
    assert bring_in(path, factories.organisation("Bên khác"), "requests").created == 1
    made = db.session.scalars(select(NeedRevision).join(BuyerRequest, BuyerRequest.id == NeedRevision.buyer_request_id)
                              .where(BuyerRequest.external_id == need.code)).one()
    assert (made.title, made.kind, made.visibility, made.budget_min, made.budget_max, made.trl_max) == (
        need.published_revision.title, "enterprise_need", "requester_hidden", 5, 500_000_000, None)  # type: ignore[union-attr]
    assert made.answer_deadline == need.answer_deadline


def test_own_names_of_all_fields_that_a_file_can_fill_are_titles_of_columns() -> None:
    filled = {
        "listings": (
            "title", "title_en", "public_summary", "how_it_works", "tags", "language", "source_url", "trl", "field_code",
            "problem_solved", "applications", "advantages", "pricing_mode", "price_min", "price_max", "warranty_months",
            "province_code", "contact_name", "contact_email", "contact_phone",
        ),
        "requests": (
            "title", "title_en", "summary", "context", "tags", "language", "source_url", "trl_min", "trl_max",
            "field_codes", "target_result", "budget_min", "budget_max", "answer_deadline", "province_code", "kind",
            "visibility", "contact_name", "contact_email", "contact_phone",
        ),
    }
    for kind, names in filled.items():
        plan = recognise(kind, names)
        assert plan.ignored == plan.ambiguous == () and "facts" not in plan.columns, (kind, plan)


def test_columns_that_nothing_takes_are_told_wherever_they_stand(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"title": f"Bơm {number}", "ghi chú": ""} for number in range(600)]
    rows[599] |= {"độ cứng": "x", "ghi chú": "gấp"}
    assert dict(ready(jsonl(tmp_path / "a.jsonl", rows)).left) == {"độ cứng": 1, "ghi chú": 1}


def test_the_report_names_the_columns_left_out(ctx: Flask, tmp_path: Path) -> None:
    operator, org = factories.user(staff=("moderator",)), factories.organisation()
    client = factories.client(ctx, operator)
    file = (io.BytesIO(json.dumps({"title": "Bơm tay", "độ cứng": "=7"}).encode()), "a.jsonl")
    place = client.post("/imports", data={"kind": "listings", "organisation": org.slug, "file": file},
                        content_type="multipart/form-data").headers["Location"]
    page = client.get(place).text
    assert "Cột không được nhập" in page and "× độ cứng" in page
    client.post(f"{place}/start")
    drain()
    assert "độ cứng" in client.get(place).text
    rows = list(csv.reader(io.StringIO(client.get(f"{place}/report").data.decode("utf-8-sig"))))
    assert rows[1][0] == "không nhập" and rows[1][3:5] == ["độ cứng", "column_left"]
    assert db.session.scalars(select(ListingRevision.title)).all() == ["Bơm tay"]
