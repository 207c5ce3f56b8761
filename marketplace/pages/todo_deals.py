"""What deals need of an organisation today, and what leads, deals and complaints need of the operators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, or_, select
from sqlalchemy.orm import defer, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.permissions import FOLLOW_DEALS
from marketplace.core.work import count
from marketplace.deals.lifecycle import BEFORE_SIGNING, DELIVERING, LIVE
from marketplace.deals.models import Deal
from marketplace.deals.progress import AGREEMENT, Next, next_for, next_of, open_steps
from marketplace.deals.queries import staff_list
from marketplace.deals.queries.loading import path_of
from marketplace.deals.regime_table import UNDECIDED
from marketplace.pages.todo import Attention
from marketplace.values import clock

_TEXTS = ("frozen", "contract")  # large JSON of a deal
SHOWN = 8  # deals on the dashboard
MOST = 200  # live deals of one organisation that are looked through
SOON = timedelta(days=7)


@dataclass(frozen=True)
class DealToDo:
    """A deal that needs the organisation: what comes next, and one link to where it is done.

    Of a deal that stands still while it is the others' turn, the link leads to the conversation with them.
    """

    deal: Deal
    sentence: str
    button: str
    href: str
    due: date | None  # of the next milestone, when that is the organisation's business
    still: bool
    ours: bool = True

    @property
    def overdue(self) -> bool:
        """True when the milestone's day has passed."""
        return self.due is not None and self.due < clock.today()

    @property
    def soon(self) -> bool:
        """True when the milestone is due within a week."""
        return self.due is not None and not self.overdue and self.due - clock.today() <= SOON


def deals_waiting(org_id: int) -> tuple[list[DealToDo], int]:
    """Return the deals that need the organisation, most pressing first, and how many; four statements.

    Those are the ones in which it is its turn, and those that stand still while the other side's turn does not end.
    """
    rows = select(Deal).where(
        or_(Deal.supplier_org_id == org_id, Deal.buyer_org_id == org_id), Deal.state.in_(LIVE)
    )
    rows = rows.options(
        selectinload(Deal.milestones), selectinload(Deal.signatures), joinedload(Deal.lead),
        *(defer(getattr(Deal, name)) for name in _TEXTS),
    )
    live = list(db.session.scalars(rows.order_by(Deal.state_since, Deal.id).limit(MOST)))
    _load_texts([deal for deal in live if deal.state in BEFORE_SIGNING])
    found = [one for deal in live if (one := _needed(deal, _side(deal, org_id))) is not None]
    found.sort(key=lambda one: (not one.overdue, not one.soon, not one.ours, not one.still, one.deal.state_since))
    return found[:SHOWN], len(found)


def _load_texts(deals: Sequence[Deal]) -> None:
    """Load what was agreed and the contract of deals that are still written: only there the next step depends on them."""
    rows = select(Deal.id, *(getattr(Deal, name) for name in _TEXTS)).where(Deal.id.in_([deal.id for deal in deals]))
    texts = {row.id: row for row in db.session.execute(rows)} if deals else {}
    for deal in deals:
        for name in _TEXTS:
            set_committed_value(deal, name, getattr(texts[deal.id], name))


def _side(deal: Deal, org_id: int) -> str:
    return "supplier" if deal.supplier_org_id == org_id else "buyer"


def _needed(deal: Deal, side: str) -> DealToDo | None:
    step, still = next_for(deal, side), staff_list.is_still(deal)
    if step is not None:
        return _to_do(deal, step, still, _due(deal, side))
    turn = next_of(deal).turn
    if not still or turn == "nobody":
        return None
    days = staff_list.days_in_stage(deal)
    if turn == "exchange":
        waiting = _("Nothing has moved for %(days)s days; it is the exchange's turn.", days=days)
        return DealToDo(deal, waiting, "", path_of(deal), None, still, ours=False)
    waiting = _("Nothing has moved for %(days)s days; it is the other side's turn.", days=days)
    return DealToDo(deal, waiting, _("Write to them"), f"/leads/{deal.lead.code}#thread", None, still, ours=False)


def _due(deal: Deal, side: str) -> date | None:
    """Return the nearest day by which the transferor has to deliver; the transferee owes nothing by that day."""
    days = [one.due_on for one in open_steps(deal)] if deal.state == DELIVERING and side == "supplier" else []
    return min(days, default=None)


def _to_do(deal: Deal, step: Next, still: bool, due: date | None) -> DealToDo:
    path = path_of(deal)
    if step.target == AGREEMENT:
        href = f"/leads/{deal.lead.code}#terms"
    elif step.target.startswith("#"):
        href = path + step.target
    else:
        href = path + "#deal-next"
    sentence = _(step.sentence) % step.params if step.params else _(step.sentence)
    return DealToDo(deal, sentence, _(step.button) if step.button else "", href, due, still)


def for_officer(actor: Actor, figures: staff_list.Figures) -> list[Attention]:
    """Return what a deal officer should do; two statements. Empty for who does not follow deals."""
    if not actor.may(FOLLOW_DEALS):
        return []
    unclassified = db.session.scalar(select(func.count()).where(Deal.regime.in_(UNDECIDED), Deal.state.in_(LIVE))) or 0
    complaints = count(actor, "complaint")
    late, waiting, disputed = complaints.overdue, complaints.total, figures.stage("disputed")
    found = [
        Attention(ngettext("%(num)s complaint is overdue", "%(num)s complaints are overdue", late),
                  "/staff/complaints", late, "danger", "exclamation-octagon"),
        Attention(ngettext("%(num)s complaint is open", "%(num)s complaints are open", waiting),
                  "/staff/complaints", waiting, "warning", "flag"),
        Attention(ngettext("%(num)s deal is disputed", "%(num)s deals are disputed", disputed),
                  "/staff/deals?stage=disputed", disputed, "danger", "exclamation-triangle"),
        Attention(ngettext("%(num)s deal stands still", "%(num)s deals stand still", figures.still),
                  "/staff/deals?stage=live&stalled=1", figures.still, "warning", "pause-circle"),
        Attention(ngettext("%(num)s deal waits to be classified", "%(num)s deals wait to be classified", unclassified),
                  "/staff/deals?stage=live&regime=unclassified", unclassified, "warning", "tags"),
        Attention(ngettext("%(num)s deal is followed by nobody", "%(num)s deals are followed by nobody", figures.nobody),
                  "/staff/deals?stage=live&officer=nobody", figures.nobody, "info", "person"),
    ]
    return [one for one in found if one.count]
