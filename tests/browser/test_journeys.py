"""The main journeys in Chromium, on the exchange as `make run` starts it: what JavaScript adds, and all works without."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.conftest import shoot
from tests.browser.people import follow
from tests.buyer_requests.test_writing import steps as need_steps
from tests.listings.test_writing import FORMS
from tests.thorough import ALL

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
SUPPLIER, AGENCY, MODERATOR = "supplier@demo.example", "agency@demo.example", "moderator@demo.example"
MARK = f"{int(time.time()) % 1_000_000:06d}"  # tells this run's things from an earlier run's on the same exchange
TITLE = f"Màng gốm lọc nước ngầm nhiễm asen mẫu {MARK}"
PROBLEM = f"Đo độ đục nước sông nội đô liên tục, không cần người trông, đợt {MARK}"


def fill(page: Page, values: dict[str, Any]) -> None:
    """Fill in the fields of a step by name, whatever they are."""
    for name, value in values.items():
        field = page.locator(f'[name="{name}"]')
        if field.count() == 0:  # a row that is not there yet
            page.click(f"button[name=add-{name.partition('-')[0]}]")
            field = page.locator(f'[name="{name}"]')
            field.first.wait_for()
        if isinstance(value, list):
            for one in value:
                page.check(f'[name="{name}"][value="{one}"]')
        elif field.first.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        elif (kind := field.first.get_attribute("type")) == "hidden":
            continue
        elif kind in {"radio", "checkbox"}:
            page.check(f'[name="{name}"][value="{value}"]')
        else:
            field.fill(value)


def go_on(page: Page) -> None:
    """Press the button that saves and goes to the next step."""
    here = page.url
    page.click("button[name=go][value=next]")
    page.wait_for_url(lambda url: url.split("#")[0] != here.split("#")[0])


def at_step(page: Page, base: str, step: str) -> None:
    """Be at a step of the form: the one before leads there mostly."""
    if not page.url.endswith(f"{base}/edit/{step}"):
        page.goto(f"{base}/edit/{step}")


def write(page: Page, path: str, title: str, steps: dict[str, dict[str, Any]]) -> str:
    """Begin a thing and fill in its steps; return the address of its pages."""
    page.goto(f"{path}/new")
    page.fill("#title", title)
    page.click("main form .btn-primary")
    page.wait_for_url("**/edit/**")
    base = page.url.partition("/edit/")[0]
    for step, values in steps.items():
        at_step(page, base, step)
        fill(page, {**values, "title": title} if "title" in values else values)
        go_on(page)
    return base


def submit(page: Page, base: str) -> None:
    page.goto(f"{base}/review")
    page.click("form[action$='/submit'] button[type=submit]")
    expect(page.locator(".message-success")).to_be_visible()


def decide(page: Page, title: str, action: str, reason: str = "") -> None:
    """Find a case in the queue by its title, take it unless it is taken, answer the checklist, decide."""
    page.goto(f"/moderation?q={title.split()[-1]}")
    follow(page.locator("main").get_by_role("link", name=title))
    take = page.locator("form[action$='/claim'] button")
    if take.count():
        follow(take.first)
    page.wait_for_selector("#decide")
    for check in page.locator("#decide fieldset").all():
        check.locator("input[value=met]").check()
    if page.locator("#control_class").count():
        page.select_option("#control_class", "ordinary")
    if reason:
        page.select_option("#reason_code", reason)
        expect(page.locator("#text")).not_to_have_value("")  # the reason brings its own words
        page.locator("#decide fieldset input[value=problem]").first.check()
    page.click(f"#decide button[value={action}]")
    expect(page.locator(".message-success")).to_contain_text(title)


def until(page: Page, path: str, text: str) -> None:
    """Open a page until the worker has done what it shows."""
    for _attempt in range(40):
        page.goto(path)
        if text in page.inner_text("main"):
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{path} never shows {text}")


def picture() -> dict[str, Any]:
    """A picture as somebody chooses it on the machine."""
    out = io.BytesIO()
    image = Image.new("RGB", (960, 600), "#e3efee")
    draw = ImageDraw.Draw(image)
    for number in range(12):
        draw.ellipse((60 + 70 * number, 180, 120 + 70 * number, 420), fill="#0b5351", outline="#12232e", width=4)
    image.save(out, "JPEG", quality=85)
    return {"name": "mô-đun màng.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_a_supplier_publishes_after_changes_and_is_found(open_page: Open) -> None:
    page = open_page(SUPPLIER)
    base = write(page, "/my/listings", TITLE, {})

    at_step(page, base, "what")
    fill(page, FORMS["what"])  # its second row comes by pressing a button
    page.fill("#specs-1-name", "Tuổi thọ màng")
    page.fill("#specs-1-value", "5")
    page.fill("#specs-1-unit", "năm")
    expect(page.locator("[data-saved]").first).to_contain_text(re.compile(r"Đã lưu.*\d\d:\d\d"))
    shoot(page, "journeys/supplier-1-saved-as-one-goes")
    go_on(page)
    at_step(page, base, "maturity")
    fill(page, FORMS["maturity"])
    go_on(page)
    at_step(page, base, "transfer")
    page.select_option("[name=province_code]", "01")
    expect(page.locator('[name=ward_code] option[value="00070"]')).to_be_attached()
    fill(page, FORMS["transfer"])
    expect(page.locator("#price_min-echo")).to_contain_text("1.500.000.000")
    go_on(page)
    page.goto(f"{base}/edit/what")
    page.fill("#title", "Đ" * 301)
    expect(page.locator("#title-count")).to_have_class(re.compile("is-advice"))
    expect(page.locator("#title-count")).to_contain_text("300 / 300")  # the browser takes no more
    page.fill("#title", TITLE)
    go_on(page)
    page.goto(f"{base}/edit/files")
    form = page.locator("form:has(input[name=role][value=image])")
    form.locator("input[type=file]").set_input_files(picture())
    form.locator("[name=caption]").fill("Mô-đun 12 màng")
    form.locator("button[type=submit]").click()
    expect(page.locator(".file-row img")).to_be_visible()
    shoot(page, "journeys/supplier-2-picture")
    submit(page, base)
    shoot(page, "journeys/supplier-3-submitted")

    desk = open_page(MODERATOR)
    decide(desk, TITLE, "request_changes", "trl_unsupported")
    shoot(desk, "journeys/supplier-4-changes-asked-for")
    page.goto(f"{base}/edit/maturity")
    expect(page.locator("main")).to_contain_text("Mức TRL thiếu căn cứ")
    shoot(page, "journeys/supplier-5-what-must-change")
    page.fill("#trl_evidence", "Biên bản thử nghiệm số 12 tại trạm Yên Viên.")
    go_on(page)
    submit(page, base)
    decide(desk, TITLE, "approve")

    code = base.rpartition("/")[2]
    for phone, locale in ((False, "vi"), (True, "en"), *([(True, "vi")] if ALL else [])):
        visitor = open_page(phone=phone, locale=locale)
        until(visitor, f"/technologies?q=mang+gom+loc+nuoc+{MARK}", code)
        expect(visitor.locator("mark").first).to_contain_text(re.compile("màng gốm", re.IGNORECASE))
        shoot(visitor, f"journeys/supplier-6-found-{'phone' if phone else 'desktop'}-{locale}")


@pytest.mark.thorough  # a need is written as a technology is; what follows is shown by tests/journeys/test_buyer.py
def test_an_agency_posts_a_problem_and_sees_why_technologies_fit(open_page: Open) -> None:
    page = open_page(AGENCY)
    steps = need_steps()
    steps["problem"] |= {
        "summary": "Cần trạm đo chất lượng nước sông nội đô theo thời gian thực, tự làm sạch đầu dò.",
        "context": "Nước sông nội đô đổi chất lượng theo giờ, lấy mẫu thủ công không kịp.",
        "title_en": "", "summary_en": "",
    }
    steps["result"]["target_result"] = "Giám sát chất lượng nước sông nội đô theo thời gian thực bằng trạm đầu dò IoT."
    steps["result"]["tags"] = "chất lượng nước, IoT, đầu dò"
    base = write(page, "/my/needs", PROBLEM, steps)
    page.goto(f"{base}/edit/terms")
    shoot(page, "journeys/buyer-1-criteria")
    submit(page, base)
    decide(open_page(MODERATOR), PROBLEM, "approve")
    code = base.rpartition("/")[2]
    until(page, f"/needs/{code}-", "Trạm đầu dò IoT giám sát chất lượng nước sông nội đô")
    why = page.locator("#matches .match").filter(has_text="Trạm đầu dò IoT").first
    if not why.locator("table").is_visible():
        why.locator("summary").click()
    expect(why).to_contain_text("Trong khoảng yêu cầu")
    expect(why).to_contain_text("TRL 6–9")
    shoot(page, "journeys/buyer-2-why-they-match")


@pytest.mark.parametrize(
    ("phone", "locale"),
    [pytest.param(False, "vi", id="desktop-vi"), pytest.param(True, "en", id="phone-en", marks=pytest.mark.thorough)],
)
def test_a_visitor_searches_without_diacritics_and_filters(open_page: Open, phone: bool, locale: str) -> None:
    page = open_page(phone=phone, locale=locale)
    page.goto("/")
    page.fill("#hero-q", "xu ly nuoc thai")
    with page.expect_navigation():  # until all results are there: they are counted
        page.press("#hero-q", "Enter")
    expect(page.locator("mark").first).to_be_visible()
    before = page.locator(".result").count()
    assert before
    if phone:
        page.click(".filters-open")
    box = page.locator("#filters input[type=checkbox]").first
    with page.expect_navigation():
        box.check()
        if phone:
            page.locator("#filters button[type=submit]").first.click()
    expect(page.locator(".chip, .chips a").first).to_be_visible()
    assert 0 < page.locator(".result").count() <= before
    assert "q=xu" in page.url
    shoot(page, f"journeys/visitor-filtered-{'phone' if phone else 'desktop'}-{locale}")
    page.locator(".result a").first.click()
    expect(page.locator("h1")).to_be_visible()


def test_a_step_and_a_search_work_without_javascript(open_page: Open) -> None:
    page = open_page(SUPPLIER, javascript=False)
    title = f"Bản thảo không mã kịch bản {MARK}"
    base = write(page, "/my/listings", title, {"what": {"problem_solved": "Nước đục.", "advantages": "Rẻ."}})
    page.goto(f"{base}/edit/what")
    page.click("button[name=add-specs]")
    page.wait_for_selector("[name=specs-1-name]")
    assert page.input_value("#advantages") == "Rẻ.", "what was typed is still there"
    fill(page, {"specs-0-name": "Công suất", "specs-0-value": "500", "specs-1-name": "Áp lực", "specs-1-value": "3 bar"})
    go_on(page)
    page.goto(f"{base}/review")
    for words in ("Công suất", "3 bar", "Nước đục."):
        assert words in page.inner_text("main")
    shoot(page, "journeys/no-javascript-review")
    page.goto("/technologies")
    page.fill("#filters input[type=search], #filters input[name=q]", "nuoc thai")
    page.check("#filters input[name=trl] >> nth=0")
    page.click("#filters button[type=submit]")
    assert re.search(r"q=nuoc\+thai", page.url)
    assert "trl=" in page.url
    shoot(page, "journeys/no-javascript-search")
