"""Payments between the sides in the demonstration: some deals are paid, one payment is contested, one is still due."""

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

#: Deals by the end of their codes.
_PAID, _CONTESTED = ("000001", "000004", "000006"), ("000007",)


def write_dues(world: World) -> None:
    """Write what becomes of the payments that are due into the script, after everything else."""
    world.script.add(world.script.day(1, 9), _pay)


def _pay() -> None:
    while making.fall_due():
        pass
    owed = list(db.session.scalars(select(Due).where(Due.state.in_(OWED)).order_by(Due.deal_id, Due.id)))
    for due in owed:
        number = due.deal.code.rpartition("-")[2]
        if number in (*_PAID, *_CONTESTED):
            payer, payee = _founder(due.payer.id), _founder(due.payee.id)
            slip = receive_text("uy-nhiem-chi.txt", ["Ủy nhiệm chi minh họa", f"Khoản | {due.title}", f"Mã | {due.key}"])
            actions.claim(due, payer, actions.Claim(due.rest, clock.today(), f"FT-{due.id:06d}", slip), due.lock)
            if number in _PAID:
                actions.confirm(due, payee, due.rest, clock.today(), due.lock)
            else:
                actions.contest(due, payee, "Chưa thấy tiền về tài khoản, đề nghị kiểm tra lại.", due.lock)


def _founder(org_id: int) -> Actor:
    """Return the first member who may commit an organisation, acting for it."""
    rows = select(Membership).where(Membership.organisation_id == org_id, Membership.left_at.is_(None))
    first = next(one for one in db.session.scalars(rows.order_by(Membership.id)) if COMMIT.held_by(one.roles))
    return people([first.user_id])[first.user_id].acting_for(org_id)
