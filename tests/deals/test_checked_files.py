"""The moves of a deal that bind wait for the virus check of its files; what it holds back holds them back."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.extensions import db
from marketplace.deals.jobs import take_effect
from marketplace.deals.models import Deal
from marketplace.deals.requirements import requirements
from marketplace.files import actions
from marketplace.files.models import StoredFile
from marketplace.values import clock
from tests.deals.factories import Trade, deal_in
from tests.deals.test_pages import client
from tests.deals.test_signing import form
from tests.files import samples


def put(stored: StoredFile, state: str) -> None:
    stored.state, stored.due_at = state, clock.now() if state in {"waiting", "infected", "failed"} else None
    db.session.commit()


def with_file(deal: Deal, trade: Trade, state: str, subject: object = None) -> StoredFile:
    stored = actions.store_upload(samples.upload(samples.PDF, "phụ lục.pdf"), trade.buyer)
    actions.attach(stored, subject or deal, "annex", "confidential")  # type: ignore[arg-type]
    put(stored, state)
    return stored


def said(deal: Deal, action: str, who: Actor = SYSTEM) -> list[str]:
    return [one.error.message for one in requirements(deal, action, who)]


@pytest.mark.parametrize("state, held", [("waiting", "being checked"), ("infected", "holds back"), ("failed", "holds back"),
                                         ("clean", ""), ("released", ""), ("removed", "")])
def test_a_contract_is_signed_only_when_every_file_is_checked(ctx: Flask, trade: Trade, state: str, held: str) -> None:
    deal = deal_in("awaiting_signature", trade)
    with_file(deal, trade, state, deal.milestones[0] if state == "failed" else None)
    sent = form(file=(io.BytesIO(samples.PDF), "a.pdf"))
    answer = client(ctx, trade, "supplier").post(f"/deals/{deal.code}/signature", data=sent)
    assert answer.status_code == (422 if held else 302)
    to_buyer = said(deal, "sign", trade.buyer)
    assert ([held in one for one in to_buyer] == [True]) if held else not to_buyer


def test_a_contract_takes_effect_when_its_signed_files_are_checked(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("signed", trade)
    file = db.session.scalars(select(StoredFile).where(StoredFile.id == deal.signatures[0].file_id)).one()
    for state in ("removed", "waiting"):
        put(file, state)
        if state == "waiting":
            actions.attach(file, deal, "signed_contract", "confidential")
            db.session.commit()
        assert said(deal, "take_effect") and take_effect() == 0, state
    put(file, "clean")
    assert not said(deal, "take_effect") and take_effect() == 1


def test_minutes_that_come_with_the_completion_are_checked_afterwards(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("acceptance", trade)
    file = with_file(deal, trade, "waiting")
    assert not [one for one in said(deal, "complete") if "virus" in one]
    put(file, "infected")
    assert [one for one in said(deal, "complete") if "virus" in one]
