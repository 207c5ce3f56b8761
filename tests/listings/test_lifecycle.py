"""Every action × state × role of the two tables, through the verbs that people and jobs use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from marketplace.authoring import actions as authoring
from marketplace.authoring.lifecycle import REVISION
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import IllegalMove
from marketplace.core.events import transition
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Lifecycle
from marketplace.listings import actions
from marketplace.listings.kind import KIND
from marketplace.listings.lifecycle import LISTING
from marketplace.listings.models import Listing, ListingRevision
from marketplace.values import clock
from tests import factories
from tests.cases import try_each
from tests.lifecycle_matrix import REASON, Case, cases, check, check_table
from tests.listings import samples
from tests.listings.conftest import Cast
from tests.web_role import as_owner


def test_the_table_of_listings() -> None:
    check_table(LISTING, ("colleague",))


def test_the_table_of_versions() -> None:
    check_table(REVISION, ("colleague",))


PEOPLE = ("owner", "colleague", "moderator", "stranger")
OF_VERSIONS = ("submit", "withdraw", "delete", "claim", "release", "request_changes", "reject", "approve")


def test_every_button_of_a_listing(cast: Cast) -> None:
    """The verb agrees with the table in every state, for real people in real organisations."""
    listing = samples.published(cast.supplier, cast.org, cast.moderator)
    actions.move(listing, "unpublish", factories.actor_of(cast.supplier, cast.org), reason=REASON)  # says since when
    db.session.commit()

    def make(state: str) -> Listing:
        listing.state = state
        db.session.flush()
        return listing

    def do(thing: Listing, case: Case) -> Any:
        return actions.move(thing, case.action, actor_for(cast, case.role), reason_code="complaint", reason=REASON)

    try_each(cases_of(LISTING, actions.BUTTONS), lambda case: check(LISTING, case, make, do), around=saved)


def test_every_move_of_a_version(cast: Cast) -> None:
    revision = samples.draft(cast.supplier, cast.org)

    def make(state: str) -> ListingRevision:
        revision.submitted_at, revision.submitted_by_id = clock.now(), cast.supplier.id
        revision.state, revision.control_class = state, "ordinary"
        db.session.flush()
        return revision

    def do(thing: ListingRevision, case: Case) -> Any:
        actor = actor_for(cast, case.role)
        if case.action == "submit":
            return authoring.submit(KIND, thing, actor, clock.now())
        if case.action in {"withdraw", "delete"}:
            return authoring.owner_move(KIND, thing, case.action, actor)
        return authoring.moderate(KIND, thing, case.action, actor, reason_code="other", reason=REASON)

    try_each(cases_of(REVISION, OF_VERSIONS), lambda case: check(REVISION, case, make, do), around=saved)


def cases_of(lifecycle: Lifecycle, verbs: Sequence[str]) -> list[Case]:
    found = cases(lifecycle, ("colleague",))
    assert set(verbs) <= {case.action for case in found}
    return [case for case in found if case.action in verbs and case.role in PEOPLE]


@contextmanager
def saved() -> Iterator[None]:
    """What happens inside did not happen."""
    inner = db.session.begin_nested()
    try:
        yield
    finally:
        inner.rollback()
        db.session.expire_all()


def actor_for(cast: Cast, role: str) -> Actor:
    """The cast's person who holds that role towards the supplier's listings."""
    return {
        "owner": factories.actor_of(cast.supplier, cast.org),
        "colleague": factories.actor_of(cast.colleague, cast.org, ("signer",)),
        "moderator": factories.actor_of(cast.moderator),
        "stranger": factories.actor_of(cast.buyer, cast.other),
        "system": SYSTEM,
        "importer": SYSTEM,
    }[role]


def test_nobody_moderates_their_own_organisation(cast: Cast) -> None:
    revision = samples.submitted(cast.supplier, cast.org)
    insider = factories.user(staff=("moderator",))
    factories.member(insider, cast.org)
    with pytest.raises(Exception, match="not allowed"):
        authoring.moderate(KIND, revision, "claim", factories.actor_of(insider, cast.org))


def test_after_ninety_days_offline_a_listing_is_reviewed_again(cast: Cast, listing: Listing, ctx: Flask) -> None:
    owner = factories.actor_of(cast.supplier, cast.org)
    event = actions.move(listing, "unpublish", owner, reason="Nghỉ")
    assert event is not None
    as_owner()
    event.at = clock.now() - timedelta(days=91)
    db.session.commit()
    with pytest.raises(IllegalMove, match="90 days"):
        actions.move(listing, "republish", owner)
    assert authoring.start_revision(KIND, listing, owner).number == 2


def test_deals_reserve_and_transfer(listing: Listing) -> None:
    moves = (("reserve", "reserved"), ("release", "published"), ("reserve", "reserved"), ("transfer", "transferred"))
    for action, state in moves:
        transition(listing, LISTING, action, SYSTEM, {"system"})
        assert listing.state == state
