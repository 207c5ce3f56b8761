"""The organisation as a customer of the card provider: one for each, however many press the button at once."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.core.extensions import db
from marketplace.core.long_work import begin_reading, begin_writing
from marketplace.payments.cards.gateway import Customer, PaymentGateway
from marketplace.payments.cards.models import CardCustomer


def customer_of(provider: PaymentGateway, org_id: int, org_name: str) -> str:
    """Return the provider's name of an organisation, which is noted before it is used; asks the network.

    One that the provider does not know any more (other keys, a double that was started anew) is replaced. Who was faster
    counts. Ends the transaction, before and after. Raises GatewayAway, GatewayRefused.
    """
    begin_reading()
    known = db.session.scalar(select(CardCustomer.stripe_customer_id).where(CardCustomer.org_id == org_id)) or ""
    begin_reading()  # nothing is held while the provider takes its time
    made = provider.customer(Customer(org_id, org_name, known))
    if made == known:
        return known
    begin_writing()
    noted = _noted(org_id, known, made)
    db.session.commit()
    begin_reading()
    return noted


def _noted(org_id: int, known: str, made: str) -> str:
    """Note the name and return it, or the one that another request has noted meanwhile."""
    rows = select(CardCustomer).where(CardCustomer.org_id == org_id)
    row = db.session.scalar(rows.with_for_update())
    if row is None:
        try:
            with db.session.begin_nested():
                db.session.add(CardCustomer(org_id=org_id, stripe_customer_id=made))
        except IntegrityError:  # another request was faster
            return db.session.scalars(rows).one().stripe_customer_id
        return made
    if row.stripe_customer_id == known:
        row.stripe_customer_id = made
    return row.stripe_customer_id
