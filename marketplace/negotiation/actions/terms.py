"""Verbs on versions of terms: propose, accept, decline, withdraw; and opening them again for a renegotiation.

The caller holds the lead's row (`queries.readable(…, lock=True)`): whoever waits for it then sees what happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed, Stale, required
from marketplace.core.events import Event, record, transition
from marketplace.core.extensions import db
from marketplace.core.permissions import COMMIT
from marketplace.negotiation import agreement
from marketplace.negotiation.common_members import note_common_members
from marketplace.negotiation.event_data import facts
from marketplace.negotiation.lifecycle import LEAD, TERMS
from marketplace.negotiation.models import Lead, Terms
from marketplace.negotiation.terms_fields import values_of
from marketplace.negotiation.terms_rules import problems, settled
from marketplace.values import clock
from marketplace.values.text import N_

NOTE_LENGTH = 4000
WHO_BINDS = N_("Only administrators and signers of your organisation may propose and accept terms.")
NOT_VERIFIED = N_("Terms can be proposed and accepted only while both organisations are verified.")
ON_BOTH_SIDES = N_("You belong to both sides of this conversation, or have agreed for the other side before. Somebody else "
                   "of your organisation must do this.")
_OTHER = {"supplier": "buyer", "buyer": "supplier"}


def latest(lead: Lead) -> Terms | None:
    """Return the newest version of a lead, or None."""
    rows = select(Terms).where(Terms.lead_id == lead.id).order_by(Terms.number.desc()).limit(1)
    return db.session.scalars(rows.execution_options(populate_existing=True)).first()


def to_answer(leads: Iterable[Lead], org_id: int) -> dict[int, int]:
    """Return the number of the version that waits for this organisation's answer, by lead; one statement."""
    sides = {lead.id: "supplier" if lead.supplier_org_id == org_id else "buyer" for lead in leads}
    rows = select(Terms.lead_id, Terms.number, Terms.side).where(Terms.lead_id.in_(sides), Terms.state == "proposed")
    found = db.session.execute(rows) if sides else ()
    return {lead_id: number for lead_id, number, side in found if side != sides[lead_id]}


def numbered(lead: Lead, number: int) -> Terms:
    """Return one version of a lead as it is now. Raises NotFound."""
    rows = select(Terms).where(Terms.lead_id == lead.id, Terms.number == number)
    return required(db.session.scalars(rows.execution_options(populate_existing=True)).first())


def is_open(lead: Lead) -> bool:
    """True while versions may be proposed and answered: during the talks, and while a deal is renegotiated."""
    return lead.state == "negotiating" or (lead.state == "converted" and lead.terms_open)


def may_bind(lead: Lead, actor: Actor) -> bool:
    """True for who may commit one of the sides."""
    return bool(lead.side_of(actor)) and actor.may(COMMIT) and not lead.is_on_both_sides(actor)


def who_binds(lead: Lead, actor: Actor) -> str:
    """Return the sentence (a message id) that says why this member of a side may not commit it."""
    return ON_BOTH_SIDES if actor.may(COMMIT) and lead.is_on_both_sides(actor) else WHO_BINDS


def check_proposing(lead: Lead, actor: Actor) -> None:
    """Raise NotAllowed or IllegalMove when this person cannot propose terms now."""
    if not lead.side_of(actor):
        raise NotAllowed
    if not may_bind(lead, actor):
        raise NotAllowed(who_binds(lead, actor))
    _check_verified(lead)
    _check_open(lead)


def _check_open(lead: Lead) -> None:
    if is_open(lead):
        return
    message = N_("Terms can be proposed and accepted only while the two sides are talking.")
    if lead.state == "converted":
        message = N_("Both sides have already agreed; the deal is open.")
    raise IllegalMove(lead.state, message, label=LEAD.label(lead.state))


def _check_verified(lead: Lead) -> None:
    if not (lead.supplier.verified and lead.buyer.verified):
        raise NotAllowed(NOT_VERIFIED)


