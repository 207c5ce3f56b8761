"""Both sides, or one in two tabs, do something in the same moment: it happens once, and the other sees what happened."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.history_check import broken_links
from marketplace.deals.models import Deal, Signature
from marketplace.files.models import Attachment
from tests.deals.factories import Trade, deal_in
from tests.deals.racing import at_once, enough_connections, sending
from tests.deals.test_delivery import acceptance
from tests.deals.test_pages import client
from tests.deals.test_signing import form, fresh

TABS = 5
TYPED = "Bên giao chậm ba tuần so với lịch đã thống nhất."


@pytest.fixture
def trade(ctx: Flask) -> Iterator[Trade]:
    with enough_connections(TABS + 4):
        yield Trade()


def happened(deal: Deal, action: str) -> int:
    return db.session.query(Event).filter_by(subject_kind="deal", subject_id=deal.id, action=f"deal.{action}").count()


def test_both_sides_sign_in_the_same_moment_and_the_contract_is_concluded_once(ctx: Flask, trade: Trade) -> None:
    listing = trade.listing(state="reserved")
    deal = deal_in("awaiting_signature", trade, listing=listing, holds_listing=True, exclusive=True)
    here = f"/deals/{deal.code}/signature"
    answers = at_once([sending(client(ctx, trade, side), here, form()) for side in ("supplier", "buyer")])
    assert [one.status for one in answers] == [302, 302]
    assert (fresh(deal).state, happened(deal, "sign"), happened(deal, "conclude")) == ("signed", 2, 1)
    assert list(broken_links()) == []


def test_one_side_presses_in_five_tabs_and_signs_once(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("awaiting_signature", trade)
    web = [client(ctx, trade, "supplier") for _tab in range(TABS)]
    answers = at_once([sending(one, f"/deals/{deal.code}/signature", form()) for one in web])
    assert sorted(one.status for one in answers) == [302, *[409] * (TABS - 1)]
    assert db.session.query(Signature).filter_by(deal_id=deal.id).count() == happened(deal, "sign") == 1


def test_the_transferee_completes_in_five_tabs_and_it_counts_once(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("acceptance", trade)
    calls = [sending(client(ctx, trade, "buyer"), f"/deals/{deal.code}/acceptance?seen=acceptance", acceptance())
             for _tab in range(TABS)]
    answers = at_once(calls)
    assert sorted(one.status for one in answers) == [302, *[409] * (TABS - 1)]
    assert (fresh(deal).state, happened(deal, "complete")) == ("completed", 1)
    assert db.session.query(Attachment).filter_by(subject_kind="deal", subject_id=deal.id).count() == 2
    assert all("Asen sau lọc 6 µg/l" in one.page for one in answers if one.status == 409)


def test_handing_over_meets_a_dispute_and_whoever_is_later_sees_it_and_loses_no_word(ctx: Flask, trade: Trade) -> None:
    for _round in range(3):
        deal = deal_in("delivering", trade, milestones=["delivered"] * 3)
        here = f"/deals/{deal.code}/moves"
        answers = at_once([
            sending(client(ctx, trade, "supplier"), f"{here}/hand_over?seen=delivering"),
            sending(client(ctx, trade, "buyer"), f"{here}/dispute?seen=delivering",
                    {"reason_code": "late", "reason": TYPED}),
        ])
        assert sorted(one.status for one in answers) == [302, 409]
        if answers[1].status == 409:
            assert TYPED in answers[1].page
        assert fresh(deal).state == ("acceptance" if answers[0].status == 302 else "disputed")


def test_two_people_save_the_contract_in_the_same_moment_and_no_text_is_lost(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("drafting", trade)

    def said(text: str) -> dict[str, Any]:
        return {"lock": "1", "item_warranty": text}

    answers = at_once([
        sending(client(ctx, trade, side), f"/deals/{deal.code}/contract", said(f"Bảo hành theo {side}"))
        for side in ("supplier", "buyer")
    ])
    assert sorted(one.status for one in answers) == [302, 409]
    late = answers[0] if answers[0].status == 409 else answers[1]
    assert "Bảo hành theo supplier" in late.page and "Bảo hành theo buyer" in late.page
    assert (fresh(deal).contract_lock, happened(deal, "contract_saved")) == (2, 1)


def test_the_same_file_sent_five_times_at_once_is_kept_once(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("drafting", trade)

    def sent() -> dict[str, Any]:
        return {"role": "other", "caption": "Ghi chú chung", "file": (io.BytesIO(b"1. Lich ban giao"), "ghi chú.txt")}

    calls = [sending(client(ctx, trade, "buyer"), f"/deals/{deal.code}/files", sent()) for _tab in range(TABS)]
    assert {one.status for one in at_once(calls)} == {302}
    assert happened(deal, "file_added") == 1
