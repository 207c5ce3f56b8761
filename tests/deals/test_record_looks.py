"""The record as a person sees it: every page as a picture, A4, filled, with free margins. Pictures: shots/record-*.png."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typst
from PIL import Image
from pypdf import PdfReader

from marketplace.deals import pdf
from marketplace.deals.models import Deal
from marketplace.deals.pdf_fonts import typefaces
from marketplace.values import clock
from marketplace.vocabulary import CONTRACT_ITEMS
from tests.deals.factories import Trade, deal_in

SHOTS = Path(__file__).resolve().parents[2] / "shots"
A4 = (210, 297)  # millimetres
PPI = 110
EDGE = 10  # millimetres at every edge in which nothing is printed; the margins are 20
ARTICLE = ("Bên giao bàn giao đầy đủ tài liệu kỹ thuật, hướng dẫn lắp đặt và vận hành; bên nhận tiếp nhận, bảo quản và "
           "sử dụng đúng mục đích đã thỏa thuận. Mọi thay đổi được lập thành văn bản có chữ ký của đại diện hai bên. ")
#: What has to be laid out, each as changes of a completed deal.
RECORDS: dict[str, dict[str, Any]] = {
    "completed": {},
    "long": {"contract": {code: ARTICLE * (number % 4 + 1) for number, code in enumerate(CONTRACT_ITEMS.codes)}},
    "one-word": {"title": "Chuyểngiaocôngnghệ" * 12, "contract_no": "A" * 60, "minutes_no": "B" * 60,
                 "contract": dict.fromkeys(CONTRACT_ITEMS.codes, "Khôngcókhoảngtrắng" * 9),
                 "result": "https://a.vn/" + "x" * 200},
}


@pytest.fixture
def drawn(trade: Trade) -> Callable[[Deal], tuple[bytes, list[Image.Image]]]:
    """Return the record of a deal as PDF, and its pages as pictures of the very same template and data."""

    def draw(deal: Deal) -> tuple[bytes, list[Image.Image]]:
        at = clock.now()
        template, data, _stamp = pdf.source(deal, at)
        pages = typst.compile(
            str(template), font_paths=typefaces(), timestamp=at.replace(microsecond=0), format="png", ppi=PPI,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
        made = pdf.render(deal, at)
        return made, [Image.open(io.BytesIO(page)).convert("RGB") for page in pages]

    return draw


def pixels(millimetres: float) -> int:
    return round(millimetres / 25.4 * PPI)


def ink(page: Image.Image) -> float:
    """The share of a page that is not white."""
    return sum(page.convert("L").histogram()[:200]) / (page.width * page.height)


@pytest.mark.parametrize("name", RECORDS)
def test_every_page_is_a4_filled_and_has_free_margins(trade: Trade, drawn: Any, name: str) -> None:
    made, pages = drawn(deal_in("completed", trade, **RECORDS[name]))
    SHOTS.mkdir(exist_ok=True)
    for number, page in enumerate(pages, 1):
        page.save(SHOTS / f"record-{name}-{number}.png")
    paper = PdfReader(io.BytesIO(made)).pages
    assert len(pages) == len(paper)
    assert len(pages) in {"completed": (2, 3), "long": (4, 5), "one-word": (3, 4)}[name]
    for sheet, page in zip(paper, pages, strict=True):
        width, height = (float(length) / 72 * 25.4 for length in (sheet.mediabox.width, sheet.mediabox.height))
        assert (width, height) == pytest.approx(A4, abs=0.5)
        assert page.size == pytest.approx((pixels(A4[0]), pixels(A4[1])), abs=2)
        printed = page.convert("L").point(lambda value: 255 if value < 200 else 0).getbbox()
        assert printed is not None, "a blank page"
        left, top, right, bottom = printed
        edge = pixels(EDGE)
        assert left >= edge and top >= edge and right <= page.width - edge and bottom <= page.height - edge, printed
    assert all(ink(page) > 0.01 for page in pages[:-1]), "only the last page may end early"
    assert all(ink(page) > 0.002 for page in pages), "more than the foot of the page"
