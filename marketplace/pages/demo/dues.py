"""Payments between the sides in the demonstration: two deals are paid, a third one's payment is contested."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.permissions import COMMIT
from marketplace.organisations.actors import people
from marketplace.organisations.models import Membership
from marketplace.pages.demo.pictures import receive_text
from marketplace.pages.demo.world import World
from marketplace.payments.dues import actions, making
from marketplace.payments.dues.lifecycle import OWED
from marketplace.payments.dues.models import Due
from marketplace.values import clock

_PAID_DEALS = 2


def write_dues(world: World) -> None:
    """Write what becomes of the payments that are due into the script, after everything else."""
    world.script.add(world.script.day(1, 9), _pay)


def _pay() -> None:
    while making.fall_due():
        pass
    owed = list(db.session.scalars(select(Due).where(Due.state.in_(OWED)).order_by(Due.deal_id, Due.id)))
    deals = list(dict.fromkeys(one.deal_id for one in owed))
    for due in owed:
        place = deals.index(due.deal_id)
        if place <= _PAID_DEALS:
            payer, payee = _founder(due.payer.id), _founder(due.payee.id)
            slip = receive_text("uy-nhiem-chi.txt", ["Ủy nhiệm chi minh họa", f"Khoản | {due.title}", f"Mã | {due.key}"])
            actions.claim(due, payer, actions.Claim(due.rest, clock.today(), f"FT-{due.id:06d}", slip), due.lock)
            if place < _PAID_DEALS:
                actions.confirm(due, payee, due.rest, clock.today(), due.lock)
            else:
                actions.contest(due, payee, "Chưa thấy tiền về tài khoản, đề nghị kiểm tra lại.", due.lock)


def _founder(org_id: int) -> Actor:
    """Return the first member who may commit an organisation, acting for it."""
    rows = select(Membership).where(Membership.organisation_id == org_id, Membership.left_at.is_(None))
    first = next(one for one in db.session.scalars(rows.order_by(Membership.id)) if COMMIT.held_by(one.roles))
    return people([first.user_id])[first.user_id].acting_for(org_id)
