"""Pages of answers: writing one's own, the page of one, those to a need."""

from marketplace.answers.views import own, panels, received, show, weighing
from marketplace.answers.views.blueprint import bp

__all__ = ["bp", "own", "panels", "received", "show", "weighing"]
