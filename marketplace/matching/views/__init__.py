"""Pages of matching: panels for both sides, and the operators' page."""

from marketplace.matching.views import panels, staff
from marketplace.matching.views.panels import bp

__all__ = ["bp", "panels", "staff"]
