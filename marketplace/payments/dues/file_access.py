"""Who reads proofs of payments: the members of both sides, and the officers who follow deals."""

from __future__ import annotations

from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.recorded_reading import record_reading
from marketplace.deals.models import Deal
from marketplace.deals.visibility import is_party
from marketplace.files.models import Attachment
from marketplace.payments.dues import queries
from marketplace.payments.dues.making import facts
from marketplace.payments.dues.models import Due


def _due_of(attachment: Attachment) -> Due | None:
    return db.session.get(Due, attachment.subject_id)


def deal_of(attachment: Attachment) -> Deal | None:
    """Return the deal on whose page the file is shown."""
    due = _due_of(attachment)
    return due.deal if due else None


def may_read(attachment: Attachment, actor: Actor) -> bool:
    """The rule for one file."""
    deal = deal_of(attachment)
    return deal is not None and queries.may_read(deal, actor)


def log_read(attachment: Attachment, actor: Actor) -> None:
    """Record a reading by who is no party, in the history of the payment."""
    due = _due_of(attachment)
    if due is not None and not is_party(due.deal, actor):
        record_reading(due, "due.file_read", actor, facts(due, actor, attachment=attachment.id))