def propose(lead: Lead, actor: Actor, values: dict[str, Any], note: str = "", *, based_on: int) -> Terms:
    """Propose a version; one that is still open is replaced. The proposing side has thereby accepted it.

    `based_on` is the number of the newest version when the form was opened, 0 when there was none. The same form sent
    twice is one version. Raises NotAllowed, IllegalMove, Stale when a newer version exists, Invalid, also for one that says
    the same as the version that waits for an answer.
    """
    check_proposing(lead, actor)
    chosen = settled(lead, values)
    newest = latest(lead)
    if newest is not None and _is_repeat(newest, actor, chosen, note, based_on):
        return newest
    if based_on != (newest.number if newest else 0):
        raise Stale(N_("A newer version was proposed while you were writing. Nothing was sent."))
    for problem in problems(lead, chosen):
        raise problem
    if newest is not None:
        _check_differs(newest, lead.side_of(actor), chosen)
    if newest is not None and newest.state == "proposed":
        _supersede(newest, lead, actor)
    side, now = lead.side_of(actor), clock.now()
    terms = Terms(
        lead_id=lead.id, number=based_on + 1, side=side, proposed_by_id=actor.user_id, note=note, created_at=now,
        **{f"{side}_accepted_at": now, f"{side}_accepted_by_id": actor.user_id}, **chosen,
    )
    terms.lead = lead
    db.session.add(terms)
    _turn_to(lead, _OTHER[side])
    db.session.flush()
    record(terms, "terms.propose", actor, data=facts(lead, actor, number=terms.number))
    note_common_members(lead)
    return terms


def _is_repeat(newest: Terms, actor: Actor, values: dict[str, Any], note: str, based_on: int) -> bool:
    """True for the form that made the newest version, sent again."""
    mine = newest.number == based_on + 1 and newest.proposed_by_id == actor.user_id
    return mine and newest.state == "proposed" and newest.note == note and values_of(newest) == values


def _check_differs(newest: Terms, side: str, values: dict[str, Any]) -> None:
    """Raise Invalid when nothing was changed: a version that says the same would only take the answer to this one away."""
    if newest.state != "proposed" or values_of(newest) != values:
        return
    if newest.side == side:
        raise Invalid("", N_("This says the same as version %(number)s, which still waits for an answer. Change something, "
                             "or write a message in the conversation."), number=newest.number)
    raise Invalid("", N_("This says the same as version %(number)s of the other side. Accept that version, or change "
                         "something."), number=newest.number)


def _supersede(terms: Terms, lead: Lead, actor: Actor) -> None:
    transition(terms, TERMS, "supersede", actor, {"system"}, data=facts(lead, actor, number=terms.number))


def _turn_to(lead: Lead, side: str) -> None:
    lead.waiting_on, lead.last_activity_at = side, clock.now()


def accept(terms: Terms, actor: Actor) -> str:
    """Accept a version for the other side: both sides have agreed. Returns the address of the deal.

    Raises NotAllowed, IllegalMove when it was answered or replaced meanwhile, and whatever `agreement` raises (the
    technology is no longer free): then nothing at all has happened.
    """
    lead, side, roles = terms.lead, terms.lead.side_of(actor), terms.roles_of(actor)
    if "counterpart" in roles and "acceptor" not in roles:
        raise NotAllowed(who_binds(lead, actor))
    if TERMS.row("accept", terms.state, roles):
        _check_verified(lead)
        _check_open(lead)
        setattr(terms, f"{side}_accepted_at", clock.now())
        setattr(terms, f"{side}_accepted_by_id", actor.user_id)
    transition(terms, TERMS, "accept", actor, roles, data=facts(lead, actor, number=terms.number))
    path = agreement.agreed(lead, terms, actor)
    if lead.state == "negotiating":
        transition(lead, LEAD, "convert", actor, {"system"}, data=facts(lead, actor, number=terms.number))
    lead.terms_open = False
    _turn_to(lead, "")
    db.session.flush()
    note_common_members(lead)
    return path


def decline(terms: Terms, actor: Actor, reason: str) -> Event | None:
    """Refuse a version of the other side, in words. Raises NotAllowed, IllegalMove, Invalid without a reason."""
    event = _answer(terms, "decline", actor, reason)
    _turn_to(terms.lead, terms.side)
    return event


def withdraw(terms: Terms, actor: Actor) -> Event | None:
    """Take back a version of one's own side that nobody has answered. Raises NotAllowed, IllegalMove."""
    event = _answer(terms, "withdraw", actor)
    _turn_to(terms.lead, "")
    return event


def _answer(terms: Terms, action: str, actor: Actor, reason: str = "") -> Event | None:
    lead = terms.lead
    data = facts(lead, actor, number=terms.number)
    return transition(terms, TERMS, action, actor, terms.roles_of(actor), reason=reason, data=data)


def open_terms(lead: Lead) -> None:
    """Let both sides propose again although the lead has become a deal. Raises IllegalMove before it has."""
    if lead.state != "converted":
        raise IllegalMove(lead.state, label=LEAD.label(lead.state))
    lead.terms_open = True
    _turn_to(lead, "")


def close_terms(lead: Lead, actor: Actor) -> None:
    """End the proposing: the talks or the deal are over. A version that nobody answered lapses."""
    lead.terms_open = False
    newest = latest(lead)
    if newest is not None and newest.state == "proposed":
        _supersede(newest, lead, actor)
