"""The pages of terms: three versions through the web client until both agree, and what stands in the way."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.core.extensions import db
from marketplace.deals.models import Deal
from marketplace.negotiation.actions import moves, terms
from marketplace.negotiation.models import Lead, Terms
from marketplace.values import money
from tests.bad_input.pages import forms_of
from tests.negotiation.factories import Cast
from tests.negotiation.terms_samples import EXCLUSIVE, PRICE, form_of, milestones, proposed, values
from tests.statements import statements

NOTE = "Chúng tôi cần độc quyền trong ngành dệt nhuộm."
MARKUP = "<script>alert(1)</script><b onmouseover=x>Tên</b>"
MOST_STATEMENTS = 24


class Web:
    """The people of a lead in talks, each with a browser."""

    def __init__(self, app: Flask) -> None:
        self.app, self.cast = app, Cast()
        self.lead = self.cast.lead_in("negotiating")
        self.path = f"/leads/{self.lead.code}"

    def client(self, name: str, locale: str = "vi") -> FlaskClient:
        return self.cast.client(self.app, name, locale)

    def page(self, name: str, below: str = "", status: int = 200) -> str:
        answer = self.client(name).get(self.path + below)
        assert answer.status_code == status
        return answer.get_data(as_text=True)

    def send(self, name: str, below: str, data: dict[str, Any] | None = None, status: int = 302) -> Any:
        answer = self.client(name).post(self.path + below, data=data or {})
        assert answer.status_code == status, answer.get_data(as_text=True)[-3000:]
        return answer

    def propose(self, name: str, based_on: int, status: int = 302, **said: Any) -> str:
        acting = getattr(self.cast, f"{name.split('_')[0]}_org").id
        more = {"note": said.pop("note", ""), "acting": acting}
        answer = self.send(name, "/terms/new", form_of(values(**said), based_on, **more), status)
        return str(answer.get_data(as_text=True))

    def form(self, name: str) -> dict[str, str]:
        """What the form of a new version holds when it is opened."""
        found = next(one for one in forms_of(self.page(name, "/terms/new"), self.path) if "price" in one.data())
        return {field: said[0].strip() for field, said in found.data().items()}

    def versions(self) -> list[tuple[int, str, str]]:
        db.session.rollback()
        rows = select(Terms).where(Terms.lead_id == self.lead.id).order_by(Terms.number)
        return [(one.number, one.side, one.state) for one in db.session.scalars(rows)]


@pytest.fixture
def web(ctx: Flask) -> Web:
    return Web(ctx)


def test_three_versions_through_the_web_and_a_deal(web: Web) -> None:
    assert "Chưa bên nào đề xuất điều khoản" in web.page("buyer")
    web.propose("supplier", 0)
    web.propose("buyer", 1, price=1_000_000_000, note=NOTE, **EXCLUSIVE)
    page = web.page("supplier")
    assert NOTE in page
    assert "<del>1.200.000.000\u00a0₫</del>" in page
    assert "<ins>1.000.000.000\u00a0₫</ins>" in page
    assert "Đọc và trả lời" in page
    web.propose("supplier", 2, price=1_100_000_000, **EXCLUSIVE)
    assert web.versions() == [(1, "supplier", "superseded"), (2, "buyer", "superseded"), (3, "supplier", "proposed")]
    page = web.page("buyer", "/terms/3")
    assert "Công nghệ sẽ được giữ ngay cho bạn" in page
    assert "Theo quy định pháp luật" not in page, "nothing to register"
    answer = web.send("buyer", "/terms/3/accept")
    deal = db.session.scalars(select(Deal)).one()
    assert answer.headers["Location"] == f"/deals/{deal.code}"
    assert (deal.price, deal.holds_listing) == (1_100_000_000, True)
    assert "Hai bên chấp nhận" in web.page("supplier")
    web.send("buyer", "/terms/3/accept")  # a double click
    assert len(list(db.session.scalars(select(Deal.id)))) == 1


def test_the_form_begins_with_what_the_listing_says(web: Web) -> None:
    said = web.form("buyer")
    assert said["scope"] == "Màng lọc nano xử lý nước nhiễm asen"
    assert (said["transfer_right"], said["transfer_form"], said["price"]) == ("use_right", "independent", "1.500.000.000")
    assert said["based_on"] == "0"
    assert [name for name in said if name.endswith("-title")] == [f"milestones-{place}-title" for place in range(3)]
    assert "funding_source" not in said, "the listing says it"


def test_the_form_begins_with_the_newest_version(web: Web) -> None:
    web.propose("supplier", 0, territory="Miền Bắc", term_months=48)
    said = web.form("buyer")
    assert (said["territory"], said["term_months"], said["based_on"]) == ("Miền Bắc", "48", "1")
    assert said["milestones-1-amount"] == "400.000.000"
    assert said["milestones-1-due_on"].count("/") == 2
    assert said["note"] == "", "the note of the other side is not one's own"


def test_rows_are_added_and_removed_without_a_script(web: Web) -> None:
    data = form_of(values(), 0)
    page = web.send("supplier", "/terms/new", {**data, "add-milestones": "1"}, 200).get_data(as_text=True)
    assert 'name="milestones-3-title"' in page
    page = web.send("supplier", "/terms/new", {**data, "remove-milestones-1": "1"}, 200).get_data(as_text=True)
    assert 'value="Mốc 1"' in page
    assert 'value="Mốc 2"' not in page
    assert web.versions() == []


def test_amounts_are_typed_as_people_write_them_and_empty_rows_do_not_count(web: Web) -> None:
    rows = milestones(count=2)
    data = form_of(values(milestones=rows), 0, price="1,2 tỷ")
    data |= {"milestones-0-amount": "600 triệu", "milestones-1-amount": "600.000.000", "milestones-2-title": ""}
    web.send("supplier", "/terms/new", data)
    version = db.session.scalars(select(Terms)).one()
    assert (version.price, [row["amount"] for row in version.milestones]) == (PRICE, [600_000_000, 600_000_000])


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(web: Web) -> None:
    wrong = {"price": PRICE + 1, "milestones": milestones(), "scope": "", "territory": "Vùng Tây Bắc", "note": NOTE}
    page = web.propose("supplier", 0, 422, **wrong)
    assert "Tổng các mốc là 1.200.000.000\u00a0₫: thiếu 1\u00a0₫ so với giá" in page
    assert "Hãy điền mục này" in page
    for kept in ("Vùng Tây Bắc", NOTE, "Mốc 3", money.format_plain(PRICE + 1)):
        assert kept in page
    assert web.versions() == []


def test_who_is_slower_sees_the_newer_version_and_keeps_what_was_typed(web: Web) -> None:
    web.propose("supplier", 0)
    web.propose("buyer", 1, price=1_000_000_000, note=NOTE)
    late = {"territory": "Ba tỉnh Tây Bắc", "term_months": 120}
    page = web.propose("supplier", 1, 409, **late)
    assert "Phiên bản 2 đã được đề xuất trong lúc bạn soạn" in page
    assert "<ins>1.000.000.000\u00a0₫</ins>" in page
    assert "Ba tỉnh Tây Bắc" in page
    again = next(one for one in forms_of(page, web.path) if "price" in one.data())
    sent = again.data()
    assert sent["based_on"] == ["2"], "sending it again is a decision"
    web.send("supplier", "/terms/new", {name: found if len(found) > 1 else found[0] for name, found in sent.items()})
    assert web.versions()[-1] == (3, "supplier", "proposed")
    assert db.session.scalars(select(Terms).where(Terms.number == 3)).one().territory == "Ba tỉnh Tây Bắc"


def test_a_first_proposal_that_comes_second_is_compared_with_the_one_that_came_first(web: Web) -> None:
    web.propose("buyer", 0, price=1_000_000_000)
    page = web.propose("supplier", 0, 409, territory="Ba tỉnh Tây Bắc")
    assert "Phiên bản 1 đã được đề xuất trong lúc bạn soạn" in page
    assert "<del>1.000.000.000\u00a0₫</del>" in page and "<ins>1.200.000.000\u00a0₫</ins>" in page
    assert "<ins>Ba tỉnh Tây Bắc</ins>" in page
    assert f'href="{web.path}/terms/1" target="_blank"' in page, "what was typed is not left behind"


def test_an_answer_to_a_version_that_was_replaced_says_by_which_and_leads_there(web: Web) -> None:
    web.propose("supplier", 0)
    web.propose("supplier", 1, price=1_300_000_000)
    for action, typed in (("accept", {}), ("decline", {"reason": NOTE})):
        page = web.send("buyer", f"/terms/1/{action}", typed, 409).get_data(as_text=True)
        assert "Phiên bản 2 đã thay thế phiên bản 1" in page
        assert f'class="btn btn-primary" href="{web.path}/terms/2"' in page
        assert "Nội dung đã nhập vẫn còn nguyên" not in page
        assert (NOTE in page) is bool(typed)
    assert web.versions() == [(1, "supplier", "superseded"), (2, "supplier", "proposed")]


@pytest.mark.parametrize(("side", "said"), [("supplier", "đang chờ trả lời"), ("buyer", "Hãy chấp nhận phiên bản đó")])
def test_a_version_that_says_the_same_takes_no_answer_away(web: Web, side: str, said: str) -> None:
    web.propose("supplier", 0)
    page = web.propose(side, 1, 422, note=NOTE)
    assert said in page and NOTE in page
    assert web.versions() == [(1, "supplier", "proposed")]
    web.send("buyer", "/terms/1/decline", {"reason": "Giá quá cao."})
    web.propose(side, 1)  # an answered version may be proposed again
    assert web.versions()[-1] == (2, side, "proposed")


def test_the_summary_names_the_row_and_the_column_of_what_is_wrong(web: Web) -> None:
    rows = milestones()
    rows[0]["due_on"], rows[2]["amount"] = "hôm nào đó", "nhiều"
    page = web.propose("supplier", 0, 422, milestones=rows)
    summary = " ".join(page.split("error-summary-title")[2].split("</ul>")[0].split())
    assert "Dòng 1: Phải xong ngày: " in summary and "Dòng 3: Số tiền: " in summary
    assert "Dòng 2" not in summary


def test_a_proposal_after_the_agreement_is_refused_and_kept(web: Web) -> None:
    web.propose("supplier", 0)
    web.send("buyer", "/terms/1/accept")
    page = web.propose("supplier", 1, 409, territory="Ba tỉnh Tây Bắc")
    assert "Hai bên đã thống nhất" in page
    assert "Ba tỉnh Tây Bắc" in page


def test_a_refusal_that_comes_too_late_is_kept(web: Web) -> None:
    web.propose("supplier", 0)
    web.send("buyer", "/terms/1/accept")
    page = web.send("buyer_signer", "/terms/1/decline", {"reason": NOTE}, 409).get_data(as_text=True)
    assert NOTE in page
    assert "Nội dung này chưa được gửi" in page
    assert "Hai bên chấp nhận" in page


def test_a_refusal_without_words_is_asked_for_them(web: Web) -> None:
    web.propose("supplier", 0)
    assert "Vui lòng nêu lý do" in web.send("buyer", "/terms/1/decline", {"reason": " "}, 422).get_data(as_text=True)
    web.send("buyer_editor", "/terms/1/decline", {"reason": NOTE})
    assert web.versions() == [(1, "supplier", "declined")]


def test_withdrawing_is_for_the_own_side(web: Web) -> None:
    web.propose("supplier", 0)
    web.send("buyer", "/terms/1/withdraw", status=403)
    web.send("supplier_editor", "/terms/1/withdraw")
    assert web.versions() == [(1, "supplier", "withdrawn")]


def test_an_editor_reads_who_may_and_finds_no_button(web: Web) -> None:
    proposed(web.cast, web.lead)
    page, version = web.page("buyer_editor"), web.page("buyer_editor", "/terms/1")
    for text in (page, version, web.page("buyer_editor", "/terms/new", 403)):
        assert "Chỉ quản trị viên và người ký" in text
    assert "/terms/new" not in page + version
    assert "/terms/1/accept" not in version
    assert "/terms/1/decline" in version


@pytest.mark.parametrize("name", ["officer", "auditor", "leader", "moderator", "stranger", ""])
def test_nobody_else_reads_what_is_proposed(web: Web, name: str) -> None:
    proposed(web.cast, web.lead, scope="Bí quyết phủ bề mặt")
    answer = web.client(name).get(f"{web.path}/terms/1")
    assert answer.status_code == (404 if name else 302)
    page = web.client(name).get(web.path).get_data(as_text=True)
    assert "1.200.000.000" not in page
    assert web.client(name).post(f"{web.path}/terms/1/accept").status_code in {302, 401, 404}
    assert web.versions() == [(1, "supplier", "proposed")]


@pytest.mark.parametrize(
    ("listed", "said", "shown"),
    [
        ({}, {"direction": "out"}, "Bắt buộc đăng ký chuyển giao công nghệ"),
        ({"funding_source": "state_budget"}, {}, "Bắt buộc đăng ký chuyển giao công nghệ"),
        ({"control_class": "restricted"}, {}, "phải có giấy phép"),
        ({"control_class": ""}, {}, "Sàn chưa xác định chế độ pháp lý"),
    ],
)
def test_before_accepting_one_reads_that_the_deal_stops_at_signing(
    web: Web, listed: dict[str, Any], said: dict[str, Any], shown: str
) -> None:
    for name, value in listed.items():
        setattr(web.lead.listing.published_revision, name, value)
    proposed(web.cast, web.lead, **said)
    page = web.page("buyer", "/terms/1")
    assert shown in page
    assert "đến bước ký hợp đồng rồi dừng" in page
    assert "/terms/1/accept" in page


def test_what_is_taken_cannot_be_accepted_and_the_page_says_so(web: Web) -> None:
    proposed(web.cast, web.lead, **EXCLUSIVE)
    web.lead.listing.state = "reserved"
    db.session.commit()
    page = web.page("buyer", "/terms/1")
    assert "đã được giữ cho một giao dịch khác" in page
    assert "/terms/1/accept" not in page
    answer = web.send("buyer", "/terms/1/accept", status=409)
    assert "đã được giữ cho một giao dịch khác" in answer.get_data(as_text=True)
    assert web.versions() == [(1, "supplier", "proposed")]


def test_a_need_without_a_listing_asks_how_it_was_funded(web: Web) -> None:
    lead = web.cast.answer()
    moves.accept(lead, web.cast.buyer)
    db.session.commit()
    web.path, web.lead = f"/leads/{lead.code}", lead
    assert 'name="funding_source"' in web.page("supplier", "/terms/new")
    page = web.propose("supplier", 0, 422)
    assert page.count("Hãy điền mục này") == 2, "at the field and on top"
    web.propose("supplier", 0, funding_source="state_budget", result_certificate_no="7/GCN")
    assert "7/GCN" in web.page("buyer", "/terms/1")


def test_markup_is_inert_everywhere(web: Web) -> None:
    hostile = {"scope": MARKUP, "territory": MARKUP, "other": MARKUP, "dispute_body": MARKUP, "note": MARKUP}
    web.propose("supplier", 0)
    web.propose("buyer", 1, milestones=[{**row, "title": MARKUP, "deliverable": MARKUP} for row in milestones()], **hostile)
    pages = [web.page("supplier"), web.page("supplier", "/terms/2"), web.page("supplier", "/terms/new")]
    pages.append(web.propose("supplier", 1, 409, **hostile))
    for page in pages:
        assert "<script>alert" not in page
        assert "<b onmouseover" not in page


def test_many_versions_are_read_in_few_statements(web: Web) -> None:
    for number in range(14):
        proposed(web.cast, web.lead, ("supplier", "buyer")[number % 2], milestones=milestones(count=24),
                 warranty_months=number + 1)
    asked = {}
    for below in ("", "/terms/14", "/terms/new"):
        client = web.client("supplier")
        with statements(web.app) as seen:
            answer = client.get(web.path + below)
        assert answer.status_code == 200
        asked[below] = len(seen)
    assert max(asked.values()) <= MOST_STATEMENTS, asked
    page = web.page("supplier")
    assert 'id="terms-5"' in page
    assert 'id="terms-4"' not in page
    assert f"{web.path}/terms/1\"" in page, "the oldest is a link away"


def test_english_reads_as_english(web: Web) -> None:
    proposed(web.cast, web.lead, **EXCLUSIVE)
    page = web.client("buyer", "en").get(f"{web.path}/terms/1").get_data(as_text=True)
    assert "The technology will be reserved for you at once" in page
    assert "Accept these terms" in page


def test_what_is_no_answer_or_no_version_is_not_found(web: Web) -> None:
    proposed(web.cast, web.lead)
    for below in ("/terms/2", "/terms/0", "/terms/99999999999999999999"):
        web.page("buyer", below, 404)
    for below in ("/terms/1/supersede", "/terms/2/accept", "/terms/1/delete"):
        web.send("buyer", below, status=404)


def test_terms_of_one_lead_are_not_reached_through_another(web: Web) -> None:
    other: Lead = web.cast.lead_in("negotiating", origin="need")
    terms.propose(other, web.cast.supplier, values(funding_source="private"), "", based_on=0)
    db.session.commit()
    web.page("buyer", "/terms/1", 404)
    web.send("buyer", "/terms/1/accept", status=404)
