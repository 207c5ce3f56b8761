"""What follows when a version of a need becomes the published one: its deadline, its invitations, the letters."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from marketplace.buyer_requests.lifecycle import NEED
from marketplace.buyer_requests.models import BuyerRequest, NeedInvitation, NeedRevision
from marketplace.core.access import Actor
from marketplace.core.events import record, transition
from marketplace.core.extensions import db
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.values.text import slug


def path_of(need: BuyerRequest, revision: NeedRevision | None = None) -> str:
    """Return the stable address of a need: its code and the slug of its title."""
    revision = revision or need.published_revision
    title = slug(revision.title) if revision else ""
    return f"/needs/{need.code}-{title}" if title else f"/needs/{need.code}"


def on_publish(need: BuyerRequest, revision: NeedRevision, actor: Actor) -> None:
    """Copy the deadline (never earlier than the one others rely on) and put the invitations into force."""
    deadline = revision.answer_deadline
    if deadline is not None and need.answer_deadline is not None and need.published_at is not None:
        deadline = max(deadline, need.answer_deadline)
    need.answer_deadline = deadline or need.answer_deadline
    if need.state == "expired" and deadline is not None and deadline >= clock.today():
        data = {"new": deadline.isoformat(), "revision": revision.number}
        transition(need, NEED, "extend", actor, {"system"}, data=data)
    _invite(need, revision, actor)


def on_start(need: BuyerRequest, revision: NeedRevision) -> None:
    """Begin a new version with the deadline as it was extended since the last one."""
    revision.answer_deadline = need.answer_deadline or revision.answer_deadline


def _invite(need: BuyerRequest, revision: NeedRevision, actor: Actor) -> None:
    """Make the invitations in force those of `revision`; only verified organisations are invited, each told once.

    Invitations that were made for one technology are no part of a revision and stay.
    """
    wanted = _verified(revision.invited_org_ids or [], need.org_id)
    wanted |= {invitation.organisation_id for invitation in need.invitations if invitation.listing_id is not None}
    present = {invitation.organisation_id: invitation for invitation in need.invitations}
    for org_id, invitation in present.items():
        if org_id not in wanted:
            need.invitations.remove(invitation)
            db.session.delete(invitation)
    added = sorted(wanted - present.keys())
    for org_id in added:
        need.invitations.append(NeedInvitation(organisation_id=org_id, invited_at=clock.now()))
    if added or present.keys() - wanted:
        db.session.flush()
        record(need, "need.invite", actor, data={"added": added, "removed": sorted(present.keys() - wanted)})


def _verified(ids: Collection[int], own: int) -> set[int]:
    if not ids:
        return set()
    rows = select(Organisation.id).where(Organisation.id.in_(ids), Organisation.verified, Organisation.id != own)
    return set(db.session.scalars(rows))
