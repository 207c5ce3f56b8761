"""Verbs of the exchange's officers on a deal: note, take or hand on, classify. None of them touches what was agreed."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.accounts.models import StaffGrant, User
from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import Event, record
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Reason
from marketplace.core.permissions import FOLLOW_DEALS
from marketplace.core.recorded_reading import record_reading, recorded_today
from marketplace.core.reminder import remind
from marketplace.deals.event_data import data_of
from marketplace.deals.lifecycle import DEAL, LIVE
from marketplace.deals.models import Deal, DealNote
from marketplace.deals.regime_facts import certificate_in
from marketplace.deals.regime_table import UNDECIDED, regime_of
from marketplace.organisations.models import Membership
from marketplace.values.text import N_
from marketplace.vocabulary import CONTROL_CLASSES, FUNDING_SOURCES

RECORD_READ = "deal.record_read"
LONGEST = 4000  # characters of a note


def _must_be_officer(deal: Deal, actor: Actor) -> None:
    if "officer" not in deal.roles_of(actor):
        raise NotAllowed


def has_read(deal: Deal, actor: Actor) -> bool:
    """Return whether today's reading of the record by this person is in the history."""
    return recorded_today(deal, RECORD_READ, actor, data_of(deal, actor))


def note_reading(deal: Deal, actor: Actor) -> None:
    """Record once a day that somebody who does not follow the deal opened its record. Raises NotAskedHere."""
    record_reading(deal, RECORD_READ, actor, data_of(deal, actor))


def remind_both(deal: Deal, actor: Actor) -> Event:
    """Remind both sides of a deal that is under way; what is to be done stands on its page.

    Raises NotAllowed, and IllegalMove for a deal that is over or was reminded of within three working days.
    """
    _must_be_officer(deal, actor)
    if deal.state not in LIVE:
        raise IllegalMove(deal.state, N_("This deal is over."), label=DEAL.label(deal.state))
    return remind(deal, "deal.remind", actor, data_of(deal, actor))


def write_note(deal: Deal, actor: Actor, text: str) -> DealNote:
    """Attach an internal note; the same text by the same person twice in a row is one. Raises NotAllowed, Invalid."""
    _must_be_officer(deal, actor)
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Invalid("text", N_("Please write between %(min)s and %(max)s characters."), min=1, max=LONGEST)
    newest = select(DealNote).where(DealNote.deal_id == deal.id).order_by(DealNote.id.desc()).limit(1)
    last = db.session.scalars(newest).first()
    if last is not None and (last.author_id, last.text) == (actor.user_id, text):
        return last
    note = DealNote(deal_id=deal.id, author_id=actor.user_id, text=text)
    db.session.add(note)
    db.session.flush()
    record(deal, "deal.note", actor, data=data_of(deal, actor, note_id=note.id))
    return note


def set_officer(deal: Deal, actor: Actor, user_id: int | None) -> None:
    """Give the deal to an officer, or to nobody. Raises NotAllowed, Invalid for who may not follow this deal."""
    _must_be_officer(deal, actor)
    if user_id is not None and user_id not in {user.id for user in candidates(deal)}:
        raise Invalid("officer", N_("Please choose from the list."))
    if deal.officer_id == user_id:
        return
    data = data_of(deal, actor, before=deal.officer_id, officer_id=user_id)
    deal.officer_id = user_id
    record(deal, "deal.officer", actor, data=data)


def candidates(deal: Deal) -> list[User]:
    """Return who may follow this deal: deal officers and managers who belong to neither side, by name."""
    follow = select(StaffGrant.user_id).where(StaffGrant.role.in_(FOLLOW_DEALS.roles), StaffGrant.ended_at.is_(None))
    sides = (deal.supplier_org_id, deal.buyer_org_id)
    members = select(Membership.user_id).where(Membership.organisation_id.in_(sides), Membership.left_at.is_(None))
    rows = select(User).where(User.id.in_(follow), User.id.not_in(members)).order_by(User.sort_name, User.id)
    return list(db.session.scalars(rows))


def classify(deal: Deal, actor: Actor, control_class: str, funding_source: str, reason: str) -> None:
    """Say which legal class a technology has that the exchange did not review, and so which regime the deal is under.

    Raises NotAllowed, IllegalMove for a deal that is classified or over, Invalid for unknown codes or no reason.
    """
    _must_be_officer(deal, actor)
    if deal.regime not in UNDECIDED or deal.state not in LIVE:
        raise IllegalMove(deal.state, N_("This deal is classified already."))
    if control_class not in CONTROL_CLASSES:
        raise Invalid("control_class", N_("Please choose from the list."))
    if funding_source not in FUNDING_SOURCES:
        raise Invalid("funding_source", N_("Please choose from the list."))
    Reason().check("", reason)
    terms = deal.frozen["terms"]
    regime = regime_of(
        control_class, direction=terms.get("direction", "domestic"), funding_source=funding_source,
        certificate_no=certificate_in(deal.frozen),
    )
    data = data_of(deal, actor, control_class=control_class, funding_source=funding_source, regime=regime)
    deal.control_class, deal.classified_funding, deal.regime = control_class, funding_source, regime
    record(deal, "deal.classify", actor, reason=reason.strip(), data=data)

