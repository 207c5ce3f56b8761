"""Comparing what the card provider has received with what we have: missing here, missing there, other amounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import NotAllowed
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_reading, begin_writing
from marketplace.core.permissions import ACCOUNTING
from marketplace.payments.cards.consumers import take_in
from marketplace.payments.cards.gateway import PAID, PaymentGateway, Session
from marketplace.payments.settlement import actions
from marketplace.payments.settlement.lifecycle import EVER_RECEIVED
from marketplace.payments.settlement.models import CARD, Payment
from marketplace.values.text import N_

MISSING_HERE, MISSING_THERE, DIFFERS = "missing here", "missing there", "amount differs"
#: What each difference is called on pages: message ids.
KINDS = {MISSING_HERE: N_("Missing here"), MISSING_THERE: N_("Missing at the provider"), DIFFERS: N_("Amounts differ")}


@dataclass(frozen=True)
class Difference:
    """One payment on which we and the provider differ; amounts in minor units, None where one side knows none."""

    kind: str
    code: str
    session_id: str
    ours: int | None
    theirs: int | None
    payment_id: int | None = None
    session: Session | None = None  # of one that can be received now


def differences(provider: PaymentGateway, since: datetime, until: datetime) -> list[Difference]:
    """Return on which payments begun in a time (since ≤ begun < until) we and the provider differ. Changes nothing."""
    begin_reading()
    paid = [one for one in provider.sessions(since, until) if one.state == PAID]
    return [*_of_theirs(provider, paid), *_of_ours(provider, {one.session_id for one in paid}, since, until)]


def _of_theirs(provider: PaymentGateway, paid: list[Session]) -> Iterator[Difference]:
    for session in paid:
        rows = select(Payment).where(Payment.provider == provider.name, Payment.channel == CARD, or_(
            Payment.provider_id == session.session_id, Payment.code == session.code))
        payment = db.session.scalars(rows.order_by(Payment.provider_id != session.session_id).limit(1)).unique().first()
        if payment is None:
            yield Difference(MISSING_HERE, session.code, session.session_id, None, session.amount)
        elif (payment.amount, payment.currency) != (session.amount, session.currency):
            yield Difference(DIFFERS, payment.code, session.session_id, payment.amount, session.amount, payment.id)
        elif payment.state not in EVER_RECEIVED:
            yield Difference(MISSING_HERE, payment.code, session.session_id, None, session.amount, payment.id, session)


def _of_ours(provider: PaymentGateway, known: set[str], since: datetime, until: datetime) -> Iterator[Difference]:
    rows = select(Payment.id, Payment.code, Payment.amount, Payment.provider_id).where(
        Payment.provider == provider.name, Payment.channel == CARD, Payment.state.in_(EVER_RECEIVED),
        Payment.created_at >= since, Payment.created_at < until).order_by(Payment.id)
    for id_, code, amount, session_id in db.session.execute(rows).all():
        if session_id not in known:  # begun on the other side of midnight, perhaps: ask for this one
            session = provider.fetch(session_id) if session_id else None
            if session is None or session.state != PAID:
                yield Difference(MISSING_THERE, code, session_id or "", amount, None, id_)


def apply(found: Difference, actor: Actor = SYSTEM) -> bool:
    """Receive what the provider has received and we have not; whether something was booked. The caller commits.

    Raises NotAllowed.
    """
    if not (actor.is_system or actor.may(ACCOUNTING)):
        raise NotAllowed
    if found.payment_id is None or found.session is None:
        return False
    begin_writing()
    return take_in(actions.locked(found.payment_id), found.session, actor)


def apply_all(found: Sequence[Difference], actor: Actor) -> int:
    """Receive what of differences can be received now, each in a transaction of its own; return how many were booked.

    Raises NotAllowed.
    """
    done = 0
    for one in found:
        done += apply(one, actor)
        db.session.commit()
    return done
