"""Pages of leads, their threads, terms and complaints."""

from marketplace.negotiation.views import (
    begin,
    complaints,
    mine,
    moves,
    pairs,
    panels,
    show,
    staff,
    terms,
    thread,
)
from marketplace.negotiation.views.blueprint import bp

__all__ = ["begin", "bp", "complaints", "mine", "moves", "pairs", "panels", "show", "staff", "terms", "thread"]
