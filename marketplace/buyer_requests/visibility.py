"""The visibility rule of needs, once, with two faces that a test compares: SQL and search tokens.

`visible_to(actor)` is the predicate, `audience(need)` the tokens. Who may know the requester is `public_party`; what
of a version's text a reader sees is `marketplace.buyer_requests.reader_view`.
"""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import ColumnElement, and_, false, or_

from marketplace.buyer_requests.lifecycle import VISIBLE_STATES
from marketplace.buyer_requests.models import BuyerRequest, NeedInvitation, NeedRevision
from marketplace.core.access import Actor
from marketplace.core.columns import in_states
from marketplace.core.permissions import MODERATE
from marketplace.organisations.models import Organisation
from marketplace.search import PUBLIC

EVERYBODY = ("public", "requester_hidden")  # visibilities under which anybody may read the need


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The rule as SQL: published, its organisation verified, and open to all, own, or invited to it."""
    return _visible(actor.is_system, actor.org_ids)


@lru_cache(maxsize=1024)
def _visible(everything: bool, org_ids: frozenset[int]) -> ColumnElement[bool]:
    """The rule for the system, or for the people of these organisations: made once for each, as it depends on no more."""
    live = and_(
        in_states(BuyerRequest, VISIBLE_STATES), BuyerRequest.organisation.has(Organisation.verified)
    )
    if everything:
        return live
    reach: list[ColumnElement[bool]] = [BuyerRequest.published_revision.has(NeedRevision.visibility.in_(EVERYBODY))]
    if org_ids:
        invited = and_(
            NeedInvitation.organisation_id.in_(org_ids),
            NeedInvitation.organisation.has(Organisation.verified),
        )
        reach += [BuyerRequest.org_id.in_(org_ids), BuyerRequest.invitations.any(invited)]
    return and_(live, or_(*reach))


def audience(need: BuyerRequest) -> tuple[str, ...]:
    """The same rule as tokens of those who may find the need; none when nobody may."""
    revision = need.published_revision
    if need.state not in VISIBLE_STATES or revision is None or not need.organisation.verified:
        return ()
    if revision.visibility in EVERYBODY:
        return (PUBLIC,)
    invited = sorted(one.organisation_id for one in need.invitations if one.organisation.verified)
    return (f"org:{need.org_id}", *(f"invited:{org_id}" for org_id in invited))


def readable_by(actor: Actor) -> ColumnElement[bool]:
    """Who may open the page: whoever may find it, the own organisation always, moderators what was ever published."""
    rules = [visible_to(actor), _own(actor)]
    if actor.may(MODERATE):
        rules.append(BuyerRequest.published_revision_id.is_not(None))
    return and_(BuyerRequest.state != "deleted", or_(*rules))


def _own(actor: Actor) -> ColumnElement[bool]:
    return BuyerRequest.org_id.in_(actor.org_ids) if actor.org_ids else false()


def public_party(need: BuyerRequest, actor: Actor, revision: NeedRevision | None = None) -> Organisation | None:
    """Return the requester if this reader may know it, else None: the one place that decides.

    A hidden requester is known to its own people and to moderators.
    """
    revision = revision or need.published_revision
    hidden = revision is None or revision.hides_requester
    if hidden and need.org_id not in actor.org_ids and not actor.may(MODERATE):
        return None
    return need.organisation
