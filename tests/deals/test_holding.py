"""A technology held for a deal is let go by release, by transfer, and the day after an exclusive licence has ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.access import SYSTEM
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import drain, ensure_jobs
from marketplace.deals.actions import reservation
from marketplace.deals.models import Deal
from marketplace.listings.models import Listing
from marketplace.negotiation.actions import terms
from marketplace.values import clock
from tests.deals.factories import days_later
from tests.negotiation.factories import Cast
from tests.negotiation.terms_samples import EXCLUSIVE, proposed


@pytest.fixture
def deal(ctx: Flask) -> Deal:
    """An exclusive licence of three years that both sides have agreed on."""
    cast = Cast()
    lead = cast.lead_in("negotiating")
    terms.accept(proposed(cast, lead, **EXCLUSIVE), cast.buyer)
    db.session.commit()
    return db.session.scalars(select(Deal)).one()


def listing_of(deal: Deal) -> Listing:
    return db.session.get_one(Listing, deal.listing_id)


@pytest.mark.parametrize(("let_go", "state"), [(reservation.release, "published"), (reservation.transfer, "transferred")])
def test_letting_go_happens_once(deal: Deal, let_go: Callable[..., bool], state: str) -> None:
    assert let_go(deal, SYSTEM)
    assert (deal.holds_listing, listing_of(deal).state) == (False, state)
    assert not let_go(deal, SYSTEM)
    moved = db.session.scalars(select(Event).where(Event.subject_kind == "listing").order_by(Event.id)).all()
    assert [(event.to_state, event.data["deal_id"]) for event in moved] == [("reserved", deal.id), (state, deal.id)]


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        ((2026, 3, 15), 12, (2027, 3, 14)), ((2026, 1, 1), 12, (2026, 12, 31)), ((2026, 12, 1), 1, (2026, 12, 31)),
        ((2026, 1, 31), 1, (2026, 2, 28)), ((2028, 1, 31), 1, (2028, 2, 29)), ((2026, 11, 30), 600, (2076, 11, 29)),
    ],
)
def test_a_term_is_counted_in_whole_months(first: tuple[int, ...], months: int, last: tuple[int, ...]) -> None:
    assert reservation.last_day(date(*first), months) == date(*last)


def test_the_licence_begins_when_the_contract_takes_effect(deal: Deal) -> None:
    reservation.begin_licence(deal, date(2026, 12, 1))
    assert deal.licensed_until == listing_of(deal).licensed_until == date(2029, 11, 30)


def test_a_licence_without_a_term_has_no_last_day(deal: Deal) -> None:
    deal.terms.term_months = None
    reservation.begin_licence(deal, date(2026, 12, 1))
    assert deal.licensed_until is None


def test_the_technology_is_free_the_day_after_the_last_day(deal: Deal) -> None:
    deal.licensed_until = listing_of(deal).licensed_until = clock.today() + timedelta(days=3)
    db.session.commit()
    with days_later(3):
        assert reservation.release_ended() == 0, "the last day belongs to the licence"
    with days_later(4):
        assert reservation.release_ended() == 1
        assert reservation.release_ended() == 0
    assert (listing_of(deal).state, listing_of(deal).licensed_until, deal.holds_listing) == ("published", None, False)


def test_the_worker_does_it(deal: Deal) -> None:
    deal.licensed_until = clock.today() - timedelta(days=1)
    db.session.commit()
    ensure_jobs()
    drain()
    db.session.expire_all()
    assert listing_of(deal).state == "published"


def test_what_another_deal_holds_is_not_let_go(deal: Deal) -> None:
    deal.holds_listing = False
    db.session.commit()
    assert not reservation.release(deal, SYSTEM)
    assert listing_of(deal).state == "reserved"
