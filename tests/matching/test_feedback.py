"""Both sides say what they think of a match; contacts and deals are learnt from events; operators read the sum."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.access import GUEST, SYSTEM
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.events import Event, record
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.matching import evaluation, queries
from marketplace.matching.feedback import record_feedback
from marketplace.matching.incremental import refresh_need
from marketplace.matching.models import Match, MatchFeedback
from tests import factories
from tests.matching.market import LAMP, Market, best


@pytest.fixture
def market(ctx: Flask) -> Market:
    return Market()


def verdicts(match_id: int) -> set[tuple[int, str]]:
    rows = select(MatchFeedback.org_id, MatchFeedback.verdict).where(MatchFeedback.match_id == match_id)
    return {(row[0], row[1]) for row in db.session.execute(rows)}


def test_not_useful_hides_a_match_from_that_organisation_only_and_can_be_taken_back(market: Market) -> None:
    match = market.matched()
    record_feedback(match.id, "not-useful", market.cast.buyer)
    db.session.commit()
    assert queries.for_need(market.need.id, market.cast.buyer) == queries.Shown([], 1)
    assert list(queries.for_need(market.need.id, market.cast.buyer, hidden=True).matches) == [match]
    assert list(queries.for_organisation(market.cast.org.id, market.cast.buyer)) == []
    assert [one.id for one in queries.for_listing(match.listing_id, market.supplier).matches] == [match.id]
    assert [one.id for one in queries.for_need(market.need.id, GUEST).matches] == [match.id]
    record_feedback(match.id, "clear", market.cast.buyer)
    assert [one.id for one in queries.for_need(market.need.id, market.cast.buyer).matches] == [match.id]


def test_each_side_has_one_opinion_and_it_is_history(market: Market) -> None:
    match = market.matched()
    for word, actor in (("useful", market.cast.buyer), ("not-useful", market.supplier), ("useful", market.supplier),
                        ("useful", market.supplier)):
        record_feedback(match.id, word, actor)
    assert verdicts(match.id) == {(market.cast.org.id, "useful"), (market.org.id, "useful")}
    actions = select(Event.action).where(Event.subject_kind == "match").order_by(Event.seq)
    assert list(db.session.scalars(actions)) == ["match.useful", "match.not_useful", "match.useful"]


def test_only_editors_of_the_two_sides_have_a_say(market: Market) -> None:
    match = market.matched()
    stranger = factories.actor_of(market.cast.stranger_user, market.cast.stranger_org)
    with pytest.raises(NotFound):
        record_feedback(match.id, "useful", stranger)
    with pytest.raises(NotFound):
        record_feedback(match.id, "useful", GUEST)
    with pytest.raises(NotAllowed):
        record_feedback(match.id, "useful", market.cast.colleague)  # only signs
    secret = market.cast.published(title="Xử lý nước thải dệt nhuộm chỉ mời", visibility="invited_only",
                                   invited_org_ids=[market.cast.invited_org.id])
    drain()
    hidden = db.session.scalars(select(Match).where(Match.buyer_request_id == secret.id)).one()
    with pytest.raises(NotFound):
        record_feedback(hidden.id, "useful", market.supplier)


def test_what_was_judged_stays_when_the_match_is_computed_again(market: Market) -> None:
    match = market.matched()
    record_feedback(match.id, "useful", market.cast.buyer)
    db.session.commit()
    seen = db.session.scalars(select(MatchFeedback)).one()
    before = (seen.score, seen.factors)
    market.revise(match.listing, trl=3)  # now excluded
    assert best(market.need) == []
    seen = db.session.scalars(select(MatchFeedback)).one()
    assert (seen.score, seen.factors) == before
    assert db.session.get_one(Match, match.id).excluded_by == "trl"


@pytest.mark.parametrize(
    ("action", "verdict", "both"), [("lead.contact", "contacted", False), ("deal.open", "dealt", True)]
)
def test_contacts_and_deals_are_learnt_from_events(market: Market, action: str, verdict: str, both: bool) -> None:
    match = market.matched()
    data = {"need_id": market.need.id, "listing_id": match.listing_id}
    for _twice in range(2):
        record(market.need, action, market.cast.buyer, data=data)
    db.session.commit()
    drain()
    expected = {(market.cast.org.id, verdict)} | ({(market.org.id, verdict)} if both else set())
    assert verdicts(match.id) == expected


def test_a_contact_about_a_pair_nobody_had_matched_counts_too_and_odd_data_is_left(market: Market) -> None:
    lamp = market.offer(**LAMP)
    drain()
    record(market.need, "lead.contact", market.cast.buyer, data={"need_id": market.need.id, "listing_id": lamp.id})
    nobody = {"need_id": 10**9, "listing_id": 10**9}
    for data in ({"listing_id": lamp.id}, {"need_id": None, "listing_id": lamp.id}, nobody):
        record(market.need, "lead.contact", SYSTEM, data=data)
    db.session.commit()
    drain()
    match = db.session.scalars(select(Match)).one()
    assert (match.listing_id, match.strength) == (lamp.id, "weak")
    assert verdicts(match.id) == {(market.cast.org.id, "contacted")}
    assert best(market.need) == []  # no line on the page for what is too weak
    refresh_need(market.need.id)
    assert db.session.scalars(select(MatchFeedback)).one().verdict == "contacted"


def test_both_sides_have_buttons_and_others_have_none(market: Market, ctx: Flask) -> None:
    match = market.matched()
    path = f"/matches/{match.id}/feedback/not-useful"
    buyer = factories.client(ctx, market.cast.buyer_user, market.cast.org)
    supplier = factories.client(ctx, market.person, market.org)
    need, listing = f"/needs/{market.need.code}", f"/technologies/{match.listing.code}"
    for client, page, seen in ((buyer, need, True), (supplier, listing, True), (supplier, need, True),
                               (factories.client(ctx), need, False)):
        assert (path in client.get(page, follow_redirects=True).get_data(as_text=True)) is seen
    assert buyer.post(path, data={"next": f"{need}#matches"}).status_code == 302
    page = buyer.get(need, follow_redirects=True).get_data(as_text=True)
    assert match.listing.code not in page
    assert "?matches=hidden" in page
    hidden = buyer.get(f"{need}?matches=hidden", follow_redirects=True).get_data(as_text=True)
    assert f"/matches/{match.id}/feedback/clear" in hidden


def test_the_report_counts_and_weighs_what_people_said(market: Market, ctx: Flask, tmp_path: Path) -> None:
    match = market.matched()
    market.offer(**LAMP)
    record_feedback(match.id, "useful", market.cast.buyer)
    record_feedback(match.id, "not-useful", market.supplier)
    db.session.commit()
    found = evaluation.report()
    assert found.verdicts == {"useful": 1, "not_useful": 1}
    assert found.precision["strong"] == (1, 2)
    assert found.averages["trl"] == (1.0, 1.0)
    labels = tmp_path / "labels.csv"
    labels.write_text(f"need,listing,grade\n{market.need.code},{match.listing.code},2\n", encoding="utf-8")
    runner = ctx.test_cli_runner()
    output = runner.invoke(args=["match-eval", "--labels", str(labels)]).output
    assert "precision strong: 0.50 (1 of 2)" in output
    assert "nDCG@10=1.000 over 1 needs" in output
    labels.write_text("need,listing,grade\nNC-1,CN-1,2\n", encoding="utf-8")
    failed = runner.invoke(args=["match-eval", "--labels", str(labels)])
    assert failed.exit_code == 1
    assert "line 2" in failed.output
