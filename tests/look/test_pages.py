"""The frame, the style guide and the error pages through the web client."""

from __future__ import annotations

import re

import pytest
from flask import Flask, render_template
from sqlalchemy.exc import OperationalError

from marketplace.pages.styleguide import PARTS
from marketplace.web.errors import PAGES


@pytest.mark.parametrize("part", [part for part, _name, _text in PARTS])
def test_every_component_renders(app: Flask, part: str) -> None:
    for query in ("", "?errors=1"):
        answer = app.test_client().get(f"/styleguide/{part}{query}")
        assert answer.status_code == 200
        assert "undefined" not in answer.text.lower()


def test_the_style_guide_lists_its_parts(app: Flask) -> None:
    page = app.test_client().get("/styleguide").text
    assert all(f"/styleguide/{part}" in page for part, _name, _text in PARTS)
    assert app.test_client().get("/styleguide/nothing").status_code == 404


@pytest.mark.parametrize("part", [part for part, _name, _text in PARTS])
def test_ids_are_unique_and_every_description_exists(app: Flask, part: str) -> None:
    page = app.test_client().get(f"/styleguide/{part}?errors=1").text
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(set(ids)) == sorted(ids), {name for name in ids if ids.count(name) > 1}
    for names in re.findall(r'aria-(?:describedby|labelledby|controls)="([^"]+)"', page):
        assert set(names.split()) <= set(ids), names


def test_a_refused_form_links_its_summary_to_its_fields(app: Flask) -> None:
    page = app.test_client().get("/styleguide/forms?errors=1").text
    summary = page.split('class="error-summary"')[1].split("</ul>")[0]
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert {"title", "price", "agree", "kind-0"} <= set(targets)
    assert all(f'id="{target}"' in page for target in targets)
    assert 'aria-invalid="true"' in page


def test_enter_in_a_form_presses_no_row_button(app: Flask) -> None:
    page = app.test_client().get("/styleguide/forms").text
    form = page.split('class="form"')[1]
    first = re.search(r"<button[^>]*type=\"submit\"[^>]*>", form)
    assert first and "name=" not in first[0]


@pytest.mark.parametrize("status", sorted(PAGES))
def test_an_error_page_says_what_happened_and_what_to_do(app: Flask, status: int) -> None:
    with app.test_request_context("/anything"):
        page = render_template(f"errors/{status}.html", message="", kept=[], back="")
    assert f"Lỗi {status}" in page
    assert page.count("<li>") >= 2
    assert len(re.findall("<h1>", page)) == 1


def test_an_error_page_shows_what_was_typed(app: Flask) -> None:
    with app.test_request_context("/anything"):
        page = render_template("errors/409.html", message="", kept=[("summary", "<b>Màng lọc</b>")], back="/back")
    assert "&lt;b&gt;Màng lọc" in page and 'href="/back"' in page


def test_an_error_page_needs_no_database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("down"))

    monkeypatch.setattr("sqlalchemy.orm.session.Session.execute", broken)
    with app.test_request_context("/anything"):
        assert "Lỗi 503" in render_template("errors/503.html")


def test_a_visitor_can_sign_in_from_the_menu_of_a_phone(app: Flask) -> None:
    page = app.test_client().get("/styleguide").text
    menu = page.split('id="menu"')[1].split("</nav>")[0]
    assert "/login" in menu
