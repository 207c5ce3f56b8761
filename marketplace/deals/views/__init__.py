"""Pages of deals: the record, the contract, signing, milestones, acceptance; lists of parties and of operators."""

from marketplace.deals.views import contract, mine, panels, show, staff, steps
from marketplace.deals.views.blueprint import bp

__all__ = ["bp", "contract", "mine", "panels", "show", "staff", "steps"]
