"""Pages: the inbox, one's choices and deliveries, the link that turns a topic off, the operator's log."""

from marketplace.notifications.views import deliveries, held, inbox, preferences, unsubscribe
from marketplace.notifications.views.blueprint import bp

__all__ = ["bp", "deliveries", "held", "inbox", "preferences", "unsubscribe"]
