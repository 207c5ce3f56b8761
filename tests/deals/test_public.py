"""What the public sees: only completed deals, only what both sides made public."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.core.errors import IllegalMove, NotAllowed
from marketplace.deals.actions.publicity import choose, public_deals
from marketplace.deals.lifecycle import DEAL
from marketplace.values import clock
from tests import factories
from tests.deals.factories import Trade, deal_in
from tests.deals.test_pages import client
from tests.deals.test_signing import fresh

NAME = "Sàn lọc vi sinh"


def shown(ctx: Flask, trade: Trade) -> str:
    return str(factories.client(ctx).get(f"/organisations/{trade.supplier_org.slug}").text)


@pytest.mark.parametrize("wishes, named, valued", [
    (("none", "value"), False, False), (("existence", "none"), False, False), (("existence", "value"), True, False),
    (("value", "existence"), True, False), (("value", "value"), True, True),
])
def test_the_smaller_wish_counts(ctx: Flask, trade: Trade, wishes: tuple[str, str], named: bool, valued: bool) -> None:
    deal_in("completed", trade, listing=trade.listing(NAME), supplier_publicity=wishes[0], buyer_publicity=wishes[1],
            value_realised=987_000_000)
    page = shown(ctx, trade)
    assert (NAME in page.partition('id="deals"')[2], "987.000.000" in page) == (named, valued)


def test_an_english_reader_gets_the_english_names_of_the_time(ctx: Flask, trade: Trade) -> None:
    listing = trade.listing(NAME)
    listing.published_revision.title_en = "Microstrainer"
    trade.supplier_org.name_en, trade.buyer_org.name_en = "Institute of Water", ""
    deal = deal_in("completed", trade, listing=listing, supplier_publicity="value", buyer_publicity="value")
    whole = factories.client(ctx, locale="en").get(f"/organisations/{trade.supplier_org.slug}").text
    page = whole.partition('id="deals"')[2]
    assert "Microstrainer" in page and NAME not in page
    assert f"Institute of Water → {deal.buyer.name}" in page
    assert NAME in shown(ctx, trade).partition('id="deals"')[2]


def test_a_deal_that_is_not_completed_is_no_figure(trade: Trade) -> None:
    for state in set(DEAL.names) - {"completed"}:
        deal_in(state, trade, supplier_publicity="value", buyer_publicity="value")
    assert public_deals(trade.supplier_org.id) is None


def test_figures_sum_what_is_public_and_nothing_else(trade: Trade) -> None:
    for value, level in ((100, "value"), (20, "value"), (3, "existence"), (4, "none")):
        deal_in("completed", trade, value_realised=value, supplier_publicity=level, buyer_publicity="value")
    found = public_deals(trade.buyer_org.id)
    assert found is not None
    assert (found.count, found.valued, found.value, len(found.latest)) == (3, 2, 120, 3)


def test_each_side_chooses_for_itself(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("completed", trade)
    path = f"/deals/{deal.code}/publicity"
    assert client(ctx, trade, "buyer").post(path, data={"publicity": "value"}).status_code == 302
    assert client(ctx, trade, "buyer").post(path, data={"publicity": "everything"}).status_code == 422
    deal = fresh(deal)
    assert (deal.supplier_publicity, deal.buyer_publicity, deal.publicity) == ("none", "value", "none")
    with pytest.raises(NotAllowed):
        choose(deal, trade.officer, "value")
    with pytest.raises(IllegalMove):
        choose(deal_in("terminated", trade), trade.buyer, "existence")


def test_editing_the_technology_or_the_organisations_changes_no_record(ctx: Flask, trade: Trade) -> None:
    listing = trade.listing(NAME)
    deal = deal_in("completed", trade, listing=listing, supplier_publicity="value", buyer_publicity="value")
    before = client(ctx, trade, "buyer").get(f"/deals/{deal.code}").text
    listing.published_revision.title, listing.published_revision.public_summary = "Tên đã đổi", "Tóm tắt đã đổi"
    listing.state, trade.supplier_org.name = "removed", "Viện đổi tên"
    trade.supplier_org.legal_representative = "Người mới"
    listing.confirmed_at = clock.now()
    page = client(ctx, trade, "buyer").get(f"/deals/{fresh(deal).code}").text
    assert "Tên đã đổi" not in page and "Tóm tắt đã đổi" not in page
    assert NAME in page and deal.frozen_sha256 in page and deal.frozen_sha256 in before
    assert page.count(deal.frozen["supplier"]["name"]) >= 2
