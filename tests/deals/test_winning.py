"""Who is faster: twenty buyers want one technology alone, and both sides answer the same version in the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.history_check import broken_links
from marketplace.deals.actions import opening, reservation
from marketplace.deals.models import Deal
from marketplace.listings.models import Listing
from marketplace.negotiation.actions import begin, moves, terms
from marketplace.negotiation.models import Lead, Terms
from tests import factories
from tests.conftest import BACKEND
from tests.deals.racing import PATIENCE, Answer, at_once, enough_connections, sending
from tests.negotiation.factories import FIRST_WORDS, Cast
from tests.negotiation.terms_samples import EXCLUSIVE, form_of, proposed, values

BUYERS = 20
REASON = "Giá này vượt ngân sách được duyệt của chúng tôi trong năm nay."


@pytest.fixture
def cast(ctx: Flask) -> Iterator[Cast]:
    with enough_connections(BUYERS + 4):
        yield Cast()


def crowd(cast: Cast, app: Flask, listing: Listing, count: int = BUYERS, **said: str) -> list[tuple[str, FlaskClient]]:
    """Buyers, each with terms from the supplier before them: (address of the version, client)."""
    found = []
    for number in range(count):
        org = factories.organisation(f"Công ty Bên nhận {number}")
        person = factories.user(f"Người nhận {number}")
        factories.member(person, org)
        buyer = factories.actor_of(person, org)
        lead = begin.express_interest(listing, buyer, FIRST_WORDS, once=f"interest-{listing.id}-{number}")
        moves.accept(lead, cast.supplier)
        terms.propose(lead, cast.supplier, values(**said), "", based_on=0)
        db.session.commit()
        found.append((f"/leads/{lead.code}/terms/1", factories.client(app, person, org)))
    return found


def check_one_winner(listing_id: int, answers: list[Answer]) -> None:
    won = [place for place, answer in enumerate(answers) if answer.status == 302]
    assert len(won) == 1, [answer.status for answer in answers]
    for place, answer in enumerate(answers):
        if place not in won:
            assert answer.status == 409
            assert "đã được giữ cho một giao dịch khác" in answer.page
    deal = db.session.scalars(select(Deal)).one()
    assert answers[won[0]].location == f"/deals/{deal.code}"
    assert (deal.state, deal.holds_listing, deal.exclusive) == ("terms_agreed", True, True)
    assert db.session.get_one(Listing, listing_id).state == "reserved"
    leads = {lead.id: lead.state for lead in db.session.scalars(select(Lead))}
    assert leads.pop(deal.lead_id) == "converted"
    assert list(leads.values()) == ["negotiating"] * (BUYERS - 1)
    versions = {one.lead_id: one for one in db.session.scalars(select(Terms))}
    assert versions.pop(deal.lead_id).state == "accepted"
    assert {(one.state, one.buyer_accepted_at) for one in versions.values()} == {("proposed", None)}
    for action in ("listing.reserve", "deal.open", "deal.agree", "terms.accept", "lead.convert"):
        assert len(list(db.session.scalars(select(Event).where(Event.action == action)))) == 1, action
    assert list(broken_links()) == []


def test_of_twenty_buyers_who_accept_at_once_one_gets_the_technology(
    cast: Cast, ctx: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL all twenty are in the middle of their acceptance before the first one asks for the listing's row.

    On SQLite a second writer does not even begin.
    """
    listing = cast.listing()
    calls = [sending(client, f"{path}/accept") for path, client in crowd(cast, ctx, listing, **EXCLUSIVE)]
    if BACKEND == "postgres":
        monkeypatch.setattr(reservation, "locked_listing", meeting(BUYERS))
    check_one_winner(listing.id, at_once(calls))


def meeting(count: int) -> Callable[[int | None], Listing | None]:
    """Return a `locked_listing` that waits until everybody holds the row of the own lead and sees the listing free."""
    ready, real, mine = threading.Barrier(count), reservation.locked_listing, threading.local()

    def meet(listing_id: int | None) -> Listing | None:
        if not hasattr(mine, "met"):
            mine.met = True
            assert db.session.get_one(Listing, listing_id).state == "published"
            ready.wait(PATIENCE)
        return real(listing_id)

    return meet


def test_terms_that_share_the_technology_are_won_by_all(cast: Cast, ctx: Flask) -> None:
    listing = cast.listing()
    chosen = crowd(cast, ctx, listing, count=6)
    answers = at_once([sending(client, f"{path}/accept") for path, client in chosen])
    assert {answer.status for answer in answers} == {302}
    deals = list(db.session.scalars(select(Deal)))
    assert len({deal.code for deal in deals}) == 6
    assert not any(deal.holds_listing for deal in deals)
    assert db.session.get_one(Listing, listing.id).state == "published"


