"""Every move of a deal: the workflow says who and from where, requirements what must be true, consequences what follows.

The caller has locked the deal (`queries.loading.for_change`): lead, listing, need and deal, in this order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from marketplace.core.access import Actor
from marketplace.core.events import Event, transition
from marketplace.core.extensions import db
from marketplace.core.lifecycle import legal_transition
from marketplace.deals.actions.consequences import carry_out
from marketplace.deals.event_data import data_of
from marketplace.deals.lifecycle import DEAL
from marketplace.deals.models import Deal
from marketplace.deals.requirements import require
from marketplace.values import clock


def move(
    deal: Deal, action: str, actor: Actor, reason_code: str = "", reason: str = "",
    *, supply: Callable[[], None] | None = None, supplies: Collection[str] = (),
) -> Event | None:
    """Make one move and everything that follows from it; None when it was already settled.

    `supply` writes what the person states with the move, such as the minutes of acceptance. It runs when nothing else
    stands against the move: the requirements named in `supplies` are asked only after it. Raises NotAllowed, IllegalMove
    and Invalid from the workflow, and what the requirements raise.
    """
    roles = deal.roles_of(actor)
    if legal_transition(DEAL, deal, action, roles, reason_code, reason) is None:
        return None
    if supply is not None:
        require(deal, action, actor, without=supplies)
        supply()
    require(deal, action, actor)
    data = data_of(deal, actor)
    # Recording the event flushes, and the database ties some columns to the state.
    carry_out(deal, action, actor, before=True)
    event = transition(deal, DEAL, action, actor, roles, reason_code=reason_code, reason=reason, data=data)
    deal.state_since = clock.now()
    carry_out(deal, action, actor, before=False)
    db.session.flush()
    return event
