"""How long notifications stay in the inbox."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.core.config import Settings
from marketplace.core.retention import deletion, register_retention
from marketplace.notifications.models import Notification
from marketplace.values.text import N_


def register(settings: Settings) -> None:
    """Register the rule."""
    register_retention(
        "notifications",
        lambda before: select(Notification.id).where(Notification.created_at < before).order_by(Notification.created_at),
        settings.keep_notification_days, deletion(Notification),
        N_("An inbox is for what one has to know and do; what happened stands in the history of each thing."),
        label=N_("Notifications in inboxes"),
    )