def test_the_first_deals_of_a_year_open_at_once(cast: Cast, ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six technologies, six buyers, and no number given yet this year: everybody gets one."""
    chosen = [crowd(cast, ctx, cast.listing(f"Công nghệ số {number}"), 1, **EXCLUSIVE)[0] for number in range(6)]
    if BACKEND == "postgres":
        ready, real = threading.Barrier(6), opening.next_code

        def meet(prefix: str) -> str:
            ready.wait(PATIENCE)
            return real(prefix)

        monkeypatch.setattr(opening, "next_code", meet)
    answers = at_once([sending(client, f"{path}/accept") for path, client in chosen])
    assert [answer.status for answer in answers] == [302] * 6
    codes = sorted(db.session.scalars(select(Deal.code)))
    assert [int(code[-6:]) for code in codes] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("round_number", range(2))
def test_of_accepting_and_declining_in_two_tabs_one_counts(cast: Cast, ctx: Flask, round_number: int) -> None:
    lead = cast.lead_in("negotiating")
    proposed(cast, lead)
    path = f"/leads/{lead.code}/terms/1"
    calls = [sending(cast.client(ctx, "buyer"), f"{path}/accept"),
             sending(cast.client(ctx, "buyer"), f"{path}/decline", {"reason": REASON})]
    accepted, declined = at_once(calls)
    assert sorted((accepted.status, declined.status)) == [302, 409]
    version = db.session.scalars(select(Terms)).one()
    deals = list(db.session.scalars(select(Deal)))
    if accepted.status == 302:
        assert (version.state, len(deals)) == ("accepted", 1)
        assert REASON in declined.page
        assert "Hai bên chấp nhận" in declined.page
    else:
        assert (version.state, len(deals)) == ("declined", 0)
        assert "Đã từ chối" in accepted.page
    assert list(broken_links()) == []


def test_several_people_of_both_sides_press_accept_and_one_deal_opens(cast: Cast, ctx: Flask) -> None:
    lead = cast.lead_in("negotiating")
    proposed(cast, lead)
    people = ("buyer", "buyer_signer", "supplier", "supplier_signer", "buyer")
    answers = at_once([sending(cast.client(ctx, name), f"/leads/{lead.code}/terms/1/accept") for name in people])
    assert {answer.status for answer in answers[2:4]} <= {302, 403}  # their own proposal: nothing to accept
    assert 302 in {answers[0].status, answers[1].status, answers[4].status}
    deal = db.session.scalars(select(Deal)).one()
    assert len(list(db.session.scalars(select(Event).where(Event.action == "terms.accept")))) == 1
    assert deal.lead_id == lead.id


@pytest.mark.parametrize("name", ["supplier", "buyer_signer"])
def test_of_a_new_version_and_an_acceptance_one_counts(cast: Cast, ctx: Flask, name: str) -> None:
    """The proposing side improves its offer, or a colleague counters, while somebody accepts."""
    lead = cast.lead_in("negotiating")
    proposed(cast, lead)
    form = form_of(values(1_100_000_000), based_on=1, note=REASON)
    calls = [sending(cast.client(ctx, "buyer"), f"/leads/{lead.code}/terms/1/accept"),
             sending(cast.client(ctx, name), f"/leads/{lead.code}/terms/new", form)]
    accepted, countered = at_once(calls)
    assert sorted((accepted.status, countered.status)) == [302, 409]
    states = list(db.session.scalars(select(Terms.state).order_by(Terms.number)))
    deals = list(db.session.scalars(select(Deal)))
    if accepted.status == 302:
        assert (states, len(deals)) == (["accepted"], 1)
        assert REASON in countered.page
        assert "1.100.000.000" in countered.page
        assert "Hai bên đã thống nhất" in countered.page
    else:
        assert (states, deals) == (["superseded", "proposed"], [])
        assert "phiên bản 2" in accepted.page


def test_of_taking_offline_and_accepting_alone_one_counts(cast: Cast, ctx: Flask) -> None:
    listing = cast.listing()
    path, client = crowd(cast, ctx, listing, 1, **EXCLUSIVE)[0]
    offline = f"/technologies/{listing.code}/moves/unpublish"
    calls = [sending(client, f"{path}/accept"),
             sending(cast.client(ctx, "supplier"), offline, {"reason": "Tạm ngừng chuyển giao"})]
    accepted, gone = at_once(calls)
    assert sorted((accepted.status, gone.status)) == [302, 409]
    assert db.session.get_one(Listing, listing.id).state == ("reserved" if accepted.status == 302 else "unpublished")
    assert len(list(db.session.scalars(select(Deal)))) == (accepted.status == 302)
