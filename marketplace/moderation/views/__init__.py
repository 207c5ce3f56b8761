"""The moderators' pages: queue, case, record of decisions, figures, sanctions, calendar."""

from marketplace.moderation.views import calendar, case, decisions, queue, sanctions
from marketplace.moderation.views.blueprint import bp

__all__ = ["bp", "calendar", "case", "decisions", "queue", "sanctions"]
