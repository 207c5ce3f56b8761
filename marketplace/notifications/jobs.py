"""Recurring work of notifications: the digest of the day. What rows tell by a clock: `consumers.register_notifications`."""

from __future__ import annotations

from marketplace.core.outbox import Job
from marketplace.notifications.consumers import daily_at
from marketplace.notifications.digest import HOUR, run

JOBS = (Job("notifications.digest", run, daily_at(HOUR)),)
