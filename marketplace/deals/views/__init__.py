"""Pages of deals: the record, the contract, signing, milestones, acceptance; lists of parties and of operators."""

from marketplace.deals.views import contract, lead, mine, public, record_pdf, show, staff, steps
from marketplace.deals.views.blueprint import bp

__all__ = ["bp", "contract", "lead", "mine", "public", "record_pdf", "show", "staff", "steps"]
