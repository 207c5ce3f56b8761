"""From interest to a recorded deal, walked through the web client by both sides, an officer and a stranger."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.history_check import broken_links
from marketplace.core.outbox import drain
from marketplace.deals.models import Deal
from marketplace.negotiation.models import Lead
from marketplace.values import clock
from marketplace.vocabulary import ANSWER_DECLARATIONS
from tests.files import samples as uploads
from tests.journeys.walking import Walker
from tests.negotiation.factories import FIRST_WORDS, Cast
from tests.negotiation.terms_samples import form_of, values
from tests.thorough import sqlite_first

PRICE = 1_100_000_000


class Trading:
    """Both sides, an officer and a stranger, each with a browser; a technology and a need."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            cast = Cast(buyer_name="Công ty Dệt nhuộm Hoài Đức")
            self.listing, self.need = cast.listing().code, cast.need().code
            self.org = cast.supplier_org.slug
            self.people = {
                name: Walker(app, getattr(cast, f"{name}_user"), getattr(cast, f"{name}_org", None))
                for name in ("supplier", "buyer", "stranger", "officer")
            }
            db.session.remove()
        self.lead = self.deal = ""

    def __getitem__(self, name: str) -> Walker:
        return self.people[name]

    def open_lead(self, who: str, path: str) -> str:
        self[who].open(path)
        self[who].send(text=FIRST_WORDS)
        found = re.search(r"QT-\d{4}-\d{6}", self[who].path)
        assert found is not None, self[who].path
        self.lead = f"/leads/{found[0]}"
        return self.lead

    def answer_need(self) -> str:
        """Write and send an answer to the need; its conversation opens with it."""
        supplier = self["supplier"]
        supplier.open(f"/needs/{self.need}/answer")
        supplier.send()
        targets = dict.fromkeys(re.findall(r"targets-\d+-value", supplier.page), "60")
        supplier.send(summary=FIRST_WORDS, declarations=list(ANSWER_DECLARATIONS.codes), go="next", **targets)
        supplier.send("/send")
        found = re.search(r"QT-\d{4}-\d{6}", supplier.page)
        assert found is not None, supplier.page
        self.lead = f"/leads/{found[0]}"
        return self.lead

    def talk(self, who: str, action: str, **said: Any) -> str:
        """Make a move of the lead from its page."""
        self[who].open(self.lead)
        return self[who].send(f"/moves/{action}", **said)

    def propose(self, who: str, **changes: Any) -> str:
        self[who].open(f"{self.lead}/terms/new")
        said = {name: value for name, value in form_of(values(**changes)).items() if name != "based_on"}
        return self[who].send(**said)

    def agree(self, who: str, number: int) -> str:
        self[who].open(f"{self.lead}/terms/{number}")
        page = self[who].send(f"/terms/{number}/accept")
        with self.app.app_context():
            rows = select(Deal.code).join(Lead, Lead.id == Deal.lead_id).where(Lead.code == self.lead.split("/")[-1])
            self.deal = f"/deals/{db.session.scalars(rows).one()}"
            db.session.remove()
        return page

    def step(self, who: str, action: str, **said: Any) -> str:
        """Make a move of the deal from its page."""
        self[who].open(self.deal)
        walker = self[who]
        form = next(one for one in _forms(walker) if f"/moves/{action}" in one.action)
        answer = walker.post(form, said)
        assert answer.status_code == 200, walker.page[:500]
        return walker.page

    def sign(self, who: str, name: str) -> str:
        self[who].open(f"{self.deal}/signature")
        return self[who].send(
            signer_name=name, signer_position="Giám đốc", authority="legal_representative", method="paper_scan",
            signed_on=clock.format_date(clock.today()), file=_pdf(f"hop-dong-{who}.pdf"),
        )

    def conclude(self) -> None:
        """From agreed terms to delivery."""
        self.step("supplier", "draft")
        self["supplier"].open(f"{self.deal}/contract")
        texts = dict.fromkeys(("item_obligations", "item_liability"), "Theo thỏa thuận của hai bên.")
        self["supplier"].send(contract_no="12/2026/HĐCGCN", **texts)
        self.step("buyer", "present")
        self.sign("supplier", "Ngô Quang Huy")
        assert "Lê Thị Hoa" in self.sign("buyer", "Lê Thị Hoa")
        self.step("buyer", "take_effect")
        self.step("supplier", "begin_delivery")

    def milestones(self) -> list[int]:
        with self.app.app_context():
            deal = db.session.scalars(select(Deal).where(Deal.code == self.deal.split("/")[-1])).one()
            found = [one.id for one in deal.milestones]
            db.session.remove()
        return found

    def deliver(self, milestone: int) -> None:
        self["supplier"].open(f"{self.deal}/milestones/{milestone}/deliver")
        self["supplier"].send("", note="Đã bàn giao, biên bản kèm theo.", file=_pdf("bien-ban.pdf"))

    def answer(self, milestone: int, action: str, **said: Any) -> str:
        self["buyer"].open(self.deal)
        form = next(one for one in _forms(self["buyer"]) if f"/milestones/{milestone}/{action}" in one.action)
        assert self["buyer"].post(form, said).status_code == 200
        return self["buyer"].page


