"""A session that ended, another organisation acted for by now, an address that only takes what is sent to it."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import factories
from tests.negotiation.factories import Cast

TEXT = "Một đoạn văn dài mà không ai muốn gõ lại lần nữa"


@pytest.fixture
def cast(ctx: Flask) -> Cast:
    return Cast()


def test_a_session_that_ended_says_so_keeps_the_text_and_leads_to_sign_in(
    ctx: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = cast.lead_in("negotiating")
    visitor = factories.client(ctx)
    monkeypatch.setitem(ctx.config, "WTF_CSRF_ENABLED", True)
    answer = visitor.post(
        f"/leads/{lead.code}/messages", data={"text": TEXT, "once": "1"}, headers={"Referer": f"http://localhost/leads/{lead.code}"}
    )
    assert answer.status_code == 401
    assert "Phiên đăng nhập đã kết thúc" in answer.text and TEXT in answer.text
    assert f'href="/login?next=%2Fleads%2F{lead.code}"' in answer.text
    assert f"<dt>Nội dung</dt><dd>{TEXT}</dd>" in answer.text
    assert "<dt>text</dt>" not in answer.text


def test_another_organisation_meanwhile_is_told_in_the_readers_language(ctx: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    answer = cast.client(ctx, "buyer").post(f"/leads/{lead.code}/messages", data={"text": TEXT, "acting": "999999"})
    assert answer.status_code == 409
    assert "This form was opened" not in answer.text and "Biểu mẫu này được mở khi" in answer.text
    assert TEXT in answer.text and "<dt>text</dt>" not in answer.text
    assert f'href="/leads/{lead.code}"' in answer.text  # where it can be opened again


def test_the_language_link_of_a_refused_form_leads_to_its_page(ctx: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    answer = cast.client(ctx, "buyer").post(f"/leads/{lead.code}/messages", data={"text": ""})
    assert answer.status_code == 422
    assert f'action="/language/en?next=/leads/{lead.code}"' in answer.text


@pytest.mark.parametrize("rest", ["messages", "moves/accept"])
def test_opening_an_address_that_only_takes_leads_to_its_page(ctx: Flask, cast: Cast, rest: str) -> None:
    lead = cast.lead_in("negotiating")
    answer = cast.client(ctx, "buyer").get(f"/leads/{lead.code}/{rest}")
    assert (answer.status_code, answer.headers.get("Location")) == (302, f"/leads/{lead.code}")


def test_an_address_without_a_page_above_says_what_it_is(ctx: Flask) -> None:
    page = factories.client(ctx).get("/logout")
    assert page.status_code == 405
    assert "Lỗi 405" in page.text and "chỉ nhận nội dung" in page.text and "không đọc được" not in page.text
