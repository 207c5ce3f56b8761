"""The deals that tests are made of are what the tables allow, in every state."""

from __future__ import annotations

import pytest

from marketplace.deals.lifecycle import DEAL
from marketplace.deals.queries.loading import readable
from tests.deals.factories import PRICE, Trade, deal_in


@pytest.mark.parametrize("state", DEAL.names)
def test_a_deal_in_every_state_has_a_schedule_that_sums_to_its_price(trade: Trade, state: str) -> None:
    deal = readable(deal_in(state, trade).code, trade.buyer)
    assert deal.state == state
    assert sum(one.amount for one in deal.milestones) == deal.price == PRICE
    assert [one.position for one in deal.milestones] == [1, 2, 3]
