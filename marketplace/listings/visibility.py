"""The visibility rule of listings, once, with two faces that a test compares: SQL and search tokens.

`visible_to(actor)` is the predicate, `audience(listing)` the tokens. What of a listing a reader sees is a matter of
tiers: `sees_members_tier`, and `marketplace.authoring.case_holder.may_read_confidential` for the confidential one.
"""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import ColumnElement, and_, false, or_

from marketplace.core.access import Actor
from marketplace.core.columns import in_states
from marketplace.core.permissions import MODERATE
from marketplace.listings.lifecycle import VISIBLE_STATES
from marketplace.listings.models import Listing, ListingRevision
from marketplace.organisations.models import Organisation
from marketplace.search import MEMBER, PUBLIC


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The rule as SQL, without joins: published, its organisation verified, and open to all, to members, or own.

    "Members" are those of verified organisations, as for the members' tier: an account is made in a minute.
    """
    return _visible(actor.is_system or actor.is_member, actor.org_ids)


@lru_cache(maxsize=1024)
def _visible(member: bool, org_ids: frozenset[int]) -> ColumnElement[bool]:
    """The rule for a member, or for the people of these organisations: made once for each, as it depends on no more."""
    live = and_(in_states(Listing, VISIBLE_STATES), Listing.organisation.has(Organisation.verified))
    if member:
        return live
    return and_(live, or_(Listing.published_revision.has(ListingRevision.visibility == "public"), _own(org_ids)))


def _own(org_ids: frozenset[int]) -> ColumnElement[bool]:
    return Listing.org_id.in_(org_ids) if org_ids else false()


def audience(listing: Listing) -> tuple[str, ...]:
    """The same rule as tokens of those who may find the listing; none when nobody may."""
    revision = listing.published_revision
    if listing.state not in VISIBLE_STATES or revision is None or not listing.organisation.verified:
        return ()
    return (PUBLIC,) if revision.visibility == "public" else (MEMBER, f"org:{listing.org_id}")


def readable_by(actor: Actor) -> ColumnElement[bool]:
    """Who may open the page: whoever may find it, and of what was ever published the own people and moderators."""
    rules = [visible_to(actor), and_(_own(actor.org_ids), Listing.published_revision_id.is_not(None))]
    if actor.may(MODERATE):
        rules.append(Listing.published_revision_id.is_not(None))
    return and_(Listing.state != "deleted", or_(*rules))


def sees_members_tier(listing: Listing, actor: Actor) -> bool:
    """True for members of verified organisations, the own people and moderators."""
    return actor.is_member or listing.org_id in actor.org_ids
