"""Pages of leads, their threads, terms and complaints."""

from marketplace.negotiation.views import complaints, show, thread
from marketplace.negotiation.views.blueprint import bp

__all__ = ["bp", "complaints", "show", "thread"]
