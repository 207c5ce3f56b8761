"""Every page with a deal in a state that was added: run by test_one_more_state.py in a process of its own."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from marketplace.core.extensions import db
from marketplace.deals.lifecycle import AFTER_SIGNING, DEAL, LIVE
from marketplace.deals.models import Deal
from marketplace.deals.progress import stage_states
from marketplace.values import clock
from tests.deals.factories import Trade, deal_in
from tests.deals.one_more_state import LABEL, NAME, NEXT
from tests.deals.test_pages import client

PILL = "pill-warning"


def test_the_database_lists_and_figures_know_it(trade: Trade) -> None:
    deal = deal_in(NAME, trade)
    assert db.session.get_one(Deal, deal.id).state == NAME  # the CHECK constraint knows it
    assert NAME in LIVE and NAME in AFTER_SIGNING and DEAL.tabs["signed"] == ("signed", NAME, "effective")
    assert (NAME, "current") in stage_states(deal)


def test_the_record_page_shows_it_to_everybody(ctx: Flask, trade: Trade) -> None:
    deal = deal_in(NAME, trade)
    for name in ("supplier", "buyer", "officer", "auditor"):
        page = client(ctx, trade, name).get(f"/deals/{deal.code}")
        assert page.status_code == 200, name
        assert LABEL in page.text and PILL in page.text, name
    assert "Record the registration" in client(ctx, trade, "supplier").get(f"/deals/{deal.code}").text


def test_the_lists_the_staff_list_the_dashboard_and_the_files_show_it(ctx: Flask, trade: Trade) -> None:
    deal = deal_in(NAME, trade, state_since=clock.now() - timedelta(days=6))
    for name, path in (
        ("supplier", "/my/deals?stage=signed"), ("buyer", "/my/deals"), ("supplier", "/my/deals.csv"),
        ("supplier", "/dashboard"),
        ("officer", "/staff/deals?stage=signed"), ("officer", f"/staff/deals?stage=all&state={NAME}"),
        ("officer", "/staff/deals?stage=live&stalled=1"), ("officer", "/staff/deals/export.csv?stage=signed"),
    ):
        answer = client(ctx, trade, name).get(path)
        assert answer.status_code == 200, path
        assert deal.code in answer.text and LABEL in answer.text, path
    assert NEXT in client(ctx, trade, "buyer").get("/my/deals").text
    assert client(ctx, trade, "officer").get("/dashboard").status_code == 200
    assert client(ctx, trade, "buyer").get(f"/deals/{deal.code}/record.pdf").status_code == 200


def test_its_move_is_made_like_any_other(ctx: Flask, trade: Trade) -> None:
    deal = deal_in(NAME, trade)
    answer = client(ctx, trade, "supplier").post(f"/deals/{deal.code}/moves/register?seen={NAME}", follow_redirects=True)
    assert "Recorded the registration" in answer.text
    db.session.expire_all()
    assert db.session.get_one(Deal, deal.id).state == "effective"
