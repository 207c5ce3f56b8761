"""While a person types: what is visible and begins so, with or without marks; nothing else, and never an error."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.browse import indexing
from marketplace.core.extensions import db
from marketplace.listings.models import Listing
from tests import factories
from tests.browse.conftest import Catalogue
from tests.statements import statements
from tests.thorough import often


def suggested(client: Any, text: str, kind: str = "listing") -> dict[str, list[dict[str, str]]]:
    answer = client.get("/search/suggest", query_string={"q": text, "in": kind})
    assert answer.status_code == 200 and answer.mimetype == "application/json"
    return {group["label"]: group["items"] for group in answer.get_json()["groups"]}


def texts(client: Any, text: str, kind: str = "listing") -> set[str]:
    return {item["text"] for items in suggested(client, text, kind).values() for item in items}


@pytest.mark.parametrize("text", ["màng lọc", "mang lo", "MANG LOC NA", "Màng l", "loc nano"])
def test_titles_are_suggested_with_or_without_marks(catalogue: Catalogue, ctx: Flask, text: str) -> None:
    found = suggested(factories.client(ctx), text)["Công nghệ"]
    assert found[0]["text"] == "Màng lọc nano xử lý nước nhiễm asen"
    assert found[0]["href"].startswith(f"/technologies/{catalogue.membrane.code}-")


@pytest.mark.parametrize("text", ["điều", "dieu kh", "đèn gi", "den giao"])
def test_the_letter_with_a_stroke_needs_no_stroke(catalogue: Catalogue, ctx: Flask, text: str) -> None:
    assert "Điều khiển đèn giao thông bằng trí tuệ nhân tạo" in texts(factories.client(ctx), text)


def test_organisations_codes_terms_and_filters_are_suggested(catalogue: Catalogue, ctx: Flask) -> None:
    client = factories.client(ctx)
    indexing.rebuild()
    assert "Viện Nước Thử Nghiệm" in {item["text"] for item in suggested(client, "vien nuoc")["Tổ chức"]}
    code = catalogue.light.code
    for typed in (code, code[:-1], code.lower(), code.replace("-", "")):
        assert code in {item["note"] for item in suggested(client, typed)["Công nghệ"]}, typed
    terms = {item["text"]: item for item in suggested(client, "tri tue")["Thuật ngữ"]}
    assert "trí tuệ nhân tạo" in terms and "q=tr%C3%AD+tu%E1%BB%87" in terms["trí tuệ nhân tạo"]["href"]
    assert "màng lọc" in {item["text"] for item in suggested(client, "mang")["Thuật ngữ"]}
    kinds = {item["text"]: item["href"] for item in suggested(client, "phần mềm")["Bộ lọc"]}
    assert kinds["Phần mềm máy tính"] == "/technologies?kind=software"


def test_the_reader_s_language_is_suggested(catalogue: Catalogue, ctx: Flask) -> None:
    assert "Traffic lights controlled by AI" in texts(factories.client(ctx, locale="en"), "traffic li")
    assert "Điều khiển đèn giao thông bằng trí tuệ nhân tạo" in texts(factories.client(ctx), "traffic li")


def test_what_the_index_does_not_yet_know_to_be_hidden_is_not_suggested(catalogue: Catalogue, ctx: Flask) -> None:
    title, client = "Màng lọc nano xử lý nước nhiễm asen", factories.client(ctx)
    found = f"/technologies/{catalogue.membrane.code}"
    assert title in texts(client, "mang lo") and found in client.get("/technologies?q=màng+lọc").text
    db.session.get_one(Listing, catalogue.membrane.id).state = "suspended"
    db.session.commit()  # the worker has not yet indexed it
    assert title not in texts(client, "mang lo")
    assert found not in client.get("/technologies?q=màng+lọc").text


def test_terms_that_would_find_nothing_are_not_suggested(catalogue: Catalogue, ctx: Flask) -> None:
    assert "Thuật ngữ" not in suggested(factories.client(ctx), "robot")


@pytest.mark.parametrize("text", ["", " ", "m", "?", '"', "-", "OR", "*" * 500, "a" * 5000, "\x00", "|", "%"])
def test_short_and_odd_texts_suggest_nothing_and_are_no_error(catalogue: Catalogue, ctx: Flask, text: str) -> None:
    assert suggested(factories.client(ctx), text) == {}


def test_suggestions_cost_few_statements_and_stay_with_the_reader(catalogue: Catalogue, ctx: Flask) -> None:
    client = factories.client(ctx)
    with statements(ctx) as seen:
        answer = client.get("/search/suggest?q=x%E1%BB%AD+l%C3%BD+n")
    assert len(seen) <= 3, seen
    assert answer.headers["Cache-Control"].startswith("private") and "Cookie" in answer.headers["Vary"]


@settings(max_examples=often(60), deadline=None)
@given(st.text(max_size=30))
def test_any_text_may_be_typed(shared_app: Flask, text: str) -> None:
    assert shared_app.test_client().get("/search/suggest", query_string={"q": text}).status_code == 200
