"""Recurring work of notifications: the digest of the day. What rows tell by a clock: `consumers.register_notifications`."""

from __future__ import annotations

from datetime import time

from marketplace.core.outbox import Job
from marketplace.notifications.digest import HOUR, run
from marketplace.values import clock

JOBS = (Job("notifications.digest", run, clock.daily(time(HOUR))),)
