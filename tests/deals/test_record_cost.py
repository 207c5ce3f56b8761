"""What a record PDF may cost: bounded text, a process of its own with limits, and the same content only once."""

from __future__ import annotations

import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from marketplace.core.errors import Unreachable
from marketplace.deals import pdf
from marketplace.deals.actions.contract import ITEM_LENGTH
from marketplace.deals.pdf_fonts import printable
from marketplace.values import clock
from marketplace.vocabulary import CONTRACT_ITEMS
from marketplace.web import typesetting
from tests import factories
from tests.deals.factories import Trade, deal_in
from tests.thorough import ALL

HAN = [chr(0x4E00 + number) for number in range(5_000)]
#: One item of the worst contracts that are accepted.
WORST = {
    "one unknown letter": "中" * ITEM_LENGTH,
    "many unknown letters": ("".join(HAN) * 5)[:ITEM_LENGTH],
    "no blank": "A" * ITEM_LENGTH,
    "letters of several typefaces": ("к≥Ω" * ITEM_LENGTH)[:ITEM_LENGTH],
    "lines of one letter": ("a\n" * ITEM_LENGTH)[:ITEM_LENGTH],
}


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds of each document that was made, and not taken from those kept."""
    seconds: list[float] = []
    run = typesetting._run

    def timed(asked: str) -> bytes:
        begin = time.perf_counter()
        try:
            return run(asked)
        finally:
            seconds.append(time.perf_counter() - begin)

    monkeypatch.setattr(typesetting, "_run", timed)
    return seconds


def test_a_run_of_an_unknown_letter_is_one_code() -> None:
    assert printable("\U0001f600" * 10_900) == "[U+1F600]×10900"
    assert printable("a\U0001f600\U0001f601\U0001f601b") == "a[U+1F600][U+1F601]×2b"


def test_long_texts_share_what_short_ones_leave() -> None:
    assert typesetting.bounded(["x" * 10] * 50) == typesetting.PER_TEXT
    assert typesetting.bounded(["x" * 90_000]) == typesetting.PER_TEXT
    cap = typesetting.bounded(["x" * 20_000] * 14 + ["y" * 100])
    assert 14 * cap + 100 <= typesetting.IN_SUM < 14 * (cap + 1) + 100


@pytest.mark.parametrize("kind", WORST if ALL else [*WORST][-2:-1])
def test_the_worst_accepted_deal_stays_in_bounds(app: Flask, trade: Trade, ran: list[float], kind: str) -> None:
    deal = deal_in("drafting", trade, contract=dict.fromkeys(CONTRACT_ITEMS.codes, WORST[kind]))
    answer = factories.client(app, trade.buyer_user).get(f"/deals/{deal.code}/record.pdf")
    assert answer.status_code == 200, "within the memory and the processor time of the child"
    assert len(answer.data) < 8_000_000
    assert len(ran) == 1


def test_the_same_content_is_made_once_and_a_changed_one_anew(app: Flask, trade: Trade, ran: list[float]) -> None:
    deal = deal_in("drafting", trade)
    one = factories.client(app, trade.buyer_user).get(f"/deals/{deal.code}/record.pdf").data
    assert factories.client(app, trade.supplier_user).get(f"/deals/{deal.code}/record.pdf").data == one
    assert len(ran) == 1
    deal.contract = {"obligations": "Khác"}
    assert pdf.render(deal, clock.now()) != one
    assert len(ran) == 2


def test_one_document_of_a_thing_at_a_time(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    now, most = [0], [0]

    def slow(_asked: str) -> bytes:
        now[0] += 1
        most[0] = max(most[0], now[0])
        threading.Event().wait(0.05)
        now[0] -= 1
        return b"%PDF-"

    monkeypatch.setattr(typesetting, "_run", slow)

    def make(stamp: str) -> bytes:
        with ctx.app_context():
            return typesetting.made("GD-1", Path("deal.typ"), {}, (), clock.now(), stamp=stamp)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(make, "abcd")) == [b"%PDF-"] * 4
    assert most[0] == 1


@pytest.mark.parametrize("body", [
    '#let f(n, s) = if n == 0 { 1 } else { f(n - 1, s + "a") + f(n - 1, s + "b") }\n#f(60, "")', "#range(400000000).len()",
], ids=["time", "memory"])
def test_a_document_that_takes_too_much_is_ended(
    ctx: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setattr(typesetting, "SECONDS", 1)  # nothing here waits for what passes anyhow
    source = tmp_path / "bad.typ"
    source.write_text(body)
    with pytest.raises(Unreachable, match=r"could not be made|being made"):
        typesetting.made("bad", source, {}, (), clock.now(), stamp=body)


def test_waiting_ends(ctx: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_args: Any, **_options: Any) -> Any:
        raise subprocess.TimeoutExpired("typst", 1)

    monkeypatch.setattr(subprocess, "run", late)
    with pytest.raises(Unreachable, match="repeat in a minute"):
        typesetting.made("late", Path("deal.typ"), {}, (), clock.now(), stamp="x")