def _forms(walker: Walker) -> list[Any]:
    found = walker.forms()
    for form in found:
        form.action = form.action.split("#")[0] or walker.path
    return found


def _pdf(name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(uploads.PDF), name


@pytest.fixture
def trading(app: Flask) -> Trading:
    return Trading(app)


def test_interest_three_versions_and_a_deal_that_is_completed_and_counted(trading: Trading, app: Flask) -> None:
    buyer, supplier = trading["buyer"], trading["supplier"]
    assert f"/technologies/{trading.listing}/interest" in buyer.open(f"/technologies/{trading.listing}")
    trading.open_lead("buyer", f"/technologies/{trading.listing}/interest")
    assert "Công ty Dệt nhuộm Hoài Đức" in supplier.open(trading.lead)
    assert trading.lead in supplier.open("/dashboard")
    trading.talk("supplier", "accept")
    buyer.open(trading.lead)
    buyer.send("/messages", text="Xin gửi bảng **thông số** nước thải.", file=_pdf("thong-so.pdf"))
    assert "<strong>thông số</strong>" in supplier.open(trading.lead)

    trading.propose("supplier")
    trading.propose("buyer", price=1_000_000_000, exclusivity="exclusive")
    page = trading.propose("supplier", price=PRICE, exclusivity="exclusive")
    assert "1.100.000.000\N{NO-BREAK SPACE}₫" in page
    trading.agree("buyer", 3)
    assert "Đang giữ chỗ" in buyer.open(f"/technologies/{trading.listing}")

    trading.conclude()
    for milestone in trading.milestones():
        trading.deliver(milestone)
        trading.answer(milestone, "accept")
    trading.step("supplier", "hand_over")
    buyer.open(f"{trading.deal}/acceptance")
    page = buyer.send(
        "", minutes_no="01/BBNT", minutes_on=clock.format_date(clock.today()), minutes=_pdf("bien-ban-nghiem-thu.pdf"),
        result="Nước sau xử lý đạt cột A.", value_realised="1,05 tỷ", evidence=_pdf("ket-qua.pdf"),
    )
    assert "Hoàn thành" in page
    assert "1.050.000.000\N{NO-BREAK SPACE}₫" in page
    record = buyer.web.get(f"{trading.deal}/record.pdf")
    assert record.status_code == 200 and record.data.startswith(b"%PDF-")

    assert trading.deal.split("/")[-1] in trading["officer"].open("/staff/deals?stage=completed")
    assert "1.050.000.000" not in trading["stranger"].open(f"/organisations/{trading.org}")
    for side in ("supplier", "buyer"):
        trading[side].open(trading.deal)
        trading[side].send("/publicity", publicity="value")
    assert "Công ty Dệt nhuộm Hoài Đức" in trading["stranger"].open(f"/organisations/{trading.org}")
    with app.app_context():
        drain()
        assert list(broken_links()) == []
        db.session.remove()
    inbox = buyer.open("/inbox")
    assert "/inbox/" in inbox


@sqlite_first
def test_a_supplier_answers_a_need_and_wins_it(trading: Trading, app: Flask) -> None:
    buyer = trading["buyer"]
    trading.answer_need()
    trading.talk("buyer", "ask", text="Công nghệ này đã chạy ở nhà máy dệt nào chưa, và bao lâu?")
    trading["supplier"].open(trading.lead)
    trading["supplier"].send("/messages", text="Đã chạy 14 tháng tại hai nhà máy ở Nam Định.")
    trading.talk("buyer", "accept")
    buyer.open(f"/needs/{trading.need}")
    buyer.send("/move/shortlist")
    trading.propose("buyer", funding_source="private", result_certificate_no="")
    trading.agree("supplier", 1)
    buyer.open(f"/needs/{trading.need}")
    assert "Đang đàm phán" in buyer.page
    with app.app_context():
        regime = db.session.scalars(select(Deal.regime)).one()
        db.session.remove()
    assert regime == "unclassified", "the technology is not listed, so the exchange has not reviewed it"
    trading["officer"].open(trading.deal)
    trading["officer"].send("/class", control_class="ordinary", funding_source="private", reason="Theo hồ sơ hai bên nộp.")
    trading.conclude()
    assert "Đã giải quyết" in buyer.open(f"/needs/{trading.need}")


@sqlite_first
def test_a_declined_interest_says_why(trading: Trading) -> None:
    trading.open_lead("buyer", f"/technologies/{trading.listing}/interest")
    trading["supplier"].open(trading.lead)
    refused = trading["supplier"].send("/moves/decline", status=422, reason_code="", reason="Chưa nêu lý do theo danh mục.")
    assert "Chưa nêu lý do theo danh mục." in refused
    trading.talk("supplier", "decline", reason_code="already_committed", reason="Chúng tôi đã giao cho một nhà máy khác.")
    page = trading["buyer"].open(trading.lead)
    assert "Đã cam kết với bên khác" in page
    assert "Chúng tôi đã giao cho một nhà máy khác." in page
    assert trading.lead in trading["buyer"].open("/my/leads?tab=closed")


@sqlite_first
def test_a_dispute_during_delivery_is_settled(trading: Trading, app: Flask) -> None:
    trading.open_lead("buyer", f"/technologies/{trading.listing}/interest")
    trading.talk("supplier", "accept")
    trading.propose("supplier")
    trading.agree("buyer", 1)
    trading.conclude()
    first = trading.milestones()[0]
    trading.deliver(first)
    trading.answer(first, "return", reason="Thiếu tài liệu vận hành.")
    trading.step("buyer", "dispute", reason_code="documents", reason="Bên giao không gửi tài liệu vận hành.")
    assert "Đang tranh chấp" in trading["supplier"].open(trading.deal)
    assert "Đang tranh chấp" in trading["officer"].open("/staff/deals?stage=disputed")
    trading["officer"].open(trading.deal)
    trading["officer"].send("/notes", text="Đã hẹn hai bên thứ Sáu.")
    assert "Đã hẹn hai bên thứ Sáu." not in trading["buyer"].open(trading.deal)
    trading.step("officer", "resume_delivering", reason="Bên giao gửi tài liệu trong tuần, hai bên đồng ý.")
    trading.deliver(first)
    assert "Đã nghiệm thu" in trading.answer(first, "accept")
    with app.app_context():
        moves = list(db.session.scalars(select(Event.action).where(Event.subject_kind == "deal").order_by(Event.seq)))
        db.session.remove()
    wanted = ["deal.dispute", "deal.note", "deal.resume_delivering"]
    assert [action for action in moves if action in wanted] == wanted


@sqlite_first
def test_a_stranger_finds_nothing_of_it(trading: Trading) -> None:
    trading.open_lead("buyer", f"/technologies/{trading.listing}/interest")
    trading.talk("supplier", "accept")
    trading.propose("supplier")
    trading.agree("buyer", 1)
    milestone = trading.milestones()[0]
    for path in (trading.lead, f"{trading.lead}/terms/1", f"{trading.lead}/terms/new", f"{trading.lead}/complaints",
                 trading.deal, f"{trading.deal}/record.pdf", f"{trading.deal}/contract", f"{trading.deal}/signature",
                 f"{trading.deal}/acceptance", f"{trading.deal}/milestones/{milestone}/deliver"):
        trading["stranger"].open(path, status=404)
    for page in ("/my/leads", "/my/deals", "/inbox", "/dashboard"):
        text = trading["stranger"].open(page)
        assert trading.lead.split("/")[-1] not in text and trading.deal.split("/")[-1] not in text
