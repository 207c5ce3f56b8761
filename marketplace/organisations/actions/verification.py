"""The way to being verified, and out of it. Who has a case and its due time are moderation's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.errors import Invalid, Missing, NotAllowed
from marketplace.core.events import Event, transition
from marketplace.core.extensions import db
from marketplace.files.actions import attachments
from marketplace.organisations.completeness import missing
from marketplace.organisations.lifecycle import HOLDING_STATES, ORGANISATION
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.values.text import N_


def submit(organisation: Organisation, actor: Actor, due_at: datetime) -> None:
    """Send the organisation to verification, due at `due_at`.

    Raises Missing with the fields that lack, and Invalid when the tax code already belongs to a verified one.
    """
    if ORGANISATION.row("submit", organisation.state, organisation.roles_of(actor)):
        _require_complete(organisation)
    transition(organisation, ORGANISATION, "submit", actor, organisation.roles_of(actor))
    organisation.submitted_at = clock.now()
    organisation.submitted_by_id = actor.user_id
    organisation.review_due_at = due_at


def withdraw(organisation: Organisation, actor: Actor) -> None:
    """Take the submission back into draft."""
    transition(organisation, ORGANISATION, "withdraw", actor, organisation.roles_of(actor))
    organisation.review_due_at = None


def decide(
    organisation: Organisation, action: str, actor: Actor, reason_code: str = "", reason: str = ""
) -> Event | None:
    """Make an operator's move: approve, request_changes, reject, recheck, suspend, restore or close.

    Nobody decides on an organisation they belong to or submitted themselves. Approving needs complete facts and a
    tax code that no other verified organisation has. Whom to tell is the caller's business: the event says what
    happened. Raises NotAllowed, IllegalMove, Missing or Invalid.
    """
    if action in {"approve", "request_changes", "reject"} and organisation.submitted_by_id == actor.user_id:
        raise NotAllowed(N_("Nobody moderates what they submitted themselves."))
    roles = organisation.roles_of(actor) - {"admin"}  # what its own administrators may do has verbs of its own
    if action == "approve" and ORGANISATION.row(action, organisation.state, roles):
        _require_complete(organisation)
        organisation.verified_at = clock.now()
    event = transition(organisation, ORGANISATION, action, actor, roles, reason_code=reason_code, reason=reason)
    organisation.review_due_at = None
    organisation.decision_reason_code, organisation.decision_text = reason_code, reason
    return event


def tax_code_taken(organisation: Organisation) -> bool:
    """Tell whether another verified (or suspended) organisation has the same tax code."""
    if not organisation.tax_code:
        return False
    other = select(Organisation.id).where(
        Organisation.tax_code == organisation.tax_code,
        Organisation.id != organisation.id,
        Organisation.state.in_(HOLDING_STATES),
    )
    return db.session.scalar(other.limit(1)) is not None


def _require_complete(organisation: Organisation) -> None:
    lacks = missing(organisation, [attachment.role for attachment in attachments(organisation)])
    if lacks:
        raise Missing(lack.field for lack in lacks)
    if tax_code_taken(organisation):
        raise Invalid(
            "tax_code",
            N_("A verified organisation with this tax code exists. If it is yours, ask its administrator to invite you; "
               "if you think this is a mistake, write to the operators."),
        )
