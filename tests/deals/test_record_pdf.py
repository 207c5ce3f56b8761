"""The record as PDF: what is read back from it, and that later edits of listing or parties change nothing."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Collection
from typing import Any

import pytest
import typst
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from marketplace.core.extensions import db
from marketplace.deals import pdf_fonts
from marketplace.deals.models import Deal
from marketplace.deals.pdf_fonts import FAMILIES, printable, typefaces
from marketplace.values.text import nfc
from tests import factories
from tests.deals.factories import PRICE, Trade, deal_in
from tests.thorough import often

#: The extra `fonts` is installed: Chinese, Japanese and Korean letters print.
WIDE = "Noto Sans SC" in FAMILIES


@pytest.fixture
def trade(ctx: Any) -> Trade:
    return Trade()


def text_of(data: bytes) -> str:
    pages = PdfReader(io.BytesIO(data)).pages
    return " ".join(nfc("\n".join(page.extract_text() for page in pages)).split())


def record(app: Flask, person: Any, deal: Deal) -> tuple[int, bytes]:
    answer = factories.client(app, person).get(f"/deals/{deal.code}/record.pdf")
    return answer.status_code, answer.data


def test_the_record_says_everything_in_vietnamese(app: Flask, trade: Trade) -> None:
    deal = deal_in("completed", trade)
    status, data = record(app, trade.supplier_user, deal)
    assert status == 200
    assert data.startswith(b"%PDF-")
    text = text_of(data)
    for words in (
        deal.code, "Hồ sơ giao dịch công nghệ", "Hoàn thành", "Viện Công nghệ Môi trường", "Công ty Dệt nhuộm Hoài Đức",
        "Màng lọc nano xử lý nước nhiễm asen", "Chuyển quyền sử dụng", "Bàn giao tài liệu công nghệ",
        "Nước sau xử lý đạt 8 µg asen mỗi lít.", "một tỷ hai trăm triệu đồng", "Không bắt buộc đăng ký",
    ):
        assert words.casefold() in text.casefold(), words
    assert "1.200.000.000\N{NO-BREAK SPACE}₫" in text or "1.200.000.000 ₫" in text
    assert "400.000.000 ₫" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert re.search(rf"{deal.signed_on:%d/%m/%Y}", text)
    assert deal.frozen_sha256[:32] in text and deal.frozen_sha256[32:] in text
    assert PRICE == 1_200_000_000


def test_markup_in_a_record_is_plain_text(app: Flask, trade: Trade) -> None:
    deal = deal_in("drafting", trade, title='#import "x": * <script>alert(1)</script> $x^2$ _a_ \\ @ref')
    status, data = record(app, trade.buyer_user, deal)
    assert status == 200
    assert '#import "x": * <script>alert(1)</script> $x^2$ _a_ \\ @ref' in text_of(data)


def test_letters_that_no_typeface_has_stand_as_their_codes(app: Flask, trade: Trade) -> None:
    odd = "Công ty 中文 株式会社 한국 😀, độ pH ≥ 7, H₂O, Ω và кириллица"
    deal = deal_in("drafting", trade, title=odd, contract={"obligations": "\ufffe giữ nguyên"})
    status, data = record(app, trade.buyer_user, deal)
    assert status == 200
    text = text_of(data)
    for words in ("中文" if WIDE else "[U+4E2D][U+6587]", "[U+1F600]", "độpH≥7", "Ωvàкириллица", "[U+FFFE]giữnguyên"):
        assert words in text.replace(" ", ""), words
    assert "ghi bằng mã Unicode" in text
    assert "ghi bằng mã Unicode" not in text_of(record(app, trade.buyer_user, deal_in("drafting", trade))[1])


def test_thai_letters_print(app: Flask, trade: Trade) -> None:
    deal = deal_in("drafting", trade, title="บริษัท ไทย จำกัด")
    status, data = record(app, trade.buyer_user, deal)
    assert status == 200
    fonts = {
        font.get_object()["/BaseFont"] for page in PdfReader(io.BytesIO(data)).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert "[U+" not in text_of(data)
    assert any("NotoSansThai" in name for name in fonts), fonts


def with_the_extra(test: Callable[..., None]) -> Callable[..., None] | None:
    """Keep a test for where the extra `fonts` is installed; elsewhere it is not collected."""
    return test if WIDE else None


@with_the_extra
def test_chinese_japanese_and_korean_letters_print_with_the_extra(app: Flask, trade: Trade) -> None:
    many = "".join(chr(0x4E00 + number) for number in range(2000))  # more than can be asked about one by one
    deal = deal_in("drafting", trade, title="深圳智能 臺灣 株式会社かな 한국어", contract={"obligations": many})
    status, data = record(app, trade.buyer_user, deal)
    assert status == 200
    text = text_of(data)
    for words in ("深圳智能", "臺灣", "株式会社かな", "한국어", many[:20], many[1980:]):
        assert words in text.replace(" ", ""), words
    assert "[U+" not in text


class Typefaces:
    """A double of typst: it shows some letters, and counts how often it was asked."""

    def __init__(self, has: Collection[str]) -> None:
        self.has, self.asked = has, 0

    def __call__(self, letters: list[str]) -> bool:
        self.asked += 1
        return set(letters) <= set(self.has)


@pytest.mark.parametrize("lacks", ["", "丁", "丁龥䶵"])
def test_a_text_of_many_wide_letters_is_asked_about_at_once(lacks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    many = "".join(chr(0x4E00 + number) for number in range(3000))
    faces = Typefaces(set(many) - set(lacks))
    monkeypatch.setattr(pdf_fonts, "_WIDE", True)
    monkeypatch.setattr(pdf_fonts, "_answers", {})
    monkeypatch.setattr(pdf_fonts, "_shown", faces)
    assert pdf_fonts.lacking(many + lacks) == set(lacks)
    assert faces.asked <= 1 + 26 * len(lacks)
    assert pdf_fonts.lacking(many + lacks) == set(lacks)
    assert faces.asked <= 1 + 26 * len(lacks), "what is known is not asked again"


def test_what_is_not_clear_after_many_questions_counts_as_lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    many = "".join(chr(0x4E00 + number) for number in range(3000))
    faces = Typefaces(many[::2])
    monkeypatch.setattr(pdf_fonts, "_WIDE", True)
    monkeypatch.setattr(pdf_fonts, "_answers", {})
    monkeypatch.setattr(pdf_fonts, "_shown", faces)
    assert pdf_fonts.lacking(many) >= set(many[1::2])
    assert faces.asked == 200


@given(st.text(max_size=60))
@settings(max_examples=often(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_set(text: str) -> None:
    body = json.dumps(printable(nfc(text)))
    families = ", ".join(f'"{name}"' for name in FAMILIES)
    source = f"#set text(font: ({families}))\n#json(bytes(sys.inputs.data))".encode()
    made = typst.compile(source, font_paths=typefaces(), format="pdf", pdf_standards=["a-2b"], sys_inputs={"data": body})
    assert made.startswith(b"%PDF-")


def test_long_texts_run_on_over_pages(app: Flask, trade: Trade) -> None:
    article = " ".join(f"Điều khoản {number}." for number in range(2000))
    deal = deal_in("drafting", trade, contract={"obligations": article})
    text = text_of(record(app, trade.buyer_user, deal)[1])
    assert "Điều khoản 0." in text and "Điều khoản 1999." in text


def test_later_edits_change_no_record(app: Flask, trade: Trade) -> None:
    deal = deal_in("signed", trade)
    before = text_of(record(app, trade.buyer_user, deal)[1]).split("Trích xuất lúc")[0]
    listing = deal.lead.listing
    assert listing is not None and listing.published_revision is not None
    listing.published_revision.title, listing.state = "Tên khác hẳn", "removed"
    trade.supplier_org.name = "Viện đã đổi tên"
    db.session.commit()
    after = text_of(record(app, trade.buyer_user, deal)[1])
    assert after.split("Trích xuất lúc")[0] == before
    assert "Tên khác hẳn" not in after and "Viện đã đổi tên" not in after


@pytest.mark.parametrize("state", ["negotiating", "awaiting_signature", "disputed", "cancelled", "terminated"])
def test_every_stage_has_a_record(app: Flask, trade: Trade, state: str) -> None:
    status, data = record(app, trade.officer_user, deal_in(state, trade))
    assert status == 200
    assert len(PdfReader(io.BytesIO(data)).pages) >= 1


def test_a_stranger_gets_no_record(app: Flask, trade: Trade) -> None:
    deal = deal_in("completed", trade)
    assert record(app, trade.stranger_user, deal)[0] == 404


def test_a_deal_that_must_be_registered_says_why_it_stops(app: Flask, trade: Trade) -> None:
    text = text_of(record(app, trade.buyer_user, deal_in("signed", trade, regime="registration"))[1])
    assert "90 ngày kể từ ngày ký" in text
