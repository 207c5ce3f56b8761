"""Verbs on needs that are not verbs on versions (those are `marketplace.authoring.actions`): extend, withdraw, ask …

Every move goes through the NEED table and leaves an event on the need.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from marketplace.authoring import enquiries
from marketplace.authoring.actions import open_revision, owner_move
from marketplace.authoring.lifecycle import EDITABLE_STATES, SUBMITTED
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.lifecycle import ANSWERABLE_STATES, NEED
from marketplace.buyer_requests.models import BuyerRequest, NeedInvitation
from marketplace.buyer_requests.rules import MAX_INVITED, latest_deadline
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import Event, record, transition
from marketplace.core.extensions import db
from marketplace.core.permissions import EDIT_CONTENT, VERIFIED
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.values.text import N_


def move(need: BuyerRequest, action: str, actor: Actor, *, reason_code: str = "", reason: str = "") -> Event | None:
    """Make one of the plain moves of the table: shortlist, negotiate, solve, withdraw, suspend, restore, remove.

    Raises NotAllowed, IllegalMove, Invalid without a reason (or, for a suspension, without a coded one).
    """
    if action in {"extend", "reopen"}:
        raise Invalid("answer_deadline", N_("Please give the new deadline."))
    event = transition(need, NEED, action, actor, need.roles_of(actor), reason_code=reason_code, reason=reason)
    if action == "withdraw":
        _drop_open_version(need, actor)
    return event


def _drop_open_version(need: BuyerRequest, actor: Actor) -> None:
    """A withdrawn need needs no new version; one that a moderator holds is left to the moderator."""
    revision = open_revision(KIND, need)
    if revision is not None and revision.state == SUBMITTED:
        owner_move(KIND, revision, "withdraw", actor)
    if revision is not None and revision.state in EDITABLE_STATES:
        owner_move(KIND, revision, "delete", actor)


def extend(need: BuyerRequest, actor: Actor, deadline: date) -> Event | None:
    """Give an open or expired need a later deadline; an expired one opens again.

    Raises NotAllowed, IllegalMove, Invalid when the day is not later than the present deadline, not in the future or
    too far away.
    """
    return _open_until(need, "extend", actor, deadline)


def reopen(need: BuyerRequest, actor: Actor, deadline: date | None = None) -> Event | None:
    """Open a shortlisted need for answers again; a new deadline is needed when the old one has passed."""
    old = need.answer_deadline
    if deadline is None and old is not None and old < clock.today():
        raise Invalid("answer_deadline", N_("The deadline has passed. Give a new one to open the need again."))
    return _open_until(need, "reopen", actor, deadline)


def _open_until(need: BuyerRequest, action: str, actor: Actor, deadline: date | None) -> Event | None:
    old, roles = need.answer_deadline, need.roles_of(actor)
    if deadline is not None and NEED.row(action, need.state, roles):
        _check_deadline(deadline, old)  # before the move: a refused form shows the need as it is
    data = {"old": old.isoformat() if old else "", "new": deadline.isoformat()} if deadline else {}
    event = transition(need, NEED, action, actor, roles, data=data)
    need.answer_deadline = deadline or old
    db.session.flush()
    return event


def _check_deadline(deadline: date, old: date | None) -> None:
    today = clock.today()
    if old is not None and deadline <= old:
        message = N_("The new deadline must be later than %(day)s.")
        raise Invalid("answer_deadline", message, day=clock.format_date(old))
    if deadline <= today:
        raise Invalid("answer_deadline", N_("The deadline for answers must lie in the future."))
    if deadline > latest_deadline(today):
        raise Invalid("answer_deadline", N_("The deadline for answers may be at most two years away."))


def invite_for(need: BuyerRequest, organisation: Organisation, listing_id: int, actor: Actor) -> NeedInvitation:
    """Invite the owner of a technology to answer a need that takes answers; its administrators are told once.

    An organisation that is invited already stays so, and nobody is told again. Raises NotAllowed for others than editors
    of the requester, IllegalMove when the need takes no answers, and Invalid for an organisation that is not verified or
    one too many.
    """
    if need.org_id != actor.org_id or not actor.may(EDIT_CONTENT):
        raise NotAllowed
    db.session.execute(select(BuyerRequest.id).where(BuyerRequest.id == need.id).with_for_update())
    db.session.refresh(need, ["state", "invitations"])
    if need.state not in ANSWERABLE_STATES:
        raise IllegalMove(need.state, N_("This need takes no answers at present."), label=NEED.label(need.state))
    if not organisation.verified or organisation.id == need.org_id:
        raise Invalid("organisation", N_("Only other, verified organisations can be invited."))
    known = {invitation.organisation_id: invitation for invitation in need.invitations}
    if organisation.id in known:
        return known[organisation.id]
    if len(known) >= MAX_INVITED:
        raise Invalid("organisation", N_("At most %(count)s organisations may be invited."), count=MAX_INVITED)
    made = NeedInvitation(organisation_id=organisation.id, invited_at=clock.now(), listing_id=listing_id)
    need.invitations.append(made)
    db.session.flush()
    record(need, "need.invite", actor, data={"added": [organisation.id], "removed": [], "listing_id": listing_id})
    return made


#: Verified organisations may ask about a need that takes answers.
ENQUIRIES = enquiries.Rule(
    VERIFIED, ANSWERABLE_STATES, N_("Only verified organisations may ask."),
    N_("This is a need of your own organisation."), N_("This need takes no more questions."), longest=3000,
)


def expire_due() -> int:
    """Move open needs whose deadline day is over in Vietnam to expired; return how many. Idempotent."""
    late = select(BuyerRequest.id).where(BuyerRequest.state == "open", BuyerRequest.answer_deadline < clock.today())
    moved = 0
    for need_id in db.session.scalars(late.order_by(BuyerRequest.id)).all():
        need = db.session.get(BuyerRequest, need_id, with_for_update=True, populate_existing=True)
        if need is None or need.state != "open" or not need.answer_deadline or need.answer_deadline >= clock.today():
            continue  # extended by its owner a moment ago
        transition(need, NEED, "expire", SYSTEM, {"system"}, data={"deadline": need.answer_deadline.isoformat()})
        moved += 1
    return moved
