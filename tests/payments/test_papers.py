"""What people take with them of money: the QR code is read back, the papers say what the books say, to whom they belong."""

from __future__ import annotations

from io import BytesIO

import pytest
import typst
import zxingcpp
from flask import Flask
from PIL import Image
from pypdf import PdfReader

from marketplace.core.extensions import db
from marketplace.core.proposals import decide
from marketplace.deals.pdf_fonts import FOLDERS
from marketplace.payments.invoicing import documents, pay_to
from marketplace.payments.invoicing.models import CreditNote
from marketplace.payments.invoicing.proposals import propose_credit
from marketplace.values import clock
from marketplace.values.vietqr import encode, reference_of
from marketplace.web import typesetting
from tests import factories
from tests.payments.test_payments import Till
from tests.thorough import often


def read(picture: bytes) -> list[str]:
    """Read every code in a picture as a camera does."""
    return [one.text for one in zxingcpp.read_barcodes(Image.open(BytesIO(picture)).convert("L"))]


def set_in_pixels(source: str, **inputs: str) -> bytes:
    made = typst.compile(source.encode(), format="png", ppi=150, sys_inputs=inputs)
    assert isinstance(made, bytes)
    return made


def said_in(document: bytes) -> str:
    return " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(document)).pages).split())


@pytest.mark.parametrize("number", range(often(40, 4)))
@pytest.mark.once
def test_a_drawn_code_is_read_back(number: int) -> None:
    text = encode(f"{970400 + number}", "9" * (number % 19 + 1), 10**(number % 15), f"DN2600{number:06d}")
    drawn = pay_to.drawn(text)
    assert drawn.startswith(b"<svg ") and b"script" not in drawn and b"style" not in drawn
    page = '#set page(width: 60mm, height: 60mm, margin: 0mm)\n#image(bytes(sys.inputs.svg), format: "svg", width: 42mm)'
    assert read(set_in_pixels(page, svg=drawn.decode())) == [text]


def test_the_code_of_a_request_asks_for_what_is_left_of_it(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    till = Till()
    till.transfer(100_022)
    own, code = factories.client(ctx, till.member, till.org), str(till.invoice.code)
    wanted = encode("970436", "0011004567890", 1_000_000, reference_of(code))
    picture = own.get(f"/my/money/{code}/qr.svg")
    assert picture.mimetype == "image/svg+xml" and picture.data == pay_to.drawn(wanted)
    page = own.get(f"/my/money/{code}").text
    assert f"/my/money/{code}/qr.svg" in page and "0011004567890" in page and "1.000.000" in page
    seen = list[bytes]()

    def in_pixels(_name: str, template: object, data: object, *_rest: object, **_more: object) -> bytes:
        import json

        seen.append(typst.compile(str(template), font_paths=typst.Fonts(font_paths=list(FOLDERS)), format="png", ppi=110,
                                  sys_inputs={"data": json.dumps(data)}))
        return b"%PDF"

    with monkeypatch.context() as patch:
        patch.setattr(typesetting, "made", in_pixels)
        documents.payment_request(till.invoice, 1_000_000, clock.now())
    assert read(seen[0]) == [wanted]
    assert "0011004567890" in said_in(own.get(f"/my/money/{code}.pdf").data)


def test_where_nothing_is_to_be_paid_or_nowhere_to_there_is_no_code(ctx: Flask) -> None:
    till = Till()
    own, code = factories.client(ctx, till.member, till.org), str(till.invoice.code)
    till.account.active = False
    db.session.commit()
    page = own.get(f"/my/money/{code}").text
    assert own.get(f"/my/money/{code}/qr.svg").status_code == 404 and "qr.svg" not in page and "/about" in page
    assert own.get(f"/my/money/{code}.pdf").status_code == 200
    till.account.active = True
    till.transfer(till.invoice.total)
    assert own.get(f"/my/money/{code}/qr.svg").status_code == 404 and "qr.svg" not in own.get(f"/my/money/{code}").text


def test_credit_note_and_receipt_are_papers_of_their_organisation(ctx: Flask) -> None:
    till = Till()
    proposal = propose_credit(till.invoice, 100_022, "BB-01/2026", clock.today(), "Giảm một phần", till.first)
    assert decide(proposal, "approve", till.manager) == "approved"
    db.session.commit()
    paid = till.transfer(1_000_000)
    own, note = factories.client(ctx, till.member, till.org), db.session.query(CreditNote).one()
    papers = {f"credits/{note.code}": ("BB-01/2026", "90.929", "một trăm nghìn không trăm hai mươi hai đồng"),
              f"payments/{paid.code}": ("1.000.000", "một triệu đồng", "Chuyển khoản", till.invoice.code)}
    other = factories.organisation("Công ty Khác")
    person = factories.user("Người Khác")
    factories.member(person, other)
    stranger, auditor = factories.client(ctx, person, other), till.client(ctx, "auditor")
    for path, words in papers.items():
        said = said_in(own.get(f"/my/money/{path}.pdf").data)
        assert all(str(word) in said for word in words), said
        assert stranger.get(f"/my/money/{path}.pdf").status_code == 404
        assert auditor.get(f"/money/{path}.pdf").status_code == 200
        assert till.client(ctx, "leader").get(f"/money/{path}.pdf").status_code == 403
    assert f"/my/money/credits/{note.code}.pdf" in own.get(f"/my/money/{till.invoice.code}").text


def test_a_payment_that_was_not_received_has_no_receipt(ctx: Flask) -> None:
    till = Till()
    assert till.client(ctx, "auditor").get(f"/money/payments/{till.card().code}.pdf").status_code == 404


def test_the_statement_of_an_organisation_closes_as_the_ledger_does(ctx: Flask) -> None:
    till = Till()
    own = factories.client(ctx, till.member, till.org)
    assert "1.100.022" in own.get("/my/money").text
    till.transfer(till.invoice.total + 5_000)
    page = own.get("/my/money").text
    assert "5.000" in page and "/my/money/statement.pdf" in page
    rows = own.get("/my/money/statement.csv").text.splitlines()
    assert len(rows) == 5 and rows[-1].endswith(",-5000"), rows
    said = said_in(own.get("/my/money/statement.pdf").data)
    assert "Tiền thừa" in said and "-5.000" in said and "Công ty Trả Phí" in said
    assert own.get("/my/money/statement.xlsx").data.startswith(b"PK")
    other = factories.organisation("Công ty Mới")
    person = factories.user("Người Mới")
    factories.member(person, other)
    fresh = factories.client(ctx, person, other)
    assert fresh.get("/my/money/statement.csv").status_code == 404 and "statement" not in fresh.get("/my/money").text
