"""The table of answers: its cells, sorting by every column, side by side, the workbook; withdrawn and newer ones."""

from __future__ import annotations

import re
from io import BytesIO

from flask import Flask
from openpyxl import load_workbook

from marketplace.answers import queries
from marketplace.answers.actions import writing
from marketplace.answers.asked import asked_of
from marketplace.answers.comparison import compared
from marketplace.answers.content import Target
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.extensions import db
from tests.answers.factories import SECRET, Round, said
from tests.statements import statements

SORTS = ("who", "state", "target-0", "criterion-0", "criterion-1", "price", "days", "sent")


def three(cast: Round) -> BuyerRequest:
    """A need with three answers: cheap and unfit, dear and fit, and one without price, figures or plan."""
    need = cast.need()
    cast.sent(need, cast.supplier, said(targets=(Target("COD", "200", "mg/l"),), price_total=900_000_000))
    cast.sent(need, cast.third, said(price_total=9_000_000_000))
    cast.sent(need, cast.fourth, said(targets=(Target("COD", "như cam kết"),), price_total=None, price_rows=(), plan=()))
    return need


def order(page: str) -> list[str]:
    return re.findall(r'scope="row" class="cell-main"><a href="/answers/(TL-[\d-]+)"', page)


def test_cells_say_what_fits(ctx: Flask) -> None:
    cast = Round()
    need = three(cast)
    table = compared(asked_of(need.published_revision), queries.received(need), cast.buyer)
    place = {head.key: number for number, head in enumerate(table.heads)}
    fits = [[line.cells[place[key]].fit for key in ("target-0", "price", "days")] for line in table.lines]
    assert [row[0] for row in fits] == ["fails", "fits", "unknown"]
    assert fits[2][1:] == ["unknown", "unknown"]
    assert fits[1][1] == "fails"
    page = cast.client(ctx, "buyer", "en").get(f"/my/needs/{need.code}/answers").text
    assert all(word in page for word in ("does not fit", "unknown", "900,000,000", "như cam kết"))


def test_every_column_sorts_both_ways_with_the_unknown_last(ctx: Flask) -> None:
    cast = Round()
    need = three(cast)
    client = cast.client(ctx, "buyer")
    codes = order(client.get(f"/my/needs/{need.code}/answers").text)
    assert len(codes) == 3
    for key in SORTS:
        up, down = (order(client.get(f"/my/needs/{need.code}/answers?sort={key}&order={way}").text) for way in ("", "desc"))
        assert sorted(up) == sorted(down) == sorted(codes), key
        if key in {"price", "days"}:
            assert up[-1] == down[-1] == codes[2], key
    by_price = [order(client.get(f"/my/needs/{need.code}/answers?sort=price&order={way}").text) for way in ("", "desc")]
    assert by_price == [codes, [codes[1], codes[0], codes[2]]]
    assert order(client.get(f"/my/needs/{need.code}/answers?sort=%3Cscript%3E").text) == codes


def test_side_by_side_takes_two_to_four(ctx: Flask) -> None:
    cast = Round()
    need = three(cast)
    client = cast.client(ctx, "buyer")
    here = f"/my/needs/{need.code}/answers"
    codes = order(client.get(here).text)
    page = client.get(f"{here}/beside?answer={codes[1]}&answer={codes[0]}").text
    assert 0 < page.index("Công ty Lọc Xanh") < page.index("Viện Công nghệ Môi trường")
    assert SECRET in page
    refused = client.get(f"{here}/beside?answer={codes[1]}&answer=TL-2020-000001&answer={codes[1]}")
    assert (refused.status_code, SECRET in refused.text) == (422, False)


def test_a_withdrawn_answer_stands_there_without_what_it_said(ctx: Flask) -> None:
    cast = Round()
    need = three(cast)
    answer = queries.of_organisation(need.id, cast.supplier_org.id)
    assert answer is not None
    writing.move(answer, "withdraw", cast.supplier, "no_capacity")
    db.session.commit()
    code, gone = need.code, answer.code
    client = cast.client(ctx, "buyer")
    page = client.get(f"/my/needs/{code}/answers").text
    assert gone in page
    assert "900.000.000" not in page
    assert f'value="{gone}"' not in page  # no tick
    book = load_workbook(BytesIO(client.get(f"/my/needs/{code}/answers.xlsx").data)).active
    assert 900_000_000 not in [cell.value for row in book.rows for cell in row]


def test_the_workbook_holds_the_table_with_figures_and_no_formulas(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    cast.sent(need, cast.supplier, said(targets=(Target("COD", "=1+1", "mg/l"),)))
    got = cast.client(ctx, "buyer").get(f"/my/needs/{need.code}/answers.xlsx?sort=price")
    assert got.headers["Content-Disposition"].startswith(f'attachment; filename="{need.code}-')
    rows = [[cell.value for cell in row] for row in load_workbook(BytesIO(got.data)).active.rows]
    assert 1_500_000_000 in rows[1]
    assert "'=1+1 mg/l" in rows[1]
    assert any(str(head).startswith("COD") for head in rows[0])


def test_the_table_asks_no_more_for_more_answers(ctx: Flask) -> None:
    cast = Round()
    need, few = three(cast), cast.need("Xử lý nước thải xi mạ")
    cast.sent(few)
    client = cast.client(ctx, "buyer")
    asked = []
    for code in (few.code, few.code, need.code):  # the first one fills what is kept
        with statements(ctx) as seen:
            assert client.get(f"/my/needs/{code}/answers").status_code == 200
        asked.append(len(seen))
    assert asked[2] <= asked[1]


def test_readers_of_the_table(ctx: Flask) -> None:
    cast = Round()
    need = three(cast)
    codes = [answer.code for answer, _version in queries.received(need)]
    here = f"/my/needs/{need.code}/answers"
    pages = (here, f"{here}/beside?answer={codes[0]}&answer={codes[1]}", f"{here}.xlsx")
    readers = {"buyer": 200, "buyer_signer": 200, "supplier": 404, "stranger": 404, "officer": 403, "moderator": 403,
               "leader": 403, "auditor": 403}
    wrong = []
    for name, status in readers.items():
        client = cast.client(ctx, name)
        wrong += [(name, page) for page in pages if client.get(page).status_code != status]
    assert not wrong, wrong
