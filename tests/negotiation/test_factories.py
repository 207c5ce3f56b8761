"""The factory itself: leads in every state come from the real verbs."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.negotiation.lifecycle import LEAD
from tests.negotiation.factories import Cast


@pytest.mark.parametrize("origin", ["listing", "need", "introduction"])
def test_a_lead_in_every_state_from_every_origin(ctx: Flask, origin: str) -> None:
    cast = Cast()
    for state in LEAD.names:
        lead = cast.lead_in(state, origin=origin, hidden=origin != "listing")
        assert lead.state == state
        named = lead.buyer_revealed_at is not None
        assert named == (origin == "listing" or state in {"negotiating", "converted"}), state
