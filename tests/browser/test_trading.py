"""From interest to a recorded deal in a real browser: two sides, an officer, a stranger; two widths, two languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from marketplace.values import clock
from tests.browser.accessibility import violations
from tests.browser.conftest import shoot
from tests.browser.people import follow, read_if_asked
from tests.browser.places import is_a_place
from tests.files import samples
from tests.thorough import ALL

pytestmark = pytest.mark.browser

SUPPLIER, BUYER, OFFICER, STRANGER = (f"{name}@demo.example" for name in ("supplier", "buyer", "officer", "inventor"))
WORDS = "Chúng tôi có kênh dẫn nước rửa rau và muốn đo lưu lượng liên tục tại hai vị trí."
ANSWER = "Mô-đun màng của chúng tôi lọc nước rửa rau ở 4 °C; rau giữ được mười ngày trong ba lần thử tại kho lạnh."
Open = Callable[..., Page]
BUTTON = "button.btn:not(.visually-hidden)"
UNFOLD = """forms => {
    for (const form of forms) {
        for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    }
}"""


def answer(page: Page, text: str, technology: str = "") -> str:
    """Write an answer on the page of what is asked, send it; return the address of its conversation."""
    press(page, "/answer")
    if technology:
        chosen = page.locator('[name="technology"] option').filter(has_text=technology).get_attribute("value")
        page.select_option('[name="technology"]', chosen)
    page.fill('[name="summary"]', text)
    for one in page.locator('[name^="targets-"][name$="-value"]').all():
        one.fill("10")
    for one in page.locator('[name="declarations"]').all():
        one.check()
    follow(page.locator('button[name="go"][value="next"]'))
    press(page, "/send")
    found = page.locator('a[href^="/leads/"]').first.get_attribute("href")
    assert found is not None
    return found


def press(page: Page, action: str, **fields: str) -> None:
    """Fill in the form of the page that goes to `action` and press its button, opening what is folded."""
    forms = page.locator(f'main form[action*="{action}"]')
    if not forms.count():  # the form of the page itself
        forms = page.locator("main form.form:not([action])")
    forms.evaluate_all(UNFOLD)
    # The next step has its button in the page and, on a phone, in the bar at the bottom.
    form = next(one for one in forms.all() if one.locator(BUTTON).first.is_visible())
    for name, value in fields.items():
        field = form.locator(f'[name="{name}"]').first
        tag = field.evaluate("field => field.tagName + ':' + field.type")
        if tag.startswith("SELECT"):
            field.select_option(value)
        elif tag == "INPUT:radio":
            form.locator(f'[name="{name}"][value="{value}"]').check()
        elif tag == "INPUT:file":
            field.set_input_files(value)
        else:
            field.fill(value)
    with page.expect_navigation():
        form.locator(BUTTON).first.click()


def clean(page: Page) -> None:
    """Axe finds nothing on the page as it stands; in `make test` it only looks where no place is this page."""
    if ALL or not is_a_place(page.url):
        assert not (found := violations(page)), found


def fill_terms(page: Page, price: str, exclusivity: str = "non_exclusive") -> None:
    """Write a version: what is not prefilled yet, the price, and a schedule of two milestones."""
    def say(name: str, value: str) -> None:
        field = page.locator(f'[name="{name}"]').first
        tag = field.evaluate("field => field.tagName + ':' + field.type")
        if tag.startswith("SELECT"):
            field.select_option(value)
        elif tag == "INPUT:radio":
            page.locator(f'[name="{name}"][value="{value}"]').check()
        else:
            field.fill(value)

    say("scope", "Quyền sử dụng thiết kế trạm đo và phần mềm quy đổi COD cho hai trạm.")
    for name, value in (("transfer_right", "use_right"), ("exclusivity", exclusivity), ("transfer_form", "independent"),
                        ("direction", "domestic"), ("territory", "Việt Nam"), ("term_months", "36"),
                        ("dispute_body", "Trung tâm Trọng tài Quốc tế Việt Nam"), ("penalties", "8 % phần bị vi phạm")):
        if page.locator(f'[name="{name}"]').count():
            say(name, value)
    for group in ("transfer_methods", "payment_methods"):
        box = page.locator(f'[name="{group}"]')
        if box.count() and not page.locator(f'[name="{group}"]:checked').count():
            box.first.check()
    say("price", price)
    half, rest = {"600 triệu": ("300 triệu", "300 triệu"), "500 triệu": ("200 triệu", "300 triệu"),
                  "550 triệu": ("250 triệu", "300 triệu")}[price]
    for place, (title, amount, days) in enumerate((("Trạm thứ nhất", half, 20), ("Trạm thứ hai", rest, 60))):
        due = clock.today() + timedelta(days=days)
        for column, value in (("title", title), ("deliverable", "Trạm gửi số liệu"), ("due_on", f"{due:%d/%m/%Y}"),
                              ("amount", amount)):
            say(f"milestones-{place}-{column}", value)
    for place in range(2, 6):
        for column in ("title", "deliverable", "due_on", "amount"):
            spare = page.locator(f'[name="milestones-{place}-{column}"]')
            if spare.count():
                spare.fill("")
    with page.expect_navigation():
        page.locator("main form .form-buttons button.btn-primary").first.click()


@pytest.fixture
def contract(tmp_path: Path) -> str:
    path = tmp_path / "hop-dong.pdf"
    path.write_bytes(samples.PDF)
    return str(path)


def test_interest_three_versions_a_deal_a_dispute_and_its_completion(open_page: Open, contract: str) -> None:
    buyer, supplier = open_page(BUYER, phone=True), open_page(SUPPLIER)
    buyer.goto("/technologies?q=bo+do+muc+nuoc+ra+da")
    follow(buyer.locator(".result-title a").first)
    follow(buyer.locator('a[href$="/interest"]').first)
    clean(buyer)
    press(buyer, "/interest", text=WORDS)
    code = re.search(r"/leads/(QT-\d{4}-\d{6})", buyer.url)
    assert code is not None, buyer.url
    lead = f"/leads/{code[1]}"
    shoot(buyer, "trade-1-interest-phone")

    supplier.goto("/dashboard")
    follow(supplier.locator(f'a[href="{lead}"]').first)
    assert WORDS in supplier.inner_text("main")
    press(supplier, "/moves/accept")
    press(supplier, "/messages", text="Trạm chịu được 40 °C. Xin gửi kết quả phân tích **cặn lơ lửng**.")
    for page, price in ((supplier, "600 triệu"), (buyer, "500 triệu"), (supplier, "550 triệu")):
        page.goto(f"{lead}/terms/new")
        fill_terms(page, price, "exclusive")
        assert page.url.split("#")[0].endswith(lead), page.inner_text("main")[:1500]
    clean(supplier)
    shoot(supplier, "trade-2-three-versions")
    buyer.goto(f"{lead}/terms/3")
    assert "550.000.000" in buyer.inner_text("main")
    clean(buyer)
    shoot(buyer, "trade-3-accept-phone")
    press(buyer, "/terms/3/accept")
    found = re.search(r"GD-\d{4}-\d{6}", buyer.content())
    assert found is not None
    deal = f"/deals/{found[0]}"

    supplier.goto(deal)
    press(supplier, "/moves/draft")
    supplier.goto(f"{deal}/contract")
    clean(supplier)
    press(supplier, "/contract", contract_no="21/2026/HĐCGCN", item_obligations="Như hai bên đã thống nhất.",
          item_liability="Bồi thường thiệt hại thực tế.", item_warranty="Mười hai tháng.")
    press(supplier, "/moves/present")
    for page, name in ((supplier, "Nguyễn Thu Hà"), (buyer, "Phạm Minh Đức")):
        page.goto(f"{deal}/signature")
        clean(page)
        press(page, "/signature", signer_name=name, signer_position="Giám đốc", authority="legal_representative",
              method="paper_scan", signed_on=f"{clock.today():%d/%m/%Y}", file=contract)
    shoot(buyer, "trade-4-signed-phone")
    supplier.goto(deal)
    press(supplier, "/moves/take_effect")
    press(supplier, "/moves/begin_delivery")

    follow(supplier.locator('a[href*="/deliver"]').first)
    press(supplier, "/deliver", note="Trạm thứ nhất gửi số liệu bảy ngày liền.", file=contract)
    buyer.goto(deal)
    press(buyer, "/return", reason="Thiếu sổ tay vận hành.")
    press(buyer, "/moves/dispute", reason_code="documents", reason="Bên giao không gửi sổ tay vận hành.")
    shoot(buyer, "trade-5-disputed-phone")
    officer = open_page(OFFICER, locale="en")
    officer.goto("/staff/deals?stage=disputed")
    clean(officer)
    shoot(officer, "trade-6-officers-list-en")
    officer.goto(deal)
    read_if_asked(officer)
    press(officer, "/notes", text="Hẹn hai bên thứ Sáu.")
    press(officer, "/moves/resume_delivering", reason="Bên giao gửi sổ tay trong tuần.")
    clean(officer)
    shoot(officer, "trade-7-settled-en")

    for _step in range(2):
        supplier.goto(deal)
        follow(supplier.locator('a[href*="/deliver"]').first)
        press(supplier, "/deliver", note="Trạm gửi số liệu, sổ tay kèm theo.", file=contract)
        buyer.goto(deal)
        press(buyer, "/accept")
    supplier.goto(deal)
    press(supplier, "/moves/hand_over")
    buyer.goto(f"{deal}/acceptance")
    press(buyer, "/acceptance", minutes_no="02/BBNT", minutes_on=f"{clock.today():%d/%m/%Y}", minutes=contract,
          result="Hai trạm gửi số liệu ổn định 30 ngày.", value_realised="550 triệu", evidence=contract)
    assert "Hoàn thành" in buyer.inner_text("main")
    supplier.goto(deal)
    clean(supplier)
    shoot(supplier, "trade-8-completed")
    with supplier.expect_download() as download:
        supplier.locator('a[href$="/record.pdf"]').first.click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    supplier.goto("/inbox")
    clean(supplier)
    shoot(supplier, "trade-9-inbox")

    stranger = open_page(STRANGER)
    for path in (lead, f"{lead}/terms/3", f"{lead}/terms/new", deal, f"{deal}/contract", f"{deal}/signature",
                 f"{deal}/acceptance", f"{deal}/record.pdf"):
        answer = stranger.goto(path)
        assert answer is not None and answer.status == 404, path


@pytest.mark.thorough  # the way that ends soon
def test_a_supplier_answers_a_need_and_is_declined_with_a_reason(open_page: Open) -> None:
    supplier, buyer = open_page(SUPPLIER, locale="en"), open_page(BUYER)
    supplier.goto("/needs?q=thu+nhanh+du+luong")
    follow(supplier.locator(".result-title a").first)
    follow(supplier.locator('a[href$="/answer"]').first)
    clean(supplier)
    lead = answer(supplier, "We build probes for wash water and can adapt one to residues at the gate.")
    shoot(supplier, "trade-a-answer-en")
    buyer.goto(lead)
    press(buyer, "/moves/decline", reason_code="not_a_fit", reason="Chúng tôi cần que thử, không cần đầu đo.")
    supplier.goto(lead)
    assert "Does not fit the need or the technology" in supplier.inner_text("main")
    assert "Chúng tôi cần que thử, không cần đầu đo." in supplier.inner_text("main")
    shoot(supplier, "trade-b-declined-en")


@pytest.mark.thorough  # the second way into a deal
def test_a_supplier_answers_a_need_and_wins_as_far_as_the_text_of_the_contract(open_page: Open) -> None:
    supplier, buyer = open_page(SUPPLIER), open_page(BUYER, phone=True)
    supplier.goto("/needs?q=keo+dai+thoi+gian+bao+quan+rau+an+la")
    follow(supplier.locator(".result-title a").first)
    wanted = supplier.inner_text("main h1")
    follow(supplier.locator('a[href$="/answer"]').first)
    lead = answer(supplier, ANSWER, "MBR")
    assert ANSWER in supplier.inner_text("main")
    shoot(supplier, "trade-c-answer-with-technology")

    buyer.goto("/dashboard")
    follow(buyer.locator(f'a[href="{lead}"]').first)
    assert ANSWER in buyer.inner_text("main") and wanted in buyer.inner_text("main")
    clean(buyer)
    press(buyer, "/moves/accept")
    supplier.goto(f"{lead}/terms/new")
    fill_terms(supplier, "600 triệu")
    assert supplier.url.split("#")[0].endswith(lead), supplier.inner_text("main")[:1500]
    buyer.goto(f"{lead}/terms/1")
    assert "600.000.000" in buyer.inner_text("main")
    press(buyer, "/terms/1/accept")
    shoot(buyer, "trade-d-won-phone")

    supplier.goto("/dashboard")
    number = re.search(r"GD-\d{4}-\d{6}", buyer.content())
    assert number is not None
    deal = f"/deals/{number[0]}"
    follow(supplier.locator(f'a[href^="{deal}"]').first)
    assert supplier.url.split("#")[0].endswith(deal)
    assert "Đã thống nhất điều khoản" in supplier.inner_text("main")
    clean(supplier)
    shoot(supplier, "trade-e-deal-opened")
    press(supplier, "/moves/draft")
    supplier.goto(f"{deal}/contract")
    assert "600.000.000" in supplier.input_value('[name="item_price"]'), "taken from the terms"
    clean(supplier)
    press(supplier, "/contract", contract_no="22/2026/HĐCGCN", item_warranty="Mười tám tháng kể từ ngày nghiệm thu.")
    buyer.goto(deal)
    buyer.locator("#contract details summary").click()
    assert "Mười tám tháng kể từ ngày nghiệm thu." in buyer.inner_text("main")
    clean(buyer)
    shoot(buyer, "trade-f-contract-phone")
    supplier.goto(f"{deal}/contract")
    shoot(supplier, "trade-g-contract")
