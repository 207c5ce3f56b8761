"""Week by week: what was recorded when it happened, whatever has become of the things since."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from marketplace.core.access import SYSTEM
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.facts import Fact
from marketplace.pages.weekly_figures import weekly
from marketplace.values import clock
from tests import factories
from tests.buyer_requests.factories import Cast
from tests.deals.factories import deal_in
from tests.statements import statements
from tests.web_role import as_owner


def week(label: str, back: int = 0) -> tuple[int, int]:
    """Number and amount of a line, so many weeks ago."""
    [line] = [one for one in weekly().lines if one.label == label]
    return line.weeks[-1 - back].count, line.weeks[-1 - back].amount


def test_a_later_change_leaves_last_weeks_figures_alone(ctx: Flask) -> None:
    need, deal = Cast().published(), deal_in("completed")
    record(deal, "deal.complete", SYSTEM)
    db.session.commit()
    of_deals = week("Deals completed")
    assert of_deals == (1, deal.value_realised) and week("Needs published")[0] >= 1
    published = week("Needs published")
    with time_machine.travel(clock.now() + timedelta(weeks=1)):
        need.state = "removed"
        deal.value_realised = 1
        deal.completed_at = clock.now()
        db.session.commit()
        assert week("Needs published", 1) == published and week("Needs published") == (0, 0)
        assert week("Deals completed", 1) == of_deals and week("Deals completed") == (0, 0)


def test_a_completed_deal_counts_with_what_was_realised(ctx: Flask) -> None:
    deal = deal_in("completed")
    deal.value_realised = deal.price - 250_000_000
    record(deal, "deal.complete", SYSTEM)
    db.session.commit()
    assert week("Deals completed") == (1, deal.price - 250_000_000)


def test_five_weeks_are_one_statement(ctx: Flask) -> None:
    with statements(ctx) as asked:
        found = weekly()
    assert len(asked) == 1 and len(found.mondays) == 5 == len(found.lines[0].weeks)


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_the_pages_say_what_is_reconstructed(ctx: Flask, locale: str) -> None:
    record(deal_in("completed"), "deal.complete", SYSTEM)
    db.session.commit()
    word = "reconstructed" if locale == "en" else "được dựng lại"
    manager = factories.client(ctx, factories.user(staff=("manager",)), locale=locale)
    assert word not in manager.get("/dashboard").text
    as_owner()
    db.session.execute(update(Fact).values(reconstructed=True))
    db.session.commit()
    assert word in manager.get("/dashboard").text


def test_whoever_runs_nothing_sees_no_figures_of_the_exchange(ctx: Flask) -> None:
    cast = Cast()
    assert "Theo từng tuần" not in factories.client(ctx, cast.buyer_user, cast.org).get("/dashboard").text
