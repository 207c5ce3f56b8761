"""Pages of deals: the record, the contract, signing, milestones, acceptance; lists of parties and of operators."""

from marketplace.deals.views import record_pdf, staff
from marketplace.deals.views.blueprint import bp

__all__ = ["bp", "record_pdf", "staff"]
